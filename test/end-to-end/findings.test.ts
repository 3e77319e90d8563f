/** Each finding, made behind Pulumi's back, shown by a preview, healed by one up, and gone afterwards. */
import assert from "node:assert/strict";
import type { FindingCode } from "../../model/diagnostics/registry";
import { TestSandbox } from "./support";

interface Drift {
  /** The name of `sandbox -- break`. */
  what: string;
  code: FindingCode;
  /** A resource whose step the preview must show. */
  heals: string;
}

/** Healed by a plain up. */
const HEALED: Drift[] = [
  { what: "certificate", code: "certificate-missing", heals: "certificate" },
  { what: "key", code: "key-unusable", heals: "certificate" },
  { what: "key-software", code: "key-not-in-tpm", heals: "certificate" },
  { what: "acl", code: "key-acl-lost", heals: "registration" },
  { what: "acl-wide", code: "key-acl-wide", heals: "registration" },
  { what: "account", code: "connector-password-account", heals: "registration" },
  { what: "application", code: "connector-other-application", heals: "registration" },
  { what: "hash", code: "connector-other-certificate", heals: "registration" },
  { what: "scheduler", code: "scheduler-left-paused", heals: "registration" },
  { what: "program", code: "program-changed", heals: "program" },
  { what: "program-folder-earlier", code: "program-folder-foreign", heals: "registration" },
  { what: "label", code: "certificate-missing", heals: "certificate" },
  { what: "credential", code: "credential-missing", heals: "credential" },
];

describe("findings", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.openOnboarded();
  });
  after(() => test?.close());

  async function heals(server: string, { what, code, heals: resource }: Drift): Promise<void> {
    await test.sandbox.break(server, what);
    const seen = await test.preview();
    assert.equal(seen.code, 0, seen.output);
    assert.match(seen.output, new RegExp(`${server}: ${code}: expected .+, found .+`));
    assert.match(seen.output, new RegExp(`${server}-${resource}\\b`), "the healing step is not shown");
    const alarm = await test.preview(["--expect-no-changes"]);
    assert.notEqual(alarm.code, 0, "the drift alarm stays silent");
    await test.up();
    test.expectOnboarded(server);
    test.expectSchedulerOn(server);
    await test.expectUnchanged();
  }

  HEALED.forEach((drift, index) => {
    const server = index % 2 === 0 ? "sync01" : "sync02";
    it(`a preview must show ${drift.code} and an up must fix it`, () => heals(server, drift));
  });

  it("connector-parameters-blank must be shown, and fixed only if the repair is requested by name", async () => {
    await test.sandbox.break("sync01", "parameters");
    await test.up();
    const still = await test.preview();
    assert.match(still.output, /sync01: connector-parameters-blank: .* repairConnectivityParameters: true/);
    const config = test.configuration((text) =>
      text.replace("role: active", "role: active\n      repairConnectivityParameters: true"),
    );
    await test.up({ config });
    test.expectOnboarded("sync01");
    assert.ok(Object.values(test.server("sync01").connector.parameters).every(Boolean));
    await test.expectUnchanged({ config });
    await test.up();
  });

  it("password writeback must be compared with the declaration, which assigns and removes the roles", async () => {
    const roles = () => {
      const { connector } = test.server("sync02");
      const application = test.sandbox.status().tenant.applications.find(({ appId }) => appId === connector.appId);
      return application?.servicePrincipal?.appRoles.filter((role) => role.startsWith("PasswordWriteback.")).length;
    };
    await test.sandbox.break("sync02", "writeback");
    const seen = await test.preview();
    assert.match(seen.output, /sync02: writeback-undeclared: .* passwordWriteback: true/);
    assert.equal(roles(), 0);
    const config = test.configuration((text) =>
      text.replace("role: staging", "role: staging\n      passwordWriteback: true"),
    );
    await test.up({ config });
    assert.equal(roles(), 3);
    await test.expectUnchanged({ config });
  });

  it("rotation-due must appear by the servers' clock, and rotate", async () => {
    const config = test.configuration((text) =>
      text.replace("role: staging", "role: staging\n      passwordWriteback: true"),
    );
    const before = test.server("sync01").connector.certificateSha256;
    test.sandbox.clock.advance(200 * 86_400);
    const seen = await test.preview([], { config });
    assert.match(seen.output, /sync01: rotation-due: /);
    assert.match(seen.output, /sync02: rotation-due: /);
    await test.up({ config });
    test.expectOnboarded("sync01");
    assert.notEqual(test.server("sync01").connector.certificateSha256, before);
    await test.expectUnchanged({ config });
  });

  it("a run must stop with the remedy if the application is gone from Entra", async () => {
    const config = test.configuration((text) =>
      text.replace("role: staging", "role: staging\n      passwordWriteback: true"),
    );
    const { appId } = test.server("sync02").connector;
    const object = test.sandbox.tenant.store.applicationById(appId!);
    assert.ok(object);
    await test.sandbox.break("sync02", "application-missing");
    const seen = await test.preview([], { config });
    assert.notEqual(seen.code, 0);
    assert.match(
      seen.output,
      /sync02: application: expected application .+ npx connect-sync-identity sandbox pulumi -- up --refresh.*\[APPLICATION_MISSING\]/,
    );
    assert.doesNotMatch(seen.output, /sync02-principal.*delete/);
    const { deployment } = JSON.parse(await test.state()) as { deployment: { resources: { urn: string }[] } };
    const urn = deployment.resources.find((resource) => resource.urn.endsWith("::sync02-credential"))?.urn;
    assert.ok(urn);
    const removed = await test.pulumi(["state", "delete", "--target-dependents", "--yes", urn]);
    assert.equal(removed.code, 0, removed.output);
    await test.up({ config, args: ["--refresh"] });
    test.expectOnboarded("sync02");
    await test.expectUnchanged({ config });
  });
});
