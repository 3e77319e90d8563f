/** A server leaves: refused while its connector uses the application, then back on a service account or out of state. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { TestSandbox } from "./support";
import { administrator, runOperationAlone, runOperationOn, without } from "./operations";

describe("leaving", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.openOnboarded();
  });
  after(() => test?.close());

  const leave = (args: string[], stdin = "") => runOperationOn(test, "leave", args, stdin);
  const applications = () =>
    test.sandbox
      .status()
      .tenant.applications.map(({ displayName }) => displayName)
      .filter((name) => name.startsWith("Entra Connect Sync - "));
  const resources = async (): Promise<{ urn: string }[]> =>
    (JSON.parse(await test.state()) as { deployment: { resources: { urn: string }[] } }).deployment.resources;
  const inState = async (server: string) => (await resources()).filter(({ urn }) => urn.includes(`::${server}`)).length;

  /** Object id of a computer's password account. */
  const accountOf = (computer: string) =>
    test.sandbox.tenant.store.data.users.find((user) => user.userPrincipalName.startsWith(`Sync_${computer}_`))!.id;
  /** An allow-list, as lines of a configuration. */
  const allowed = (...ids: string[]) => {
    const entries = ids.map((id) => `{ id: ${id}, reason: left to another team, expires: "2099-01-01" }`);
    return `  connect-sync-identity:allowedRoleHolders: [${entries.join(", ")}]\n`;
  };

  it("leave must require one of its two ways, and an existing server", async () => {
    for (const flags of [[], ["--rollback", "--abandon"]]) {
      const { code, stdout, stderr } = await runOperationAlone("leave", ["sync02", ...flags]);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /either --rollback or --abandon/);
      assert.equal(stdout, "");
    }
    const unknown = await leave(["sync03", "--rollback", "--yes"]);
    assert.equal(unknown.code, 2, unknown.stderr);
    assert.match(unknown.stderr, /no server "sync03"; there is sync0/);
    const unconfirmed = await leave(["sync02", "--rollback"]);
    assert.equal(unconfirmed.code, 2, unconfirmed.stderr);
    assert.match(unconfirmed.stderr, /no question can be asked; give --yes/);
    test.expectOnboarded("sync02");
  });

  it("a server must leave before it is removed from the configuration: otherwise up refuses with the command", async () => {
    const { certificateSha256 } = test.server("sync02").connector;
    const { code, output } = await test.tryUp({ config: without(test, "sync02") });
    assert.notEqual(code, 0, output);
    assert.match(output, new RegExp(`sync02: CERTIFICATE_IN_USE: .*${certificateSha256}`));
    assert.match(output, /leave (-- )?sync02 --rollback/);
    for (const name of ["sync01", "sync02"]) {
      test.expectOnboarded(name);
      test.expectSchedulerOn(name);
    }
  });

  it("a rollback must stop at a credential that Entra refuses, and not repeat it", async () => {
    const { stdin, password } = administrator(test);
    const before = test.server("sync02").connector;
    const wrong = await leave(["sync02", "--rollback", "--yes"], stdin.replace(password, "Not-The-Password-42"));
    assert.equal(wrong.code, 1, wrong.stderr);
    assert.match(wrong.stderr, /sync02: rollback: .*CREDENTIAL_REFUSED/);
    assert.doesNotMatch(wrong.stdout + wrong.stderr, /Not-The-Password-42/);
    const short = await leave(["sync02", "--rollback", "--yes"], "admin\n");
    assert.equal(short.code, 2, short.stderr);
    assert.deepEqual(test.server("sync02").connector, before);
    test.expectSchedulerOn("sync02");
  });

  it("a rollback must report that multifactor authentication prevents it, and change nothing", async () => {
    const before = test.server("sync02").connector;
    test.sandbox.faults.set("sync02", "mfa", null);
    const { stdin } = administrator(test);
    const { code, stderr } = await leave(["sync02", "--rollback", "--yes"], stdin);
    test.sandbox.faults.clear("sync02");
    assert.equal(code, 1, stderr);
    assert.match(stderr, /sync02: rollback: .*MFA_REQUIRED/);
    assert.deepEqual(test.server("sync02").connector, before);
    test.expectSchedulerOn("sync02");
  });

  it("a rollback must refuse a connector that uses a foreign application", async () => {
    await test.sandbox.break("sync02", "application");
    const before = test.server("sync02").connector;
    const { code, stderr } = await leave(["sync02", "--rollback", "--yes"], administrator(test).stdin);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /sync02: connector: .*CONNECTOR_UNEXPECTED/);
    assert.deepEqual(test.server("sync02").connector, before);
    await test.up();
    test.expectOnboarded("sync02");
  });

  it("a rollback must put the server on its service account, even if the configuration no longer has it", async () => {
    const { stdin, password } = administrator(test);
    const { certificateSha256 } = test.server("sync02").connector;
    const gone = ["--config-file", without(test, "sync02")];
    const { code, stdout, stderr } = await leave(["sync02", "--rollback", "--yes", ...gone], stdin);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /up to 15 minutes/);
    assert.match(stderr, /multifactor authentication/);
    assert.match(stdout, new RegExp(`sync02: before {2}application .* with certificate ${certificateSha256}`));
    assert.match(stdout, /sync02: now {5}service account Sync_/);
    assert.match(stdout, /scheduler on, as it was/);
    assert.match(stderr, /^sync02: moving the connector to its service account/m);
    assert.match(stdout, /npx connect-sync-identity sandbox pulumi -- up/);
    assert.ok(!(stdout + stderr).includes(password));
    assert.equal(test.server("sync02").connector.identityType, "ServiceAccount");
    test.expectSchedulerOn("sync02");
    const again = await leave(["sync02", "--rollback", "--yes"]);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /already; nothing was changed/);
  });

  it("the up after a rollback must remove everything of the server, and nothing of another", async () => {
    const config = without(test, "sync02");
    await test.up({ config });
    assert.deepEqual(applications(), ["Entra Connect Sync - sync01"]);
    assert.deepEqual(test.server("sync02").certificates, []);
    assert.equal(test.server("sync02").program.sha256, null);
    assert.equal(await inState("sync02"), 0);
    test.expectOnboarded("sync01");
    // It synchronises with its own account now, and is not declared any more.
    const { output } = await test.preview([], { config });
    assert.match(output, /tenant: legacy-account-left: .*found Sync_SYNC02_/);
    fs.appendFileSync(config, allowed(accountOf("SYNC02")));
    await test.up({ config });
    await test.expectUnchanged({ config });
  });

  it("leave must not abandon a server of a production stack, and must change nothing", async () => {
    await test.up();
    const [before, state] = [test.server("sync02"), await resources()];
    const config = test.configuration((text) => `${text}  connect-sync-identity:environment: production\n`);
    const { code, stdout, stderr } = await leave(["sync02", "--abandon", "--yes", "--config-file", config]);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /sync02: environment: .*ABANDON_REFUSED/);
    assert.match(stderr, /npx connect-sync-identity leave sync02 --rollback --stack dev/);
    assert.equal(stdout, "");
    assert.deepEqual([test.server("sync02"), await resources()], [before, state]);
  });

  it("an abandoned server must stay unchanged, as must Entra and the state of the other servers", async () => {
    test.expectOnboarded("sync02");
    const server = test.server("sync02");
    const others = (await resources()).filter(({ urn }) => !urn.includes("::sync02")).map(({ urn }) => urn);
    const { code, stdout, stderr } = await leave(["sync02", "--abandon", "--yes"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, new RegExp(`application ${server.connector.appId}`));
    assert.match(stderr, /npx connect-sync-identity adopt sync02 --stack dev/);
    assert.match(stdout, /sync02: removed from state/);
    assert.deepEqual(test.server("sync02").certificates, server.certificates);
    assert.deepEqual(test.server("sync02").connector, server.connector);
    assert.equal(applications().length, 2);
    assert.deepEqual(
      (await resources()).map(({ urn }) => urn),
      others,
    );
    const declared = await test.preview();
    assert.notEqual(declared.code, 0, declared.output);
    assert.match(declared.output, /APPLICATION_UNKNOWN/);
    assert.doesNotMatch(declared.output, /needs to be imported/);
    await test.up({ config: without(test, "sync02") });
    const { output } = await test.preview([], { config: without(test, "sync02") });
    assert.match(output, /role-holder-foreign: .*Entra Connect Sync - sync02/);
    const application = test.sandbox.status().tenant.applications.find(({ appId }) => appId === server.connector.appId);
    const config = without(test, "sync02");
    fs.appendFileSync(config, allowed(application!.servicePrincipal!.objectId, accountOf("SYNC02")));
    await test.up({ config });
    test.expectOnboarded("sync02");
    await test.expectUnchanged({ config });
  });

  it("a rollback must be refused before it changes anything if the tenant accepts no further account", async () => {
    const { store } = test.sandbox.tenant;
    const users = [...store.data.users];
    await test.sandbox.break("tenant", "accounts-full");
    // What it did is more: it looked at the server.
    const seen = () => ({ ...test.server("sync01"), journal: [] });
    const before = seen();
    const { code, stderr } = await leave(["sync01", "--rollback", "--yes"], administrator(test).stdin);
    store.change((directory) => void (directory.users = users));
    assert.equal(code, 1, stderr);
    assert.match(stderr, /sync01: account Sync_SYNC01_.*found 20\. Nothing was changed.*\[SYNC_ACCOUNTS_FULL\]/);
    assert.deepEqual(seen(), before);
    test.expectSchedulerOn("sync01");
  });

  it("leave must refuse if there is nothing to leave", async () => {
    for (const way of ["--abandon", "--rollback"]) {
      const { code, stderr } = await leave(["sync02", way, "--yes"]);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /sync02: state: .*npx connect-sync-identity adopt sync02 --stack dev.*SERVER_NOT_IN_STATE/);
    }
    test.expectOnboarded("sync02");
  });

  it("destroy must succeed once every server has left", async () => {
    const config = without(test, "sync02");
    const held = await test.pulumi(["destroy", "--yes", "--non-interactive", "--color", "never"], { config });
    assert.notEqual(held.code, 0, held.output);
    assert.match(held.output, /leave (-- )?sync01 --rollback/);
    test.expectOnboarded("sync01");
    const left = await leave(["sync01", "--rollback", "--yes"], administrator(test).stdin);
    assert.equal(left.code, 0, left.stderr);
    const { code, output } = await test.pulumi(["destroy", "--yes", "--non-interactive", "--color", "never"], {
      config,
    });
    assert.equal(code, 0, output);
    assert.deepEqual(applications(), ["Entra Connect Sync - sync02"]);
    assert.deepEqual(test.server("sync01").certificates, []);
    assert.equal(test.server("sync01").program.sha256, null);
    test.expectSchedulerOn("sync01");
  });
});
