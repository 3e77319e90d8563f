/** Strangers in the tenant: shown with who and when, a red drift alarm, and taken away only where the policy says so. */
import assert from "node:assert/strict";
import { TestSandbox } from "./support";

const MALLORY = "(added|last changed) by mallory@\\S+ on \\d{4}-\\d\\d-\\d\\dT\\S+Z \\(";

/** Break, and the finding that it must bring. */
const STRANGERS = {
  "foreign-key": "key-foreign",
  "foreign-secret": "secret-foreign",
  "federated-credential": "federated-credential-foreign",
  "principal-key": "principal-key-foreign",
  "principal-secret": "principal-secret-foreign",
  "lock-off": "lock-off",
  owner: "owner-foreign",
  audience: "audience-wide",
  disabled: "principal-disabled",
  "extra-role": "role-foreign",
};
/** What `enforce` takes away. */
const REMOVED = Object.values(STRANGERS).slice(0, 5);
/** What a refresh of the declared resources sets back. */
const REFRESHED = ["owner-foreign", "audience-wide", "principal-disabled"];

describe("the guard", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.openOnboarded();
  });
  after(() => test?.close());

  const application = () => {
    const found = test.sandbox.tenant.store.data.applications.find(
      ({ properties }) => properties.displayName === "Entra Connect Sync - sync01",
    );
    assert.ok(found);
    return found;
  };
  const principal = () => {
    const found = test.sandbox.tenant.store.principalByAppId(application().appId);
    assert.ok(found);
    return found;
  };
  const credentials = () => {
    const [{ keyCredentials, passwordCredentials, federatedIdentityCredentials }, own] = [application(), principal()];
    const ownKeys = own.keyCredentials.length + own.passwordCredentials.length;
    return [keyCredentials.length, passwordCredentials.length, federatedIdentityCredentials.length, ownKeys];
  };
  const isLocked = () =>
    (application().properties.servicePrincipalLockConfiguration as { isEnabled?: boolean } | null)?.isEnabled === true;
  const withConfiguration = (lines: string[]) =>
    test.configuration((text) => text.replace("config:\n", `config:\n${lines.map((line) => `  ${line}\n`).join("")}`));
  const codesIn = (output: string, subject: string) =>
    new Set([...output.matchAll(new RegExp(`warning: ${subject}: ([a-z-]+): `, "g"))].map(([, code]) => code));

  it("the guard must lock the service principal's credentials from the start, and find nothing in a healthy tenant", async () => {
    assert.equal(isLocked(), true);
    await test.expectUnchanged();
  });

  it("ids in capital letters must be the same ones, in the configuration and in Graph's answers", async () => {
    const { store } = test.sandbox.tenant;
    const pipeline = application().owners[0];
    assert.ok(store.principal(pipeline));
    const config = withConfiguration([`connect-sync-identity:pipelineObjectId: "${pipeline.toUpperCase()}"`]);
    test.sandbox.faults.set("tenant", "capital-ids", null);
    const { code, output } = await test.preview(["--expect-no-changes"], { config });
    test.sandbox.faults.clear("tenant");
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /owner-foreign|role-holder-foreign|connector-other/);
  });

  it("the guard must show each foreign credential once, with author and time, and make the drift alarm fail", async () => {
    for (const what of Object.keys(STRANGERS)) await test.sandbox.break("sync01", what);
    const { code, output } = await test.preview(["--expect-no-changes"]);
    assert.notEqual(code, 0, "the drift alarm stays silent");
    for (const finding of Object.values(STRANGERS)) {
      const lines = output.match(new RegExp(`^warning: sync01: ${finding}: expected .+$`, "gm")) ?? [];
      assert.equal(lines.length, 1, `${finding}: ${lines.length} lines\n${output}`);
      assert.match(lines[0], new RegExp(MALLORY));
    }
    assert.deepEqual(codesIn(output, "sync02"), new Set());
  });

  it("the guard must only report under the policy report, but switch the lock on", async () => {
    const before = credentials();
    const output = await test.up();
    assert.deepEqual(codesIn(output, "sync01"), new Set(Object.values(STRANGERS)));
    assert.deepEqual(credentials(), before);
    assert.equal(isLocked(), true);
  });

  it("the guard must report a key that another writer lost, and the next run must restore it", async () => {
    const config = withConfiguration(["connect-sync-identity:credentialPolicy: enforce"]);
    test.sandbox.faults.set("tenant", "key-lost", 1);
    const { code, output } = await test.tryUp({ config });
    assert.notEqual(code, 0, output);
    assert.match(output, /sync01: key credentials: .*this server's own.*\[KEY_CREDENTIAL_LOST\]/);
    test.expectSchedulerOn("sync01");
  });

  it("the guard must remove and report foreign credentials under the policy enforce; a refresh restores the rest", async () => {
    const config = withConfiguration(["connect-sync-identity:credentialPolicy: enforce"]);
    // Enabled first: a server cannot prove its new credential as a disabled principal.
    await test.up({ config, args: ["--refresh"] });
    assert.equal(principal().properties.accountEnabled, true);
    await test.up({ config, args: ["--refresh"] });
    assert.equal(principal().properties.accountEnabled, true);
    assert.deepEqual(credentials(), [1, 0, 0, 0]);
    test.expectOnboarded("sync01");
    const { output } = await test.preview([], { config });
    assert.deepEqual(codesIn(output, "sync01"), new Set(["role-foreign"]));
    assert.ok(REMOVED.length === 5 && REFRESHED.length === 3);
  });

  it("the guard must find other principals that may synchronise, leave them unchanged, and accept allowed ones until their day", async () => {
    for (const what of ["role-holder", "managed-left", "directory-role"]) await test.sandbox.break("tenant", what);
    const shown = await test.preview();
    assert.deepEqual(codesIn(shown.output, "tenant"), new Set(["role-holder-foreign", "directory-role-foreign"]));
    assert.match(shown.output, new RegExp(`role-holder-foreign: .*Directory Helper .*${MALLORY}`));
    assert.match(shown.output, /sync02: managed-application-left: .*az ad app delete --id/);
    assert.match(shown.output, new RegExp(`role-holder-foreign: .*ConnectSyncProvisioning_SYNC02_.*${MALLORY}`));
    const { store } = test.sandbox.tenant;
    const principalOf = (name: RegExp) => {
      return store.data.principals.find(({ appId }) => {
        return name.test(String(store.applicationById(appId)?.properties.displayName));
      });
    };
    const [helper, managed] = [principalOf(/^Directory Helper$/), principalOf(/^ConnectSyncProvisioning_SYNC02_/)];
    const user = store.data.users.find(({ userPrincipalName }) => userPrincipalName.startsWith("mallory@"));
    const allow = (expires: string) =>
      withConfiguration([
        "connect-sync-identity:allowedRoleHolders:",
        ...[helper, managed, user].flatMap((holder) => [
          `  - id: ${holder!.id}`,
          "    reason: a pilot",
          `    expires: "${expires}"`,
        ]),
      ]);
    const allowed = await test.preview([], { config: allow("2099-12-31") });
    assert.deepEqual(codesIn(allowed.output, "tenant"), new Set());
    const output = await test.up({ config: allow("2020-01-31") });
    assert.deepEqual(codesIn(output, "tenant"), new Set(["role-holder-expired"]));
    assert.match(output, /since 2020-01-31, found Directory Helper .*a pilot/);
    assert.ok(store.data.assignments.some(({ principalId }) => principalId === helper!.id));
  });

  it("the guard must work without audit log and directory roles if they are forbidden", async () => {
    test.sandbox.faults.set("tenant", "no-audit", null);
    test.sandbox.faults.set("tenant", "no-directory-roles", null);
    const { output } = await test.preview();
    test.sandbox.faults.clear("tenant");
    assert.deepEqual(codesIn(output, "tenant"), new Set(["role-holder-foreign"]));
    assert.match(output, /role-holder-foreign: .*who is not known: the pipeline may not read the audit log/);
    assert.equal(output.match(/were checked: the pipeline lacks .*RoleManagement\.Read\.Directory/g)?.length, 1);
  });
});
