/** Whose a server's application is: managed by Entra Connect or by this project, and the way from one to the other. */
import assert from "node:assert/strict";
import type { CertificateTable } from "../../model/certificate/certificate-table";
import { administrator, runOperationOn } from "./operations";
import { TestSandbox } from "./support";

describe("modes", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.open();
  });
  after(() => test?.close());

  const managed = () => ({
    config: test.configuration((text) => text.replace("sync01:\n", "sync01:\n      mode: managed\n")),
  });
  const own = () => test.sandbox.status().tenant.applications.map(({ displayName }) => displayName);
  const inState = async (): Promise<string[]> => {
    const { deployment } = JSON.parse(await test.state()) as { deployment: { resources: { urn: string }[] } };
    const names = deployment.resources.map(({ urn }) => urn.split("::").at(-1)!);
    return names.filter((name) => name.startsWith("sync01")).sort();
  };

  it("a managed server must be observed, and nothing of it made or changed", async () => {
    const { journal: _, ...before } = test.server("sync01");
    await test.up(managed());
    assert.deepEqual(await inState(), ["sync01", "sync01-server"]);
    const { journal, ...now } = test.server("sync01");
    assert.deepEqual(now, before);
    assert.ok(journal.length > 0 && journal.every((entry) => entry.startsWith("observe")), journal.join(", "));
    assert.ok(!own().includes("Entra Connect Sync - sync01"));
    test.expectOnboarded("sync02");
    const { stdout } = await test.pulumi(["stack", "output", "servers", "--json"]);
    const tables = JSON.parse(stdout) as Record<string, { certificate: CertificateTable }>;
    const { certificate } = tables.sync01;
    assert.deepEqual(
      [certificate.managedBy, certificate.automaticRotation, certificate.sha256],
      ["Microsoft Entra Connect Sync", "automatic", before.connector.certificateSha256],
    );
    assert.match(certificate.issuer, /^CN=ConnectSyncProvisioning_SYNC01_/);
    assert.match(certificate.serialNumber, /^[0-9A-F]+$/);
    assert.deepEqual(
      [tables.sync02.certificate.managedBy, tables.sync02.certificate.automaticRotation],
      ["BYOC", "manual"],
    );
    await test.expectUnchanged(managed());
  });

  it("revoke, adopt and leave must be refused for a managed server, with what a person does instead", async () => {
    const options = ["--config-file", managed().config];
    const before = test.sandbox.status().tenant;
    const revoked = await runOperationOn(test, "revoke", ["sync01", "--confirm", "sync01", ...options]);
    assert.notEqual(revoked.code, 0);
    assert.match(revoked.stderr, /sync01: .*az ad app credential list --cert --id .*REVOCATION_MODE/);
    const adopted = await runOperationOn(test, "adopt", ["sync01", "--yes", ...options]);
    assert.notEqual(adopted.code, 0);
    assert.match(adopted.stderr, /sync01: .*take the server on as it is: .*ADOPTION_MODE/);
    const left = await runOperationOn(test, "leave", ["sync01", "--rollback", "--yes", ...options]);
    assert.notEqual(left.code, 0);
    assert.match(left.stderr, /sync01: .*Add-ADSyncAADServiceAccount.*LEAVE_MODE/);
    assert.deepEqual(test.sandbox.status().tenant, before);
  });

  it("a managed server whose scheduler stopped rotations must be a finding, and up must change nothing", async () => {
    test.sandbox.clock.advance(140 * 86_400);
    const { code, output } = await test.preview(["--expect-no-changes"], managed());
    assert.notEqual(code, 0, output);
    assert.match(output, /sync01: managed-rotation-overdue: .*the scheduler is on/);
    const before = test.server("sync01").connector;
    await test.up(managed());
    assert.deepEqual(test.server("sync01").connector, before);
  });

  it("a managed server that is declared as own must be moved to an application of its own, and what stays be named", async () => {
    const before = test.server("sync01").connector;
    const output = await test.up();
    test.expectOnboarded("sync01");
    assert.match((await test.preview()).output, /sync01: managed-application-left: .*ConnectSyncProvisioning_SYNC01_/);
    assert.ok(
      own().some((name) => name.startsWith("ConnectSyncProvisioning_SYNC01_")),
      output,
    );
    assert.notEqual(test.server("sync01").connector.appId, before.appId);
    await test.expectUnchanged();
  });

  it("an own application must not go while the connector uses it, though the server is declared as managed", async () => {
    const before = test.server("sync01").connector;
    const resources = await inState();
    assert.notEqual((await test.preview([], managed())).code, 0);
    for (const args of [[], ["--continue-on-error"]]) {
      const { code, output } = await test.tryUp({ ...managed(), args });
      assert.notEqual(code, 0, output);
      assert.match(output, /MODE_NEEDS_A_PERSON/);
      assert.match(output, /leave (-- )?sync01 --rollback/);
      assert.deepEqual(test.server("sync01").connector, before);
      assert.ok(own().includes("Entra Connect Sync - sync01"));
    }
    for (const name of ["sync01-application", "sync01-certificate", "sync01-lease"]) {
      assert.ok(resources.includes(name) && (await inState()).includes(name), name);
    }
  });

  it("once the wizard has set up its application, the own one must go, and the server be managed", async () => {
    const left = await runOperationOn(test, "leave", ["sync01", "--rollback", "--yes"], administrator(test).stdin);
    assert.equal(left.code, 0, left.stderr);
    await test.sandbox.break("sync01", "wizard");
    const before = test.server("sync01").connector;
    await test.up(managed());
    assert.deepEqual(await inState(), ["sync01", "sync01-server"]);
    assert.deepEqual(test.server("sync01").connector, before);
    assert.ok(!own().includes("Entra Connect Sync - sync01"));
    await test.expectUnchanged(managed());
  });
});
