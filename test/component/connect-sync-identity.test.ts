/**
 * ConnectSyncIdentity and its children against mocks of the engine: which resources, with which inputs, in which order.
 * What is not proven here: that engine and plugins take them (end-to-end tests do), and what hosts do with the commands
 * (the host protocol's contract tests do).
 */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { CERTIFICATE_DEFAULTS } from "../../model/certificate/certificate-policy";
import { keyIdOf } from "../../model/certificate/key-id";
import { CertificateRequest, RegisterRequest, ReleaseRequest } from "../../model/protocol/host-protocol";
import { hostKeyLine, makeHostKey } from "../helpers/host-keys";
import {
  APP_ID,
  healthy,
  OBJECT_ID,
  observation,
  OTHER_APP_ID,
  OTHER_SHA256,
  PIPELINE_OBJECT_ID,
  SYNC_ROLE_ID,
} from "../helpers/observations";
import { byName, commands, identity, namesOf, recordIdentity } from "../helpers/identity-recorder";
import { commandOf } from "../helpers/pulumi-recorder";

const SYNC_SERVICE = "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016";
const PASSWORD_RESET = "93625bc8-bfe2-437a-97e0-3d0060024faa";

/** Pulumi names of a server's resources, by type. A change here replaces resources of every stack: use aliases. */
const NAMES = [
  "azuread:index/appRoleAssignment:AppRoleAssignment sync01-role-adsynchronization-readwrite-all",
  "azuread:index/application:Application sync01-application",
  "azuread:index/applicationCertificate:ApplicationCertificate sync01-credential",
  "azuread:index/servicePrincipal:ServicePrincipal sync01-principal",
  "command:remote:Command sync01-certificate",
  "command:remote:Command sync01-lease",
  "command:remote:Command sync01-program-removal",
  "command:remote:Command sync01-registration",
  "command:remote:CopyToRemote sync01-program",
  "connect-sync-identity:index:ConnectSyncIdentity sync01",
  "connect-sync-identity:index:EntraApplication sync01",
  "pulumi-nodejs:dynamic/connect-sync-identity:CredentialGuard sync01-guard",
  "pulumi-nodejs:dynamic/connect-sync-identity:SyncServer sync01-server",
];
const WRITEBACK_NAMES = [
  "azuread:index/appRoleAssignment:AppRoleAssignment sync01-role-passwordwriteback-offboardclient-all",
  "azuread:index/appRoleAssignment:AppRoleAssignment sync01-role-passwordwriteback-refreshclient-all",
  "azuread:index/appRoleAssignment:AppRoleAssignment sync01-role-passwordwriteback-registerclientversion-all",
];

