/** An own certificate on the application of Entra Connect: onboarding, rotation, and the ways to and from the other modes. */
import assert from "node:assert/strict";
import { administrator, ownedByPipeline, runOperationOn } from "./operations";
import { rotateByWizard } from "../../sandbox/world/managed-certificate";
import { TestSandbox } from "./support";

describe("an own certificate on the product's application", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.open();
  });
  after(() => test?.close());

  const mode = (name: "byoc" | "managed", more = "") => ({
    config: test.configuration((text) => text.replace("sync01:\n", `sync01:\n      mode: ${name}\n${more}`)),
  });
  const server = () => test.server("sync01");
  const used = () => {
    const { appId } = server().connector;
    return test.sandbox.status().tenant.applications.find((application) => application.appId === appId)!;
  };
  const keys = () => used().keyCredentials.map(({ sha256 }) => sha256);
  const ownCertificates = () =>
    server().certificates.filter(({ friendlyName }) => friendlyName.startsWith("ConnectSync"));
  const names = () => test.sandbox.status().tenant.applications.map(({ displayName }) => displayName);
  const letUpload = () => ownedByPipeline(test, server().connector.appId!);
  const expectOwnCertificate = () => {
    const { connector } = server();
    assert.match(used().displayName, /^ConnectSyncProvisioning_SYNC01_/);
    const certificate = ownCertificates().find(({ sha256 }) => sha256 === connector.certificateSha256);
    assert.equal(certificate?.keyProvider, "Microsoft Platform Crypto Provider");
    assert.ok(keys().includes(connector.certificateSha256!));
    test.expectSchedulerOn("sync01");
  };

  it("without the right to upload the run must stop before anything changes, and name the permission", async () => {
    const { journal: _, ...before } = server();
    const held = keys();
    for (const run of [await test.preview([], mode("byoc")), await test.tryUp(mode("byoc"))]) {
      assert.notEqual(run.code, 0, run.output);
      assert.match(run.output, /UPLOAD_NOT_PERMITTED/);
      assert.match(run.output, /Application\.ReadWrite\.All/);
    }
    const { journal, ...now } = server();
    assert.deepEqual(now, before);
    assert.ok(
      journal.every((entry) => entry.startsWith("observe")),
      journal.join(", "),
    );
    assert.deepEqual(keys(), held);
  });

  it("a managed server must be rotated to an own certificate, and keep the product's key until that is verified", async () => {
    await test.up(mode("managed"));
    letUpload();
    const { appId } = server().connector;
    const before = keys();
    const preview = await test.preview([], mode("byoc"));
    assert.equal(preview.code, 0, preview.output);
    await test.up(mode("byoc"));
    assert.equal(server().connector.appId, appId);
    expectOwnCertificate();
    assert.deepEqual(keys().slice(0, -1), before);
    assert.ok(!names().includes("Entra Connect Sync - sync01"));
  });

  it("the next up must remove the key that the own certificate replaced, and no other", async () => {
    const preview = await test.preview([], mode("byoc"));
    assert.match(preview.output, /sync01: key-replaced: /);
    await test.up(mode("byoc"));
    assert.deepEqual(keys(), [server().connector.certificateSha256]);
    await test.expectUnchanged(mode("byoc"));
  });

  it("a rotation must upload the new certificate, switch to it, and remove the old one in Entra and in the store", async () => {
    const before = server().connector.certificateSha256;
    await test.up(mode("byoc", "      rotate: now\n"));
    expectOwnCertificate();
    assert.notEqual(server().connector.certificateSha256, before);
    assert.deepEqual(keys(), [server().connector.certificateSha256]);
    assert.equal(ownCertificates().length, 1);
    await test.expectUnchanged(mode("byoc", "      rotate: now\n"));
  });

  it("a server that is declared with an application of its own must be moved to it, and the product's stay", async () => {
    const product = used().displayName;
    await test.up();
    test.expectOnboarded("sync01");
    assert.ok(names().includes(product));
    await test.expectUnchanged();
  });

  it("an own application must stay while the connector uses it, though the product's is declared", async () => {
    const before = server().connector;
    for (const run of [await test.preview([], mode("byoc")), await test.tryUp(mode("byoc"))]) {
      assert.notEqual(run.code, 0, run.output);
      assert.match(run.output, /MODE_NEEDS_A_PERSON/);
    }
    assert.deepEqual(server().connector, before);
    assert.ok(names().includes("Entra Connect Sync - sync01"));
  });

  it("a server on a password account must be refused with what the wizard does first", async () => {
    const left = await runOperationOn(test, "leave", ["sync01", "--rollback", "--yes"], administrator(test).stdin);
    assert.equal(left.code, 0, left.stderr);
    const { code, output } = await test.tryUp(mode("byoc"));
    assert.notEqual(code, 0, output);
    assert.match(output, /PRODUCT_APPLICATION_UNUSED/);
    assert.match(output, /Configure application-based authentication/);
  });

  it("once the wizard has set up its application, the own certificate must move there, and the own application go", async () => {
    await test.sandbox.break("sync01", "wizard");
    letUpload();
    await test.up(mode("byoc"));
    expectOwnCertificate();
    assert.ok(!names().includes("Entra Connect Sync - sync01"));
    await test.up(mode("byoc"));
    assert.deepEqual(keys(), [server().connector.certificateSha256]);
    await test.expectUnchanged(mode("byoc"));
  });

  it("a certificate in use must stay though the server is declared as managed, and go once the wizard rotated", async () => {
    const { code, output } = await test.tryUp(mode("managed"));
    assert.notEqual(code, 0, output);
    assert.match(output, /MODE_NEEDS_A_PERSON/);
    assert.match(output, /Rotate application certificate/);
    expectOwnCertificate();
    const { sandbox } = test;
    await rotateByWizard(sandbox.tenant.store, sandbox.servers.sync01, sandbox.clock.now());
    await test.up(mode("managed"));
    assert.deepEqual(keys(), [server().connector.certificateSha256]);
    assert.deepEqual(ownCertificates(), []);
    await test.expectUnchanged(mode("managed"));
  });

  it("a destroy must leave the product's application, and refuse while the connector uses the certificate", async () => {
    await test.up(mode("byoc"));
    await test.up(mode("byoc"));
    const refused = await test.destroy();
    assert.notEqual(refused.code, 0, refused.output);
    expectOwnCertificate();
    const product = used().displayName;
    const servers = ["sync01", "sync02"];
    for (const name of servers) {
      const left = await runOperationOn(test, "leave", [name, "--rollback", "--yes"], administrator(test).stdin);
      assert.equal(left.code, 0, left.stderr);
    }
    const gone = await test.destroy();
    assert.equal(gone.code, 0, gone.output);
    const application = test.sandbox.status().tenant.applications.find(({ displayName }) => displayName === product)!;
    assert.deepEqual(application.keyCredentials, []);
    assert.deepEqual(ownCertificates(), []);
  });
});
