/** The sandbox as one object, without Pulumi. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { applicationMarker, certificateLabel } from "../../../model/server/labels";
import { LockedError } from "../../../sandbox/folder/lock";
import { CommandError, UsageError } from "../../../console/errors";
import { Sandbox } from "../../../sandbox/sandbox";
import { temporaryFolders } from "./support";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SHA256 = /^[0-9a-f]{64}$/;

describe("the sandbox", () => {
  const temporary = temporaryFolders();

  /** Opens the sandbox of a folder, uses it and closes it. */
  async function using<T>(folder: string, work: (sandbox: Sandbox) => T | Promise<T>): Promise<T> {
    const sandbox = await Sandbox.open({ folder, command: "test", log: () => undefined, waitSeconds: 0 });
    try {
      return await work(sandbox);
    } finally {
      await sandbox.close();
    }
  }

  it("the sandbox must begin with sync01 in managed mode, sync02 on a password account, and a running scheduler", async () => {
    const { servers, tenant } = await using(temporary(), (sandbox) => sandbox.status());
    const [sync01, sync02] = servers;
    assert.deepEqual([sync01.name, sync01.role, sync02.name, sync02.role], ["sync01", "active", "sync02", "staging"]);
    const managed = tenant.applications.find(({ appId }) => appId === sync01.connector.appId);
    assert.match(managed?.displayName ?? "", /^ConnectSyncProvisioning_SYNC01_[0-9a-f]{12}$/);
    assert.equal(sync01.connector.identityType, "Application");
    assert.equal(sync01.connector.certificateSha256, managed?.keyCredentials[0]?.sha256);
    assert.deepEqual(sync01.certificates, [], "a managed certificate lies in the service account's own store");
    assert.equal(sync02.connector.identityType, "ServiceAccount");
    for (const { version, scheduler } of servers) {
      assert.equal(version, "2.6.84.0");
      assert.equal(scheduler.SyncCycleEnabled, true);
    }
    assert.deepEqual(
      servers.map(({ scheduler }) => scheduler.StagingModeEnabled),
      [false, true],
    );
  });

  it("the sandbox must show its status in the documented form", async () => {
    const status = await using(temporary(), (sandbox) => sandbox.status());
    assert.deepEqual(Object.keys(status), ["now", "cloud", "tenant", "servers"]);
    assert.deepEqual(Object.keys(status.tenant), ["applications", "roleHolders", "users"]);
    assert.ok(status.tenant.applications.length > 0);
    for (const application of status.tenant.applications) {
      assert.deepEqual(
        Object.keys(application).sort(),
        [
          "appId",
          "displayName",
          "federatedIdentityCredentials",
          "keyCredentials",
          "lock",
          "objectId",
          "owners",
          "passwordCredentials",
          "requiredResourceAccess",
          "servicePrincipal",
          "signInAudience",
          "tags",
        ].sort(),
      );
      assert.match(application.appId, GUID);
      assert.match(application.objectId, GUID);
      assert.deepEqual(Object.keys(application.servicePrincipal ?? {}).sort(), [
        "accountEnabled",
        "appRoles",
        "keyCredentials",
        "objectId",
        "owners",
        "passwordCredentials",
      ]);
      for (const key of application.keyCredentials) {
        assert.deepEqual(Object.keys(key).sort(), ["endDateTime", "keyId", "sha256", "startDateTime"]);
        assert.match(key.sha256, SHA256);
      }
    }
    for (const server of status.servers) {
      const names = ["certificates", "connector", "journal", "name", "program", "role", "scheduler", "version"];
      const life = ["legacyAccountName", "runHistory", "signIn", "unverified"];
      assert.deepEqual(Object.keys(server).sort(), [...names, ...life].sort());
      assert.deepEqual(server.program, { sha256: null });
    }
    const [administrator, account] = status.tenant.users;
    assert.deepEqual(administrator.directoryRoles, ["Hybrid Identity Administrator"]);
    assert.match(account.userPrincipalName, /^Sync_SYNC02_[0-9a-f]{12}@/);
    assert.deepEqual(account.directoryRoles, ["Directory Synchronization Accounts"]);
    assert.deepEqual(
      status.tenant.roleHolders.map(({ displayName }) => displayName.replace(/_[^_]*$/, "")),
      ["ConnectSyncProvisioning_SYNC01"],
      "nobody but the product itself may synchronise into a new tenant",
    );
    assert.doesNotMatch(JSON.stringify(status), /PRIVATE KEY|"hash"|"salt"/);
  });

  it("the sandbox must keep its contents, ports included, from one command to the next", async () => {
    const folder = temporary();
    const first = await using(folder, async (sandbox) => {
      sandbox.clock.advance(3600);
      sandbox.faults.set("sync01", "busy", 2);
      await sandbox.break("sync01", "account");
      return { settings: sandbox.settings, status: sandbox.status() };
    });
    await using(folder, (sandbox) => {
      assert.deepEqual(sandbox.settings, first.settings);
      assert.deepEqual(sandbox.status().servers, first.status.servers);
      assert.deepEqual(sandbox.status().tenant, first.status.tenant);
      assert.equal(sandbox.clock.offset, 3600);
      assert.equal(sandbox.faults.list().length, 1);
    });
  });

  it("the sandbox must create a half-made folder again", async () => {
    const folder = temporary();
    await using(folder, () => undefined);
    fs.rmSync(path.join(folder, "settings.json"));
    fs.rmSync(path.join(folder, "keys", "ca.pem"));
    await using(folder, (sandbox) => assert.equal(sandbox.status().servers.length, 2));
  });

  it("a reset must renew all parts of the sandbox, even if a file is no longer readable", async () => {
    const folder = temporary();
    const before = await using(folder, (sandbox) => {
      sandbox.clock.advance(60);
      sandbox.faults.set("tenant", "throttled", null);
      fs.mkdirSync(path.join(folder, "state", ".pulumi"), { recursive: true });
      return {
        tenantId: sandbox.settings.tenantId,
        secret: fs.readFileSync(path.join(folder, "keys", "client-secret")),
      };
    });
    fs.writeFileSync(path.join(folder, "tenant", "state.json"), "{ not JSON");
    await assert.rejects(
      using(folder, () => undefined),
      /connect-sync-identity sandbox reset/,
    );
    await Sandbox.reset({ folder, command: "test" });
    await using(folder, (sandbox) => {
      assert.notEqual(sandbox.settings.tenantId, before.tenantId);
      assert.notDeepEqual(fs.readFileSync(path.join(folder, "keys", "client-secret")), before.secret);
      assert.equal(sandbox.clock.offset, 0);
      assert.deepEqual(sandbox.faults.list(), []);
      assert.deepEqual(fs.readdirSync(path.join(folder, "state")), []);
    });
  });

  it("the sandbox must belong to one command at a time, and be free after it was closed or could not be opened", async () => {
    const folder = temporary();
    await using(folder, async () => {
      await assert.rejects(
        using(folder, () => undefined),
        LockedError,
      );
    });
    assert.equal(fs.existsSync(path.join(folder, "lock")), false);
    fs.writeFileSync(path.join(folder, "clock.json"), "{ not JSON");
    await assert.rejects(
      using(folder, () => undefined),
      /clock\.json/,
    );
    assert.equal(fs.existsSync(path.join(folder, "lock")), false);
  });

  it("the sandbox must listen on its ports, serve the agent's socket, and leave nothing behind", async () => {
    const folder = temporary();
    const connects = (to: net.NetConnectOpts) =>
      new Promise<boolean>((resolve) => {
        const socket = net.connect(to, () => resolve(true)).on("error", () => resolve(false));
        socket.once("connect", () => socket.destroy());
      });
    const ends = await using(folder, async (sandbox) => {
      await sandbox.listen();
      const { ports } = sandbox.settings;
      const all = [ports.tenant, ...Object.values(ports.servers)].map((port) => ({ host: "127.0.0.1", port }));
      const targets = [...all, { path: sandbox.folder.agentSocket }];
      for (const target of targets) assert.ok(await connects(target), JSON.stringify(target));
      return { targets, agentFolder: sandbox.folder.agentFolder };
    });
    for (const target of ends.targets) assert.equal(await connects(target), false, JSON.stringify(target));
    assert.equal(fs.existsSync(ends.agentFolder), false);
  });

  it("the sandbox must break the tenant's half of a declared server, and the tenant as a whole", async () => {
    await using(temporary(), async (sandbox) => {
      const { store } = sandbox.tenant;
      await assert.rejects(sandbox.break("sync01", "foreign-key"), CommandError);
      const tags = [applicationMarker({ stack: "dev", server: "sync01" })];
      const { appId } = store.addApplication({ displayName: "declared", tags }, []);
      await sandbox.break("sync01", "foreign-key");
      const declared = () => sandbox.status().tenant.applications.find((application) => application.appId === appId)!;
      assert.equal(declared().keyCredentials.length, 1);
      const [{ displayName }] = store.applicationById(appId)!.keyCredentials;
      assert.equal(displayName, `CN=${certificateLabel({ stack: "dev", server: "sync01" }, 1)}`, "as if it were ours");
      const known = declared().keyCredentials[0].sha256;
      const ofServers = sandbox.status().servers.flatMap(({ certificates }) => certificates);
      assert.ok(!ofServers.some(({ sha256 }) => sha256 === known));
      await sandbox.break("tenant", "managed-left");
      const names = sandbox.status().tenant.roleHolders.map((holder) => holder.displayName);
      assert.match(names.at(-1)!, /^ConnectSyncProvisioning_SYNC02_[0-9a-f]{12}$/, "sync01 has one from the start");
      await assert.rejects(sandbox.break("tenant", "foreign-key"), UsageError);
      await assert.rejects(sandbox.break("sync01", "role-holder"), UsageError);
      await assert.rejects(sandbox.break("tenat", "role-holder"), /no target "tenat"; there is tenant/);
    });
  });

  it("the sandbox must name a port that is in use, and how to get another one", async () => {
    const folder = temporary();
    const { ports } = await using(folder, (sandbox) => sandbox.settings);
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(ports.servers.sync02, "127.0.0.1", resolve));
    try {
      const expected = new RegExp(`port ${ports.servers.sync02} of sync02.*reset`);
      await assert.rejects(
        using(folder, (sandbox) => sandbox.listen()),
        expected,
      );
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });

  it("the sandbox must put the connector on a foreign application that exists in the tenant", async () => {
    await using(temporary(), async (sandbox) => {
      const before = sandbox.status().servers[0].connector.appId;
      await sandbox.break("sync01", "application");
      const { servers, tenant } = sandbox.status();
      const { appId, certificateSha256 } = servers[0].connector;
      assert.notEqual(appId, before);
      const other = tenant.applications.find((application) => application.appId === appId);
      assert.equal(other?.keyCredentials[0].sha256, certificateSha256);
    });
  });

  it("the sandbox must set up a server by hand without marks of the project, and with a real sign-in", async () => {
    await using(temporary(), async (sandbox) => {
      await sandbox.break("sync02", "hand-made");
      await sandbox.listen();
      const { servers, tenant } = sandbox.status();
      const { connector, certificates } = servers[1];
      const application = tenant.applications.find(({ appId }) => appId === connector.appId);
      assert.equal(application?.displayName, "Contoso Entra Connect Sync");
      assert.deepEqual(
        application.keyCredentials.map((key) => key.sha256),
        [connector.certificateSha256],
      );
      assert.deepEqual(application.servicePrincipal?.appRoles, ["ADSynchronization.ReadWrite.All"]);
      assert.equal(
        sandbox.tenant.store.applicationByTag(applicationMarker({ stack: "dev", server: "sync02" })),
        undefined,
      );
      assert.deepEqual([certificates.length, certificates[0].keyUsable], [1, true]);
      assert.doesNotMatch(certificates[0].friendlyName, /^ConnectSyncIdentity/);
      assert.equal((await sandbox.servers.sync02.connectorSignIn())?.problem, null);
    });
  });

  it("the sandbox must not set up a server by hand that has an application of the project", async () => {
    await using(temporary(), async (sandbox) => {
      const marker = applicationMarker({ stack: "dev", server: "sync01" });
      sandbox.tenant.store.addApplication({ displayName: "declared", tags: [marker] }, []);
      const before = sandbox.status();
      await assert.rejects(sandbox.break("sync01", "hand-made"), CommandError);
      assert.deepEqual(sandbox.status().servers, before.servers);
    });
  });

  it("the sandbox must leave an old key, or a late certificate, on the product's application only", async () => {
    await using(temporary(), async (sandbox) => {
      const connector = () => sandbox.status().servers[0].connector;
      const keys = () =>
        sandbox.status().tenant.applications.find(({ appId }) => appId === connector().appId)!.keyCredentials;
      const [old] = keys();
      sandbox.clock.advance(3600);
      await sandbox.break("sync01", "managed-key-kept");
      assert.deepEqual(
        keys().map(({ sha256 }) => sha256),
        [old.sha256, connector().certificateSha256],
      );
      await sandbox.break("sync01", "managed-rotation-late");
      assert.deepEqual(
        keys().map(({ sha256 }) => sha256),
        [connector().certificateSha256],
      );
      const days = (Date.parse(keys()[0].endDateTime) - sandbox.clock.now().getTime()) / 86_400_000;
      assert.ok(days > 39 && days < 41, `${days} days`);
      for (const what of ["managed-key-kept", "managed-rotation-late"]) {
        await assert.rejects(sandbox.break("sync02", what), /uses no application of Entra Connect/);
        await assert.rejects(sandbox.break("sync02", what), CommandError);
      }
    });
  });

  it("the sandbox must create an account in the tenant for a rebuilt server", async () => {
    await using(temporary(), async (sandbox) => {
      await sandbox.break("sync01", "rebuilt");
      const { legacyAccountName, connector } = sandbox.status().servers[0];
      assert.equal(connector.identityType, "ServiceAccount");
      const names = sandbox.tenant.store.data.users.map(({ userPrincipalName }) => userPrincipalName.split("@")[0]);
      assert.ok(names.includes(legacyAccountName!));
    });
  });

  it("the sandbox must remove keys from the declared application only, and report if there is none yet", async () => {
    await using(temporary(), async (sandbox) => {
      await assert.rejects(sandbox.break("sync01", "credential"), CommandError);
      await assert.rejects(sandbox.break("sync01", "certificate"), CommandError);
      await assert.rejects(sandbox.break("sync03", "certificate"), UsageError);
      await assert.rejects(sandbox.break("sync01", "certificates"), UsageError);
      const marker = applicationMarker({ stack: "dev", server: "sync01" });
      const declared = sandbox.tenant.store.addApplication({ displayName: "declared", tags: [marker] }, []);
      const before = sandbox.status().tenant.applications;
      await sandbox.break("sync01", "credential");
      const after = sandbox.status().tenant.applications;
      assert.deepEqual(after.find(({ appId }) => appId === declared.appId)?.keyCredentials, []);
      const others = (list: typeof after) => list.filter(({ appId }) => appId !== declared.appId);
      assert.deepEqual(others(after), others(before));
    });
  });

  it("the sandbox must report what a sign-in lacks before there is an application and a certificate", async () => {
    await using(temporary(), async (sandbox) => {
      await assert.rejects(sandbox.signIn("sync02"), /no application in the tenant yet.*npm start/);
      const identity = { stack: "dev", server: "sync02" };
      const tags = [applicationMarker(identity)];
      sandbox.tenant.store.addApplication({ displayName: certificateLabel(identity, 1), tags }, []);
      await assert.rejects(sandbox.signIn("sync02"), /no certificate of this project yet.*npm start/);
    });
  });

  it("sandbox clean must free everything, toolchains included", async () => {
    const folder = temporary();
    const cache = temporary();
    fs.mkdirSync(path.join(cache, "connect-sync-identity", "pulumi-0.0.0"), { recursive: true });
    fs.writeFileSync(path.join(cache, "connect-sync-identity", "pulumi-0.0.0", "pulumi"), "x".repeat(1000));
    await using(folder, () => undefined);
    const before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = cache;
    try {
      const freed = await Sandbox.clean({ folder, command: "test" });
      assert.equal(freed.toolchainBytes, 1000);
      assert.ok(freed.folderBytes > 1000);
    } finally {
      if (before === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = before;
    }
    assert.deepEqual(fs.readdirSync(folder), []);
    assert.deepEqual(fs.readdirSync(path.join(cache, "connect-sync-identity")), []);
  });
});