describe("a server's resources", () => {
  it("a server's resources must be exactly these, by type and name", async () => {
    assert.deepEqual(namesOf(await recordIdentity()), NAMES);
  });

  it("password writeback must add exactly three role assignments", async () => {
    const recording = await recordIdentity({ args: { passwordWriteback: true } });
    assert.deepEqual(namesOf(recording), [...NAMES, ...WRITEBACK_NAMES].sort());
  });

  it("a server that Entra Connect manages must have nothing but its memory, and look up no service", async () => {
    const recording = await recordIdentity({ args: { mode: "managed" } });
    assert.deepEqual(namesOf(recording), [
      "connect-sync-identity:index:ConnectSyncIdentity sync01",
      "pulumi-nodejs:dynamic/connect-sync-identity:SyncServer sync01-server",
    ]);
    assert.deepEqual(recording.lookedUp, []);
  });

  it("a server on the product's application must ask a CA by the declared template, and only rotate to its certificate", async () => {
    const { facts, application } = await healthy();
    facts.certificates = [];
    Object.assign(facts.connector, { appId: OTHER_APP_ID, certificateSha256: OTHER_SHA256 });
    const displayName = "ConnectSyncProvisioning_SYNC01_0123456789ab";
    const seen = observation(facts, { ...application, appId: OTHER_APP_ID, displayName, tags: [] });
    const source = { kind: "template", template: "EntraConnectSync" } as const;
    const certificate = { ...CERTIFICATE_DEFAULTS, source };
    const recording = await recordIdentity({ seen, args: { mode: "byoc", certificate } });
    const made = /Application|ServicePrincipal|AppRoleAssignment/;
    assert.deepEqual(
      namesOf(recording).filter((name) => made.test(name.split(" ")[0])),
      ["azuread:index/applicationCertificate:ApplicationCertificate sync01-credential"],
    );
    const asked = JSON.parse(byName(recording, "sync01-certificate").inputs.stdin) as CertificateRequest;
    assert.deepEqual(asked.enrolment, { template: "EntraConnectSync", leastDays: 180 });
    assert.equal(byName(recording, "sync01-credential").inputs.applicationId, `/applications/${OBJECT_ID}`);
    const request = JSON.parse(byName(recording, "sync01-registration").inputs.stdin) as RegisterRequest;
    assert.deepEqual([request.rotateOnly, request.appId], [true, OTHER_APP_ID]);
  });

  it("a server's memory must hold no mode unless it is another one than in earlier releases", async () => {
    assert.equal("mode" in byName(await recordIdentity(), "sync01-server").inputs, false);
    const { inputs } = byName(await recordIdentity({ args: { mode: "managed" } }), "sync01-server");
    assert.deepEqual([inputs.mode, inputs.appId, inputs.programSha256], ["managed", "", ""]);
  });

  it("the set of resources must not depend on the observation", async () => {
    const { facts, application } = await healthy(4);
    facts.passwordWriteback = true;
    facts.connector.identityType = "ServiceAccount";
    assert.deepEqual(namesOf(await recordIdentity({ seen: observation(facts, application) })), NAMES);
  });

  it("every resource of a server must have the identity as its parent", async () => {
    for (const { name, parent } of (await recordIdentity()).resources) {
      assert.equal(parent, name === "sync01" && parent === "" ? "" : "sync01");
    }
  });

  it("the password reset service must not be looked up unless it is needed: a tenant may lack it", async () => {
    const lookedUp = async (passwordWriteback: boolean) => {
      return (await recordIdentity({ args: { passwordWriteback } })).lookedUp;
    };
    assert.deepEqual(await lookedUp(false), [SYNC_SERVICE]);
    assert.deepEqual((await lookedUp(true)).sort(), [SYNC_SERVICE, PASSWORD_RESET].sort());
  });
});

describe("the application", () => {
  it("an application must be single-tenant, carry the server's marker and request only the sync role", async () => {
    const { inputs } = byName(await recordIdentity(), "sync01-application");
    assert.deepEqual(inputs, {
      displayName: "Entra Connect Sync - sync01",
      signInAudience: "AzureADMyOrg",
      tags: ["ConnectSyncIdentity", "ConnectSyncIdentity:dev/sync01"],
      owners: [PIPELINE_OBJECT_ID],
      requiredResourceAccesses: [
        { resourceAppId: SYNC_SERVICE, resourceAccesses: [{ id: SYNC_ROLE_ID, type: "Role" }] },
      ],
    });
  });

  it("an application must get the role for applications, not the delegated scope of the same name", async () => {
    const recording = await recordIdentity();
    const { inputs } = byName(recording, "sync01-role-adsynchronization-readwrite-all");
    assert.equal(inputs.appRoleId, SYNC_ROLE_ID);
    assert.equal(inputs.resourceObjectId, `object of ${SYNC_SERVICE}`);
    assert.equal(inputs.principalObjectId, "object of sync01-principal");
  });

  it("an application must request the roles of both services if passwords are written back", async () => {
    const { inputs } = byName(await recordIdentity({ args: { passwordWriteback: true } }), "sync01-application");
    const accesses = inputs.requiredResourceAccesses as { resourceAppId: string; resourceAccesses: unknown[] }[];
    assert.deepEqual(
      accesses.map(({ resourceAppId, resourceAccesses }) => [resourceAppId, resourceAccesses.length]),
      [
        [SYNC_SERVICE, 1],
        [PASSWORD_RESET, 3],
      ],
    );
  });

  for (const [owners, application, principal] of [
    [["pipeline"], [PIPELINE_OBJECT_ID], [PIPELINE_OBJECT_ID]],
    [[], [], []],
    [[OBJECT_ID], [OBJECT_ID], []],
    [[OBJECT_ID, "pipeline"], [PIPELINE_OBJECT_ID, OBJECT_ID], [PIPELINE_OBJECT_ID]],
  ]) {
    it(`an application must have the declared owners: ${owners.join(", ") || "none"}`, async () => {
      const recording = await recordIdentity({ args: { owners } });
      assert.deepEqual(byName(recording, "sync01-application").inputs.owners, application);
      // With OwnedBy nobody but the caller can be set on a principal.
      assert.deepEqual(byName(recording, "sync01-principal").inputs.owners, principal);
    });
  }
});

