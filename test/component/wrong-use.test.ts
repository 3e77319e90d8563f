/**
 * The classes in the hands of a program that gives them wrong arguments, without the stack's configuration check: against
 * mocks of the engine, so how Pulumi shows the error is seen by test/end-to-end/package.test.ts only.
 */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ConnectSyncIdentity } from "../../components/connect-sync-identity";
import type { ConnectSyncIdentityArgs } from "../../components/connect-sync-identity-args";
import { DeclarationError } from "../../components/declaration-error";
import { SyncRoleGuard, type SyncRoleGuardArgs } from "../../components/sync-role-guard";
import { TenantDirectory } from "../../components/tenant-directory";
import type { Cloud } from "../../model/tenant/clouds";
import { hostKeyLine } from "../helpers/host-keys";
import { identity, withObservation } from "../helpers/identity-recorder";
import { record, type Recording } from "../helpers/pulumi-recorder";

const setting = (name: string) => (name === "tenantId" ? "tenant" : undefined);
const connection = { host: "sync01.contoso.com", user: "Administrator", hostKey: hostKeyLine("sync01") };

/** Runs a program that must fail with an error of the arguments, having registered nothing but what it should. */
async function refused(program: (tenant: TenantDirectory) => unknown, registered: string[] = []) {
  const into: Pick<Recording<unknown>, "resources" | "calls" | "log"> = { resources: [], calls: [], log: [] };
  let error: unknown;
  const targets = await withObservation({}, async (targets) => {
    try {
      await record(
        () => {
          program(new TenantDirectory({ setting }));
          return {};
        },
        { into },
      );
    } catch (thrown) {
      error = thrown;
    }
    return targets;
  });
  assert.ok(error instanceof DeclarationError, String(error));
  const identities = into.resources.filter(({ type }) => type.endsWith(":ConnectSyncIdentity"));
  assert.deepEqual(
    identities.map(({ name }) => name),
    registered,
  );
  if (registered.length === 0) assert.deepEqual(into.resources, []);
  return { error, targets };
}

/** What TypeScript would not let through. */
const loose = (args: unknown) => args as ConnectSyncIdentityArgs;

