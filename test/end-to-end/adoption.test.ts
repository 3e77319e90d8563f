/** A server that was set up by hand, and one whose state is lost, taken over by `adopt` with the real engine. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { applicationMarker } from "../../model/server/labels";
import { runOperationOn } from "./operations";
import { TestSandbox } from "./support";

describe("adoption", () => {
  let test: TestSandbox;
  let config: string;
  before(async () => {
    test = await TestSandbox.open();
    config = test.configuration((text) => text.replace("role: staging", "role: staging "));
    await test.pulumi(["config"]);
  });
  after(() => test?.close());

  /** Runs the command inside the sandbox that is started already. */
  async function adopt(...args: string[]): Promise<{ code: number | null; output: string }> {
    const file = path.join(test.folder, `${args[0]}.import.json`);
    const { code, stdout, stderr } = await runOperationOn(test, "adopt", [
      ...args,
      "--config-file",
      config,
      "--output",
      file,
    ]);
    const output = stdout + stderr;
    test.transcript.push(output);
    return { code, output };
  }

  async function adopted(...args: string[]): Promise<string> {
    const { code, output } = await adopt(...args);
    assert.equal(code, 0, output);
    return output;
  }

  /** What must stay as it is on a server. */
  const held = (name: string) => {
    const { connector, certificates, scheduler } = test.server(name);
    return { connector, certificates, enabled: scheduler.SyncCycleEnabled };
  };
  const applicationOf = (name: string) => {
    const { appId } = test.server(name).connector;
    const found = test.sandbox.status().tenant.applications.find((application) => application.appId === appId);
    assert.ok(found, `${name}: no application ${appId}`);
    return found;
  };
  function change(edit: (text: string) => string): void {
    const text = fs.readFileSync(config, "utf8");
    assert.notEqual(edit(text), text, "the change of the configuration changed nothing");
    fs.writeFileSync(config, edit(text));
  }

  it("adoption must refuse what cannot be adopted, each with its remedy, and change nothing", async () => {
    const before = [held("sync01"), held("sync02")];
    const [unknown, password, managed, noServer] = await Promise.all([
      adopt("sync3"),
      adopt("sync02", "--yes"),
      adopt("sync01", "--yes"),
      adopt("--yes"),
    ]);
    assert.deepEqual([unknown.code, noServer.code], [2, 2], unknown.output + noServer.output);
    assert.match(unknown.output, /no server "sync3"; there is sync0[12].*\n"connect-sync-identity adopt --help" shows/);
    assert.deepEqual([password.code, managed.code], [1, 1], password.output + managed.output);
    assert.match(
      password.output,
      /sync02: connector: .*password account.*sandbox pulumi -- up.*\[ADOPTION_PASSWORD_ACCOUNT\]/,
    );
    assert.match(managed.output, /sync01: connector: .*ConnectSyncProvisioning_.*\[ADOPTION_MANAGED_APPLICATION\]/);
    test.sandbox.faults.set("sync02", "unreachable", null);
    const unreachable = await adopt("sync02", "--yes");
    test.sandbox.faults.clear("sync02");
    assert.equal(unreachable.code, 1);
    assert.match(unreachable.output, /sync02: connection\.host: .*HOST_UNREACHABLE/);
    await test.sandbox.break("sync02", "other-tenant");
    const foreign = await adopt("sync02", "--yes");
    assert.equal(foreign.code, 1);
    assert.match(foreign.output, /sync02: connector: .*fabrikam\.onmicrosoft\.com.*TENANT_CONTRADICTED/);
    await test.sandbox.break("sync02", "account");
    assert.deepEqual([held("sync01"), held("sync02")], before);
  });

  it("adoption must import a server that was set up by hand, with certificate, application and key unchanged", async () => {
    await test.sandbox.break("sync02", "hand-made");
    const before = { server: held("sync02"), application: applicationOf("sync02") };
    const shown = await adopted("sync02");
    assert.match(
      shown,
      /To import it: npx connect-sync-identity adopt sync02 --yes --stack dev[\s\S]*pulumi -- import --file [\s\S]*adopt:/,
    );
    assert.doesNotMatch(await test.state(), /sync02/, "state was written without --yes");
    const output = await adopted("sync02", "--yes");
    assert.match(output, /Contoso Entra Connect Sync[\s\S]*the connector uses it/);
    assert.match(output, /^marker[\s\S]*^host program[^\n]*not installed/m);
    assert.deepEqual({ server: held("sync02"), application: applicationOf("sync02") }, before);
    assert.match(fs.readFileSync(config, "utf8"), new RegExp(before.server.connector.certificateSha256!));

    const seen = await test.preview([], { config });
    assert.equal(seen.code, 0, seen.output);
    assert.match(seen.output, /Application: \(update\)[\s\S]*sync02-application/);
    assert.doesNotMatch(seen.output, /\((replace|delete|create-replacement|delete-original)\)/, seen.output);

    await test.up({ config });
    assert.deepEqual(held("sync02").connector, before.server.connector);
    const application = applicationOf("sync02");
    assert.equal(application.displayName, "Entra Connect Sync - sync02");
    assert.deepEqual(application.keyCredentials, before.application.keyCredentials);
    test.expectSchedulerOn("sync02");
    await test.expectUnchanged({ config });
  });

  it("the next rotation must remove what was created by hand", async () => {
    const { appId, certificateSha256 } = held("sync02").connector;
    change((text) => text.replace(/role: staging *$/m, 'role: staging\n      rotate: "1"'));
    await test.up({ config });
    test.expectOnboarded("sync02");
    const { connector, certificates } = held("sync02");
    assert.equal(connector.appId, appId);
    assert.notEqual(connector.certificateSha256, certificateSha256);
    assert.deepEqual(
      certificates.map(({ sha256 }) => sha256),
      [connector.certificateSha256],
    );
    await test.expectUnchanged({ config });
  });

  it("adoption must refuse a server that state knows, and one of two applications with its marker", async () => {
    const known = await adopt("sync02", "--yes");
    assert.equal(known.code, 1);
    assert.match(known.output, /sync02: application: .*state of stack dev.*\[ADOPTION_IN_STATE\]/);
    const { store } = test.sandbox.tenant;
    const spare = store.applicationById(test.sandbox.settings.applications.spare)!;
    const { tags } = spare.properties;
    store.change(() => (spare.properties.tags = [applicationMarker({ stack: "dev", server: "sync02" })]));
    const two = await adopt("sync02", "--yes");
    store.change(() => (spare.properties.tags = tags));
    assert.equal(two.code, 1);
    assert.match(
      two.output,
      /sync02: .*several with the tag ConnectSyncIdentity:dev\/sync02.*\[APPLICATION_AMBIGUOUS\]/,
    );
  });

  it("adoption must import servers whose state is lost, change nothing, and leave a preview unchanged", async () => {
    const before = [held("sync01"), held("sync02"), test.sandbox.status().tenant.applications];
    fs.rmSync(path.join(test.sandbox.folder.state, ".pulumi", "stacks"), { recursive: true });
    const lost = await test.preview([], { config });
    assert.notEqual(lost.code, 0);
    assert.match(lost.output, /npx connect-sync-identity adopt sync0[12]|needs to be imported/);
    for (const server of ["sync02", "sync01"]) {
      const output = await adopted(server, "--yes");
      assert.match(output, /Nothing differs from the declaration/);
      assert.match(output, new RegExp(`recorded in state, without a change on the server: .*${server}-registration`));
    }
    assert.deepEqual([held("sync01"), held("sync02"), test.sandbox.status().tenant.applications], before);
    // No state says any more that a declared server used it.
    const { output } = await test.preview([], { config });
    assert.match(output, /tenant: role-holder-foreign: .*ConnectSyncProvisioning_SYNC01_/);
    test.removeLeftovers();
    await test.expectUnchanged({ config });
  });
});