describe("the order of a server's resources", () => {
  const before = async (name: string) => byName(await recordIdentity(), name).dependsOn;

  it("the observation must come before every step on the server", async () => {
    assert.ok((await before("sync01-program")).includes("sync01-server"));
  });

  it("the host program must be removed only after everything that runs it", async () => {
    assert.deepEqual(await before("sync01-program-removal"), ["sync01-program"]);
    for (const name of ["sync01-certificate", "sync01-lease"]) {
      assert.ok((await before(name)).includes("sync01-program-removal"), name);
    }
  });

  it("a key must be uploaded only after host and component have checked its certificate against the policy", async () => {
    assert.ok((await before("sync01-credential")).includes("sync01-certificate"));
  });

  it("the lease must depend on certificate, key credential, service principal, roles and program", async () => {
    const held = await before("sync01-lease");
    for (const name of ["certificate", "credential", "principal", "program-removal", "application"]) {
      assert.ok(held.includes(`sync01-${name}`), name);
    }
    assert.ok(held.includes("sync01-role-adsynchronization-readwrite-all"));
  });

  it("the lease must depend on each role of password writeback", async () => {
    const recording = await recordIdentity({ args: { passwordWriteback: true } });
    const roles = byName(recording, "sync01-lease").dependsOn.filter((name) => name.startsWith("sync01-role-"));
    assert.equal(roles.length, 4);
  });

  it("the switch must come after the lease, so that a failed switch leaves the old credential in place", async () => {
    assert.ok((await before("sync01-registration")).includes("sync01-lease"));
  });

  it("servers must switch one at a time", async () => {
    const recording = await recordIdentity({
      program: (tenant) => {
        const first = identity(tenant, "sync02", { role: "staging" });
        return identity(tenant, "sync01", { switchAfter: [first] });
      },
    });
    assert.ok(byName(recording, "sync01-registration").dependsOn.includes("sync02-registration"));
    assert.ok(!byName(recording, "sync01-certificate").dependsOn.includes("sync02-registration"));
  });

  it("servers must switch one at a time in the order of the program if the program sets no order", async () => {
    const recording = await recordIdentity({
      program: (tenant) => {
        for (const name of ["sync03", "sync02"]) identity(tenant, name, { role: "staging" });
        return identity(tenant, "sync01");
      },
    });
    const switches = (name: string) =>
      byName(recording, `${name}-registration`).dependsOn.filter((other) => other.endsWith("-registration"));
    assert.deepEqual(switches("sync03"), []);
    assert.ok(switches("sync02").includes("sync03-registration"));
    assert.ok(switches("sync01").includes("sync02-registration"));
  });
});