describe("wrong arguments of ConnectSyncIdentity", () => {
  it("wrong arguments must be reported together with server, property, value and remedy, before anything is registered", async () => {
    const { error, targets } = await refused(
      (tenant) =>
        new ConnectSyncIdentity(
          "sync01",
          loose({
            tenant,
            role: "primary",
            connection: { host: "sync01", user: "Administrator", hostKey: "garbage" },
            certificate: { lifetime: "1 year" },
            minimumVersion: "2.4.0.0",
            paswordWriteback: true,
          }),
        ),
    );
    const [first, ...lines] = error.message.split("\n");
    assert.equal(first, "the arguments of ConnectSyncIdentity sync01 have 5 problems:");
    for (const expected of [
      /^ {2}sync01: paswordWriteback: expected "passwordWriteback", found an unknown key\. .+\[CONFIGURATION_UNKNOWN_KEY\]$/,
      /^ {2}sync01: role: expected "active" or "staging", found "primary"\. Correct it in the program\. \[/,
      /^ {2}sync01: connection\.hostKey: expected .+, found "garbage"\. Take the line .+\[HOST_KEY_INVALID\]$/,
      /^ {2}sync01: certificate\.lifetime: expected .+"365 days", found "1 year"\. /,
      /^ {2}sync01: minimumVersion: expected at least .+, found 2\.4\.0\.0\. /,
    ]) {
      assert.equal(lines.filter((line) => expected.test(line)).length, 1, `${expected} in ${error.message}`);
    }
    assert.equal(lines.length, 5);
    assert.deepEqual(targets, [], "nothing is observed either");
  });

  it("wrong arguments must be an error without a stack trace in Pulumi, with codes for scripts", async () => {
    const { error } = await refused((tenant) => identity(tenant, "sync01", loose({ role: "x" })));
    assert.ok(pulumi.ResourceError.isInstance(error));
    assert.equal(error.hideStack, true);
    assert.deepEqual([error.code, error.problems.length], ["CONFIGURATION_INVALID", 1]);
  });

  for (const [what, args, expected] of [
    ["nothing", undefined, /sync01: arguments: expected a map with tenant, role and connection, found nothing/],
    ["a text", "sync01", /sync01: arguments: expected a map/],
    ["an output", pulumi.output({ role: "active" }), /sync01: arguments: expected a map .+, found an output/],
    ["no tenant", { role: "active", connection }, /sync01: tenant: expected a TenantDirectory .+, found nothing/],
    ["another tenant", { role: "active", connection, tenant: "contoso" }, /sync01: tenant: .+found something else/],
  ] as const) {
    it(`wrong arguments must be reported if they are ${what}`, async () => {
      const { error } = await refused(() => new ConnectSyncIdentity("sync01", loose(args)));
      assert.match(error.message, expected);
    });
  }

  it("wrong arguments must be reported if switchAfter contains anything but identities", async () => {
    for (const switchAfter of ["sync02", [undefined], [{ nodes: null }]]) {
      const { error } = await refused((tenant) => identity(tenant, "sync01", loose({ switchAfter })));
      assert.match(
        error.message,
        /sync01: switchAfter: expected a list of ConnectSyncIdentity, found something else\./,
      );
    }
  });

  it("arguments that are known too late must be refused: a server is observed before anything is created", async () => {
    const { error } = await refused((tenant) =>
      identity(
        tenant,
        "sync01",
        loose({
          connection: { ...connection, host: pulumi.output("sync01.contoso.com") },
          owners: [Promise.resolve("pipeline")],
        }),
      ),
    );
    assert.match(
      error.message,
      /sync01: connection\.host: expected a host name .+, found an output\. .+pulumi\.Config/,
    );
    assert.match(error.message, /sync01: owners\.0: expected "pipeline" or an object id, found a promise\./);
    assert.equal(error.problems.length, 2);
  });

  it("an SSH key may be known later, and an invalid one must not be shown", async () => {
    const key = pulumi.secret("-----BEGIN OPENSSH PRIVATE KEY-----");
    const later = (tenant: TenantDirectory) =>
      identity(tenant, "sync01", { connection: { ...connection, privateKey: key } });
    await withObservation({}, () => record(() => ({ id: later(new TenantDirectory({ setting })).applicationId }), {}));
    for (const privateKey of ["", "hunter2", 7]) {
      const { error } = await refused((tenant) =>
        identity(tenant, "sync01", loose({ connection: { ...connection, privateKey } })),
      );
      assert.match(error.message, /sync01: connection\.privateKey: expected an SSH private key in PEM form, found /);
      assert.doesNotMatch(error.message, /hunter2/);
    }
    const proxy = { ...connection, host: "bastion", privateKey: "hunter2", pasword: "hunter2" };
    const { error } = await refused((tenant) =>
      identity(tenant, "sync01", loose({ connection: { ...connection, proxy } })),
    );
    assert.match(error.message, /sync01: connection\.proxy\.privateKey: expected an SSH private key/);
    assert.match(error.message, /sync01: connection\.proxy\.pasword: .+CONFIGURATION_UNKNOWN_KEY/);
    assert.doesNotMatch(error.message, /hunter2/);
  });

  it("null must be accepted for an optional argument", async () => {
    const nothing = { rotate: null, renamedFrom: null, adopt: null, serviceAccount: null };
    await withObservation({}, () =>
      record(() => ({ id: identity(new TenantDirectory({ setting }), "sync01", nothing).applicationId }), {}),
    );
    const direct = { connection: { ...connection, proxy: null } };
    await withObservation({}, () =>
      record(() => ({ id: identity(new TenantDirectory({ setting }), "sync01", direct).applicationId }), {}),
    );
  });

  it("an invalid name of a server must be reported with that name", async () => {
    const { error } = await refused((tenant) => identity(tenant, "Sync 01", { connection }));
    assert.match(
      error.message,
      /Sync 01: name: expected a name of a lower-case letter.+Rename the server in the program/,
    );
  });
});

describe("servers of one program", () => {
  const two = (first: Partial<ConnectSyncIdentityArgs>, second: Partial<ConnectSyncIdentityArgs>) =>
    refused(
      (tenant) => {
        identity(tenant, "sync01", first);
        identity(tenant, "sync02", { role: "staging", ...second });
      },
      ["sync01"],
    );

  for (const [what, first, second, expected] of [
    ["an application's name", { applicationName: "Sync" }, { applicationName: "sync" }, /sync02: applicationName: /],
    ["a host", {}, { connection: { ...connection } }, /sync02: connection\.host: .+, as sync01\./],
    [
      "the active role",
      {},
      { role: "active" },
      /sync02: role: expected one active server in a stack, found active, as sync01/,
    ],
    ["a former name", { renamedFrom: "sync00" }, { renamedFrom: "sync00" }, /sync02: renamedFrom: /],
  ] as const) {
    it(`two servers of a program must not share ${what}`, async () => {
      const { error } = await two(first, second);
      assert.match(error.message, expected);
      assert.equal(error.problems.length, 1);
      if (what !== "a former name") assert.equal(error.code, "SERVERS_SHARE");
    });
  }

  it("a server must not take over a name that another server has", async () => {
    const { error } = await two({ renamedFrom: "sync02" }, {});
    assert.match(error.message, /sync01: renamedFrom: expected a name that no server of this stack has now/);
  });

  it("servers of two tenants may share host, name and certificate", async () => {
    await withObservation({}, () =>
      record(() => {
        identity(new TenantDirectory({ setting }), "sync01", { applicationName: "Sync" });
        const other = identity(new TenantDirectory({ setting }), "sync02", { applicationName: "Sync" });
        return { id: other.applicationId };
      }, {}),
    );
  });
});

describe("wrong arguments of TenantDirectory", () => {
  it("wrong arguments of TenantDirectory must be reported together", async () => {
    const { error } = await refused(() => new TenantDirectory({ cloud: "globl" as Cloud, setting: () => undefined }));
    assert.match(error.message, /^the arguments of TenantDirectory have 2 problems:\n/);
    assert.match(error.message, /\n {2}cloud: expected global, .+, found "globl"\. Correct it in the program\. /);
    assert.match(error.message, /\n {2}azuread:tenantId: .+\[TENANT_NOT_CONFIGURED\]$/);
  });
});

describe("wrong arguments of SyncRoleGuard", () => {
  const id = "6D3B1C52-0f0e-4b5d-9a55-0c0f6a4d2f10";
  const guard = (args: unknown) => new SyncRoleGuard("guard", args as SyncRoleGuardArgs);

  it("wrong arguments of SyncRoleGuard must be reported together, before anything is registered", async () => {
    const { error } = await refused(() =>
      guard({ servers: [{ principal: "x" }], allowedRoleHolders: [{ id, reason: "", expires: "2027-02-30" }] }),
    );
    assert.match(error.message, /^the arguments of SyncRoleGuard guard have 4 problems:\n/);
    for (const expected of [
      /\n {2}tenant: expected a TenantDirectory .+, found nothing\./,
      /\n {2}servers: expected a list of ConnectSyncIdentity, found something else\./,
      /\n {2}allowedRoleHolders\.0\.reason: /,
      /\n {2}allowedRoleHolders\.0\.expires: expected a day .+, found "2027-02-30"\./,
    ]) {
      assert.match(error.message, expected);
    }
  });

  it("missing arguments of SyncRoleGuard must be reported", async () => {
    const { error } = await refused(() => guard(undefined));
    assert.equal(error.problems.length, 2);
  });

  it("SyncRoleGuard must refuse a principal that is allowed twice, regardless of case", async () => {
    const holder = { reason: "HR", expires: "2027-06-30" };
    const { error } = await refused((tenant) =>
      guard({
        tenant,
        servers: [],
        allowedRoleHolders: [
          { id, ...holder },
          { id: id.toLowerCase(), ...holder },
        ],
      }),
    );
    assert.match(error.message, /allowedRoleHolders\.1\.id: expected one entry for each principal/);
  });
});

describe("messages to a program", () => {
  it("a message to a program must not refer to a stack's configuration", async () => {
    const { error } = await refused((tenant) =>
      identity(
        tenant,
        "UPPER",
        loose({
          connection: { ...connection, password: "hunter2", port: 0 },
          certificate: { keyProvider: "Microsoft Software Key Storage Provider", rotateBefore: "400 days" },
          owners: "pipeline",
          verify: 7,
          role: () => "active",
        }),
      ),
    );
    assert.equal(error.problems.length, 8, error.message);
    assert.doesNotMatch(error.message, /configuration\b|sshPrivateKey|hunter2/);
    assert.match(error.message, /connection\.password: .+connection\.privateKey/);
    assert.match(error.message, /role: .+, found a function\./);
  });
});
