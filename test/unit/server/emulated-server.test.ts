/** What the sandbox's commands do with an emulated server. */
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { SOFTWARE_PROVIDER, TPM_PROVIDER } from "../../../model/protocol/host-protocol";
import { makeManagedCertificate } from "../../../sandbox/world/managed-certificate";
import { SERVER_BREAKS } from "../../../sandbox/server/breaks";
import { APP_ID, ContractHost, ContractWorld, label, observeRequest, OTHER_APP_ID } from "../../contract/contract-host";

describe("emulated server", function () {
  this.timeout(30_000);
  let world: ContractWorld;
  let host: ContractHost;

  before(async () => {
    world = await ContractWorld.make();
  });
  beforeEach(async () => {
    host = await new ContractHost(world, "model").start();
  });
  afterEach(() => host.stop());
  after(() => world.close());

  const tenant = () => ({ tokenEndpoint: world.tenant.url, domain: "contoso.onmicrosoft.com" });

  describe("status", () => {
    it("the status must show a server on a password account", () => {
      const status = host.server.describe();
      assert.deepEqual([status.name, status.role, status.version], ["sync01", "active", "2.6.84.0"]);
      assert.deepEqual(status.connector, {
        identityType: "ServiceAccount",
        appId: null,
        certificateSha256: null,
        parameters: { ApplicationManagedBy: null, CertificateManagedBy: null, CertificateId: null },
      });
      assert.deepEqual([status.certificates, status.journal, status.program.sha256], [[], [], null]);
      assert.equal(status.scheduler.SyncCycleEnabled, true);
      assert.equal(status.scheduler.StagingModeEnabled, false);
    });

    it("the status must show a managed server by the product's application, with its certificate out of reach", async () => {
      const der = await makeManagedCertificate("ConnectSyncProvisioning", new Date());
      const appId = randomUUID();
      host.server.seed({ kind: "managed", appId, certificateDer: der }, { tenant: tenant() });
      const { connector, certificates } = host.server.describe();
      const sha256 = createHash("sha256").update(der).digest("hex");
      assert.deepEqual(
        [connector.identityType, connector.appId, connector.certificateSha256],
        ["Application", appId, sha256],
      );
      assert.ok(connector.parameters.ApplicationManagedBy);
      assert.deepEqual(certificates, []);
    });

    it("the status must list certificates and runs, newest last", async () => {
      const sha256 = await host.registered();
      host.faults.set("sync01", "busy", 1);
      await host.run("release", {
        protocol: 1,
        server: "sync01",
        label: label(1),
        appId: APP_ID,
        certificateSha256: sha256,
      });
      const { certificates, journal } = host.server.describe();
      assert.equal(certificates.length, 1);
      assert.equal(certificates[0].sha256, sha256);
      assert.deepEqual([certificates[0].friendlyName, certificates[0].keyProvider], [label(1), TPM_PROVIDER]);
      assert.equal(certificates[0].keyUsable, true);
      assert.deepEqual(journal, ["ensure-certificate ok", "register ok", "release BUSY"]);
    });

    it("the status must not be affected by faults, or use them up", () => {
      host.faults.set("sync01", "old-version", 1);
      assert.equal(host.server.describe().version, "2.6.84.0");
      assert.equal(host.faults.holds("sync01", "old-version"), true);
    });

    it("the status must not contain a private key", async () => {
      await host.registered();
      assert.doesNotMatch(JSON.stringify(host.server.describe()), /PRIVATE KEY/);
    });
  });

  describe("memory", () => {
    it("an emulated server must survive a restart", async () => {
      await host.registered();
      const again = host.makeServer("model", "cmd");
      assert.equal(again.seeded, true);
      assert.deepEqual(again.describe(), host.server.describe());
    });

    it("an emulated server's state must be readable by its owner only: it replaces a TPM", () => {
      const file = path.join(path.dirname(host.filesRoot), "machine.json");
      assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    });

    it("an emulated server must forget everything when it is seeded again", async () => {
      await host.registered();
      host.server.seed({ kind: "password", userName: "Sync_X@contoso.onmicrosoft.com" }, { tenant: tenant() });
      const { certificates, journal, connector } = host.server.describe();
      assert.deepEqual([certificates, journal, connector.identityType], [[], [], "ServiceAccount"]);
    });
  });

  describe("break", () => {
    const connector = () => host.server.describe().connector;
    const certificate = () => host.server.describe().certificates[0];

    it("each break must do what its table says", async () => {
      await host.registered();
      host.server.break("acl");
      assert.ok(!certificate().acl?.some((rule) => rule.sid.startsWith("S-1-5-80-")));
      host.server.break("acl-wide");
      assert.ok(certificate().acl?.some((rule) => rule.sid === "S-1-5-32-545"));
      host.server.break("key-software");
      assert.deepEqual([certificate().keyProvider, certificate().keyUsable], [SOFTWARE_PROVIDER, true]);
      host.server.break("key");
      assert.equal(certificate().keyUsable, false);
      host.server.break("parameters");
      assert.equal(connector().parameters.CertificateId, null);
      host.server.break("hash");
      assert.notEqual(connector().certificateSha256, certificate().sha256);
      host.server.break("application", { appId: OTHER_APP_ID });
      assert.equal(connector().appId, OTHER_APP_ID);
      host.server.break("account");
      assert.deepEqual([connector().identityType, connector().appId], ["ServiceAccount", null]);
      host.server.break("certificate");
      assert.deepEqual(host.server.describe().certificates, []);
    });

    it("a break must leave what an interrupted run leaves, without the restore task", async () => {
      host.server.break("scheduler");
      assert.equal(host.server.describe().scheduler.SyncCycleEnabled, false);
      assert.equal(host.pauseRecord?.syncCycleEnabled, true);
      assert.equal(host.state.restoreTask, null);
      world.clock.offset = 24 * 60 * 60_000;
      host.server.runDueTasks();
      assert.equal(host.server.describe().scheduler.SyncCycleEnabled, false);
    });

    it("a break must change the installed program", () => {
      assert.throws(() => host.server.break("program"), /not yet installed/);
      const sha256 = host.install();
      assert.equal(host.server.describe().program.sha256, sha256);
      host.server.break("program");
      assert.equal(host.server.describe().program.sha256, null);
    });

    it("a break must switch writeback on", async () => {
      host.server.break("writeback");
      const { answer } = await host.run("observe", observeRequest());
      assert.equal(answer.ok && answer.result.passwordWriteback, true);
    });

    it("a break without a target must report that, and change nothing", () => {
      const before = host.state;
      const needsCertificate = ["certificate", "key", "key-software", "acl", "acl-wide"];
      for (const what of needsCertificate) assert.throws(() => host.server.break(what), /no certificate/, what);
      for (const what of ["hash", "parameters"]) assert.throws(() => host.server.break(what), /password account/, what);
      assert.throws(() => host.server.break("application"), /no other application/);
      assert.deepEqual(host.state, before);
    });

    it("an unknown break must be refused with the list of breaks", () => {
      assert.throws(() => host.server.break("toString"), new RegExp(Object.keys(SERVER_BREAKS).join(", ")));
    });
  });

  describe("cmdlets of the model", () => {
    it("the cmdlets must link by hand only what really signs in", async () => {
      const sha256 = await host.certified();
      await assert.rejects(host.server.linkByHand(OTHER_APP_ID, sha256), /AADSTS700027/);
      assert.deepEqual(
        host.state.events.map((event) => event.id),
        [906],
      );
      world.tenant.applications.get(APP_ID)!.roles = {};
      await assert.rejects(host.server.linkByHand(APP_ID, sha256), /lacks the role/);
      assert.equal(host.state.connector.identityType, "ServiceAccount");
    });

    it("the cmdlets must fail if the service account cannot read the key", async () => {
      const sha256 = await host.certified();
      host.server.break("acl");
      await assert.rejects(host.server.linkByHand(APP_ID, sha256), /access is denied/);
    });

    it("the cmdlets must fail if the certificate is not in date", async () => {
      const sha256 = await host.certified();
      world.clock.offset = 400 * 24 * 60 * 60_000;
      await assert.rejects(host.server.linkByHand(APP_ID, sha256), /validity period/);
    });

    it("the cmdlets must fail while a cycle runs", async () => {
      const sha256 = await host.certified();
      host.server.startCycle(60);
      await assert.rejects(host.server.linkByHand(APP_ID, sha256), /cycle is in progress/);
    });

    it("the cmdlets must accept upper-case hashes, as the real cmdlet prints them", async () => {
      const sha256 = await host.certified();
      await host.server.linkByHand(APP_ID.toUpperCase(), sha256.toUpperCase());
      assert.deepEqual([host.state.connector.appId, host.state.connector.certificateSha256], [APP_ID, sha256]);
    });

    it("the cmdlets must warn of a certificate's end like the product", async () => {
      await host.registered();
      const ids = async () => {
        const { answer } = await host.run("observe", observeRequest());
        return answer.ok ? answer.result.events.map((event) => event.id) : [];
      };
      assert.deepEqual(await ids(), []);
      world.clock.offset = 300 * 24 * 60 * 60_000;
      assert.deepEqual(await ids(), [1011]);
      world.clock.offset = 400 * 24 * 60 * 60_000;
      assert.deepEqual(await ids(), [1012]);
    });
  });
});