describe("every command on a server", () => {
  it("a command must pin the host key, hide its output from the next command, and log only its progress", async () => {
    const recording = await recordIdentity({ args: { passwordWriteback: true } });
    assert.equal(commands(recording).length, 4);
    for (const { name, inputs } of commands(recording)) {
      assert.equal(inputs.addPreviousOutputInEnv, false, name);
      assert.equal(inputs.logging, name.endsWith("-program-removal") ? "none" : "stderr", name);
      assert.equal(inputs.environment, undefined, name);
    }
    for (const { name, inputs } of [...commands(recording), byName(recording, "sync01-program")]) {
      assert.match(inputs.connection.hostKey, /^ssh-ed25519 AAAA/, name);
    }
  });

  it("a command must contain one operation of the host program, readable in its text", async () => {
    const recording = await recordIdentity();
    const operations = commands(recording).map(({ name, inputs }) => [
      name,
      commandOf(inputs, "create"),
      commandOf(inputs, "delete"),
      inputs.update ?? null,
    ]);
    assert.deepEqual(operations.sort(), [
      ["sync01-certificate", "ensure-certificate", "remove-certificate", null],
      ["sync01-lease", null, "release", null],
      ["sync01-program-removal", null, "remove-program", null],
      ["sync01-registration", "register", null, null],
    ]);
  });

  it("a command must send requests that the host protocol accepts", async () => {
    const recording = await recordIdentity({ args: { passwordWriteback: true } });
    const sent = (name: string): unknown => JSON.parse(byName(recording, name).inputs.stdin);
    const [certificate] = [CertificateRequest.parse(sent("sync01-certificate"))];
    const release = ReleaseRequest.parse(sent("sync01-lease"));
    const register = RegisterRequest.parse(sent("sync01-registration"));
    assert.equal(certificate.label, "ConnectSyncIdentity dev/sync01 g1");
    assert.equal(certificate.subject, `CN=${certificate.label}`);
    assert.deepEqual([release.label, register.label], [certificate.label, certificate.label]);
    assert.deepEqual([release.appId, register.appId], [APP_ID, APP_ID]);
    assert.equal(release.certificateSha256, register.certificateSha256);
    assert.deepEqual(
      register.requiredRoles.map(({ resourceAppId, roles }) => [resourceAppId, roles.length]),
      [
        [SYNC_SERVICE, 1],
        [PASSWORD_RESET, 3],
      ],
    );
  });

  it("a command's stdin must be one line of ASCII", async () => {
    const sent = commands(await recordIdentity()).filter(({ inputs }) => inputs.stdin !== undefined);
    assert.deepEqual(sent.map(({ name }) => name).sort(), [
      "sync01-certificate",
      "sync01-lease",
      "sync01-registration",
    ]);
    for (const { name, inputs } of sent) assert.match(inputs.stdin, /^[ -~]+\n$/, name);
  });

  it("a command must not change with the host program: a release is one change for each server", async () => {
    const inputsWith = async (programSha256: string) =>
      commands(await recordIdentity({ programSha256 })).map(({ name, inputs }) => {
        // What follows from the certificate, which the host makes anew in each of these runs.
        const { triggers: _triggers, stdin, ...others } = inputs;
        return { name, others, stdin: stdin?.replace(/"certificateSha256":"[^"]+"/, "") };
      });
    assert.deepEqual(await inputsWith("1".repeat(64)), await inputsWith("2".repeat(64)));
  });

  it("a new generation must replace the certificate command, and nothing must replace the registration", async () => {
    const recording = await recordIdentity();
    assert.deepEqual(byName(recording, "sync01-certificate").inputs.triggers, [1]);
    assert.deepEqual(byName(recording, "sync01-registration").inputs.triggers, undefined);
    assert.equal(byName(recording, "sync01-lease").inputs.triggers.length, 2);
    assert.deepEqual(byName(recording, "sync01-program").inputs.triggers, [1]);
  });
});

describe("secrets of an identity", () => {
  const key = makeHostKey().privateKey;
  const body = key.split("\n")[2];
  const CONNECTED = ["certificate", "lease", "program", "program-removal", "registration"].map(
    (name) => `sync01-${name}`,
  );

  it("secrets must be only in the connection, and marked as secret", async () => {
    const recording = await recordIdentity({ privateKey: key });
    assert.equal(recording.targets[0].privateKey, key, "the observation uses it");
    const carrying = recording.resources.filter(({ inputs }) => JSON.stringify(inputs).includes(body));
    assert.deepEqual(carrying.map(({ name }) => name).sort(), CONNECTED);
    for (const { name, inputs, secrets } of carrying) {
      const { connection, ...others } = inputs;
      assert.equal(connection.privateKey, key);
      assert.ok(!JSON.stringify(others).includes(body), name);
      assert.ok(
        secrets.some((secret) => secret.includes(body)),
        `${name}: the key is no secret`,
      );
    }
    assert.ok(!JSON.stringify([recording.log, recording.calls, recording.result]).includes(body));
  });

  it("a bastion must be on the way of the observation and of the plugin alike, and its key be a secret of its own", async () => {
    const own = makeHostKey().privateKey;
    const proxy = { host: "bastion.contoso.com", user: "jump", hostKey: hostKeyLine("bastion"), privateKey: own };
    const recording = await recordIdentity({ privateKey: key, proxy });
    const { privateKey, ...seen } = recording.targets[0].proxy!;
    assert.equal(privateKey, own);
    assert.deepEqual(
      [seen.host, seen.port, seen.user, seen.hostKey],
      ["bastion.contoso.com", 22, "jump", proxy.hostKey],
    );
    const carrying = recording.resources.filter(({ inputs }) => JSON.stringify(inputs).includes(own.split("\n")[2]));
    assert.deepEqual(carrying.map(({ name }) => name).sort(), CONNECTED);
    for (const { name, inputs, secrets } of carrying) {
      const { connection, ...others } = inputs;
      const { host, port, user, hostKey, privateKey, dialErrorLimit } = connection.proxy;
      assert.deepEqual([host, port, user, hostKey], ["bastion.contoso.com", 22, "jump", proxy.hostKey], name);
      assert.deepEqual([privateKey, connection.privateKey, dialErrorLimit], [own, key, 5], name);
      assert.ok(!JSON.stringify(others).includes(own.split("\n")[2]), name);
      assert.ok(
        secrets.some((secret) => secret.includes(own.split("\n")[2])),
        `${name}: the key is no secret`,
      );
    }
    const { inputs } = byName(recording, "sync01-server");
    assert.match(inputs.proxy, /^jump@bastion\.contoso\.com:22 SHA256:/);
    const { proxy: none } = byName(await recordIdentity(), "sync01-server").inputs;
    assert.equal(none, undefined, "a server without a bastion has a property that older states lack");
  });

  it("the SSH key must be offered to a bastion that has none of its own", async () => {
    const proxy = { host: "bastion.contoso.com", user: "jump", hostKey: hostKeyLine("bastion") };
    const recording = await recordIdentity({ privateKey: key, proxy });
    assert.equal(recording.targets[0].proxy!.privateKey, key);
    assert.equal(byName(recording, "sync01-lease").inputs.connection.proxy.privateKey, key);
  });

  it("an SSH key must not be in state if an agent holds it", async () => {
    const { resources } = await recordIdentity();
    const connected = resources.flatMap(({ inputs }) => inputs.connection ?? []);
    assert.equal(connected.length, CONNECTED.length);
    for (const connection of connected) {
      assert.equal(connection.privateKey, undefined);
      assert.equal(connection.password, undefined);
    }
  });
});

describe("the outputs of an identity", () => {
  it("an identity's outputs must be those of application and certificate, and ready only at the end", async () => {
    const { result: all, ...recording } = await recordIdentity();
    const { certificate, ...result } = all;
    const { certificateSha256 } = JSON.parse(byName(recording, "sync01-lease").inputs.stdin) as ReleaseRequest;
    assert.deepEqual(result, {
      applicationId: APP_ID,
      applicationObjectId: OBJECT_ID,
      servicePrincipalObjectId: "object of sync01-principal",
      certificateSha256,
      certificateExpires: "2027-10-01T12:00:00Z",
      findings: [],
      ready: true,
    });
    const { managedBy, automaticRotation, sha256, subject, issuer, ...rest } = certificate;
    assert.deepEqual([managedBy, automaticRotation, sha256], ["BYOC", "manual", certificateSha256]);
    assert.deepEqual(
      [subject, issuer],
      ["CN=ConnectSyncIdentity dev/sync01 g1", "CN=ConnectSyncIdentity dev/sync01 g1"],
    );
    assert.deepEqual(Object.keys(rest), ["thumbprint", "serialNumber", "notBefore", "notAfter"]);
    assert.match(rest.serialNumber, /^[0-9A-F]+$/);
  });

  it("a certificate must be uploaded with its own dates", async () => {
    const { inputs } = byName(await recordIdentity(), "sync01-credential");
    assert.equal(inputs.startDate, "2026-10-01T12:00:00Z");
    assert.equal(inputs.endDate, "2027-10-01T12:00:00Z");
    assert.equal(inputs.applicationId, `/applications/${OBJECT_ID}`);
    assert.match(inputs.value, /^-----BEGIN CERTIFICATE-----\n/);
  });

  it("a certificate must be uploaded under the id that is derived from it, also by a run after one that was cut off", async () => {
    const { inputs } = byName(await recordIdentity(), "sync01-credential");
    assert.equal(
      inputs.keyId,
      keyIdOf(new X509Certificate(inputs.value).fingerprint256.replaceAll(":", "").toLowerCase()),
    );
  });
});
