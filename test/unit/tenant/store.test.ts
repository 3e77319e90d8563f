/** What the tenant holds: the seed, what survives, what the sandbox's commands see and change. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as net from "node:net";
import { once } from "node:events";
import { makeCertificate } from "./certificates";
import { EmulatedTenant, SYNC_APP_ID, SYNC_ROLE_ID } from "./emulated-tenant";

const PASSWORD_RESET_APP_ID = "93625bc8-bfe2-437a-97e0-3d0060024faa";

describe("emulated tenant, store", () => {
  let started: EmulatedTenant;
  beforeEach(async () => {
    started = await EmulatedTenant.start();
  });
  afterEach(() => started.stop());

  it("the store must describe the pipeline's and the product's applications in the documented form, without Microsoft's own", async () => {
    const { store } = started.tenant;
    const certificate = await makeCertificate();
    const made = store.addManagedApplication({ displayName: "Provisioning", certificates: [certificate.der] });
    const [pipeline, managed, ...others] = store.describe().applications;
    assert.deepEqual(others, []);
    assert.equal(pipeline.appId, started.appId);
    assert.deepEqual(pipeline.servicePrincipal!.appRoles, [
      "AppRoleAssignment.ReadWrite.All",
      "Application.Read.All",
      "Application.ReadWrite.OwnedBy",
      "AuditLog.Read.All",
      "Organization.Read.All",
      "Policy.Read.All",
      "RoleManagement.Read.Directory",
      "User.Read.All",
    ]);
    assert.deepEqual(Object.keys(pipeline.passwordCredentials[0]), ["keyId", "displayName", "endDateTime"]);
    assert.deepEqual(managed, {
      displayName: "Provisioning",
      appId: made.appId,
      objectId: made.objectId,
      tags: [],
      signInAudience: "AzureADMyOrg",
      lock: false,
      owners: [],
      keyCredentials: [
        {
          keyId: store.applicationById(made.appId)!.keyCredentials[0].keyId,
          sha256: certificate.sha256,
          startDateTime: certificate.notBefore,
          endDateTime: certificate.notAfter,
        },
      ],
      passwordCredentials: [],
      federatedIdentityCredentials: [],
      requiredResourceAccess: [],
      servicePrincipal: {
        objectId: made.servicePrincipalId,
        accountEnabled: true,
        owners: [],
        keyCredentials: [],
        passwordCredentials: [],
        appRoles: ["ADSynchronization.ReadWrite.All"],
      },
    });
  });

  it("the store must describe an application without a principal", async () => {
    await started.graph("POST", "/v1.0/applications", { displayName: "alone" });
    assert.equal(started.tenant.store.describe().applications[1].servicePrincipal, null);
  });

  it("the store must find an application by its tag only while it carries it", async () => {
    const { store } = started.tenant;
    const { body } = await started.graph("POST", "/v1.0/applications", { displayName: "a", tags: ["marker"] });
    assert.equal(store.applicationByTag("marker")?.appId, body.appId);
    await started.graph("PATCH", `/v1.0/applications/${body.id}`, { tags: [] });
    assert.equal(store.applicationByTag("marker"), undefined);
  });

  it("the store must have the sync service's role under the role's id, and the password reset service only on request", async () => {
    const { store } = started.tenant;
    assert.deepEqual(
      store.principalByAppId(SYNC_APP_ID)!.appRoles.map(({ id }) => id),
      [SYNC_ROLE_ID],
    );
    assert.equal(store.principalByAppId(PASSWORD_RESET_APP_ID)!.appRoles.length, 3);
    const without = await EmulatedTenant.start({ passwordReset: false });
    try {
      assert.equal(without.tenant.store.principalByAppId(PASSWORD_RESET_APP_ID), undefined);
    } finally {
      await without.stop();
    }
  });

  it("the store must have the same contents after a restart, tokens included", async () => {
    const { body: token } = await started.tokenRequest();
    await started.graph("POST", "/v1.0/applications", { displayName: "kept", tags: ["marker"] });
    const before = started.tenant.store.describe();
    await started.restart();
    assert.deepEqual(started.tenant.store.describe(), before);
    const answer = await started.send("GET", "/v1.0/applications", { token: token.access_token });
    assert.equal(answer.status, 200);
    assert.equal(answer.body.value.length, 2);
  });

  it("the store must be readable by its owner only, because it contains the tenant's signing key", () => {
    assert.equal(fs.statSync(started.file).mode & 0o077, 0);
  });

  it("the tenant must end connections without a request when it closes", async () => {
    const socket = net.connect(Number(new URL(started.origin).port), "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    const ended = once(socket, "close");
    const start = Date.now();
    await started.tenant.close();
    await ended;
    assert.ok(Date.now() - start < 2000);
  });
});
