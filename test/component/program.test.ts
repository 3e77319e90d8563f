/**
 * The program of a stack (index.ts) against mocks of the engine: what it refuses before anything is registered, and
 * the names of all that it registers.
 */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { SYNC_SERVICE_APP_ID } from "../../model/tenant/clouds";
import { SCREEN, screenLines } from "../../model/text/screen";
import { hostKeyLine, makeHostKey, makeRsaLine } from "../helpers/host-keys";
import { namesOf, withObservation } from "../helpers/identity-recorder";
import { PROJECT, record, type Recording } from "../helpers/pulumi-recorder";
import type { SshTarget } from "../../remote/ssh-target";

const INDEX = require.resolve("../../index");

type Servers = Record<string, unknown>;

const server = (name: string, changes: Servers = {}) => ({
  role: "staging",
  connection: { host: `${name}.contoso.com`, user: "Administrator", hostKey: hostKeyLine(name) },
  ...changes,
});

/** Runs index.ts as the language host does: loads it, and calls what it exports. */
async function program(): Promise<Record<string, unknown>> {
  delete require.cache[INDEX];
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- each run loads the program anew
  const loaded = require(INDEX) as Record<string, unknown> | (() => Promise<Record<string, unknown>>);
  return typeof loaded === "function" ? loaded() : loaded;
}

interface Run {
  recording?: Recording<Record<string, unknown>>;
  error?: Error;
  targets: SshTarget[];
  /** Application ids of services. */
  lookedUp: string[];
  /** What was registered, called and logged, also where the program failed. */
  into: Pick<Recording<unknown>, "resources" | "calls" | "log">;
}

async function run(
  config: Record<string, unknown>,
  tenant: Record<string, string> = { tenantId: "tenant" },
): Promise<Run> {
  const own = Object.entries(config).map(([key, value]) => [
    `${PROJECT}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const provider = Object.entries(tenant).map(([key, value]) => [`azuread:${key}`, value]);
  const into: Run["into"] = { resources: [], calls: [], log: [] };
  return withObservation({}, async (targets, lookedUp) => {
    try {
      const settings = Object.fromEntries([...own, ...provider]) as Record<string, string>;
      const recording = await record(program, { config: settings, secretKeys: [`${PROJECT}:sshPrivateKey`], into });
      return { recording, targets, lookedUp, into };
    } catch (error) {
      return { error: error as Error, targets, lookedUp, into };
    }
  });
}

describe("the program of a stack", () => {
  const variables = Object.keys(process.env).filter((name) => name.startsWith("ARM_"));
  const saved = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
  before(() => variables.forEach((name) => delete process.env[name]));
  after(() => void Object.assign(process.env, saved));

  it("the program must register these resources of these names for two servers, one of them with writeback", async () => {
    const { recording, error } = await run({
      servers: { sync01: server("sync01", { role: "active", passwordWriteback: true }), sync02: server("sync02") },
    });
    assert.ok(recording, error?.message);
    const guard = "pulumi-nodejs:dynamic/connect-sync-identity:SyncRoleGuard sync-role-guard";
    const names = [...namesOfServer("sync01", true), ...namesOfServer("sync02", false), guard];
    assert.deepEqual(namesOf(recording), names.sort());
  });

  it("the program must register at most eleven resources for each server and one for the stack, apart from components", async () => {
    const { recording } = await run({ servers: { sync01: server("sync01") } });
    const names = recording!.resources.filter(({ type }) => !type.startsWith("connect-sync-identity:"));
    assert.ok(names.length <= 12, String(names.length));
  });

  it("the program must look up shared values once for all servers", async () => {
    const { recording, lookedUp } = await run({ servers: { sync01: server("sync01"), sync02: server("sync02") } });
    assert.deepEqual(
      recording?.calls.map(({ token }) => token),
      ["azuread:index/getClientConfig:getClientConfig"],
    );
    assert.deepEqual(lookedUp, [SYNC_SERVICE_APP_ID]);
  });

  it("the program must compare owners with the declared pipeline, without asking for the caller's own identity", async () => {
    const pipelineObjectId = "0f3c1a52-0f0e-4b5d-9a55-0c0f6a4d2f10";
    const { recording, error } = await run({ pipelineObjectId, servers: { sync01: server("sync01") } });
    assert.ok(recording, error?.message);
    const owners = recording.resources.filter(({ name }) => /^sync01-(application|principal)$/.test(name));
    assert.deepEqual(
      owners.map(({ inputs }) => inputs.owners),
      [[pipelineObjectId], [pipelineObjectId]],
    );
    assert.doesNotMatch(JSON.stringify(recording.calls), /getClientConfig/);
  });

  it("the program must observe every server once", async () => {
    const { targets } = await run({ servers: { sync01: server("sync01"), sync02: server("sync02") } });
    assert.deepEqual(targets.map((target) => target.host).sort(), ["sync01.contoso.com", "sync02.contoso.com"]);
  });

  it("the program must switch staging servers first, whatever the order of the configuration", async () => {
    const active = server("sync01", { role: "active" });
    for (const servers of [
      { sync01: active, sync02: server("sync02"), sync03: server("sync03") },
      { sync03: server("sync03"), sync02: server("sync02"), sync01: active },
    ]) {
      const { recording, error } = await run({ servers });
      assert.ok(recording, error?.message);
      const after = (name: string) =>
        recording.resources
          .find((resource) => resource.name === `${name}-registration`)!
          .dependsOn.filter((other) => other.endsWith("-registration") && other !== `${name}-registration`);
      assert.deepEqual(
        [after("sync02"), after("sync03"), after("sync01")].map((names) => names.includes("sync01-registration")),
        [false, false, false],
      );
      assert.deepEqual(after("sync02"), []);
      assert.ok(after("sync03").includes("sync02-registration"));
      assert.ok(after("sync01").includes("sync03-registration"));
    }
  });

  it("the program must output by server the values that the next pipeline step needs", async () => {
    const { recording } = await run({ servers: { sync01: server("sync01", { role: "active" }) } });
    const servers = recording?.result.servers as unknown as Record<string, Record<string, unknown>>;
    assert.deepEqual(Object.keys(servers.sync01).sort(), [
      ...["applicationId", "applicationObjectId", "certificate", "certificateExpires", "certificateSha256", "findings"],
      ...["host", "linkCommand", "role", "rotationDue", "servicePrincipalObjectId"],
    ]);
    assert.equal(servers.sync01.role, "active");
    const sha256 = String(servers.sync01.certificateSha256).toUpperCase();
    const command = `Add-ADSyncApplicationRegistration -CertificateSHA256Hash ${sha256} -ApplicationAppId`;
    assert.ok(String(servers.sync01.linkCommand).startsWith(command), String(servers.sync01.linkCommand));
  });

  it("the program must output the values of a dashboard for the stack, including the next rotation", async () => {
    const two = { sync01: server("sync01", { role: "active" }), sync02: server("sync02") };
    const { recording } = await run({ servers: two });
    const summary = recording?.result.summary as unknown as Record<string, unknown>;
    const servers = recording?.result.servers as unknown as Record<string, Record<string, string>>;
    assert.deepEqual(Object.keys(summary).sort(), [
      ...["cloud", "nextRotation", "outputsVersion", "programSha256", "tenantId"],
    ]);
    const due = [servers.sync01.rotationDue, servers.sync02.rotationDue].sort();
    assert.equal(summary.nextRotation, due[0]);
    const lead = (new Date(servers.sync01.certificateExpires).getTime() - new Date(due[0]).getTime()) / 86_400_000;
    assert.ok(lead >= 180 && lead < 181, `${lead} days`);
  });

  it("the program must read the SSH key as a secret, for all servers", async () => {
    const key = makeHostKey().privateKey;
    const { recording, targets } = await run({ servers: { sync01: server("sync01") }, sshPrivateKey: key });
    assert.equal(targets[0].privateKey, key);
    const body = key.split("\n")[2];
    for (const { inputs, secrets, name } of recording!.resources) {
      if (JSON.stringify(inputs).includes(body))
        assert.ok(
          secrets.some((secret) => secret.includes(body)),
          name,
        );
    }
  });
});

describe("a bad configuration", () => {
  const bad = {
    clowd: "global",
    servers: {
      sync01: server("sync01", {
        rol: "x",
        connection: { host: "a", user: "b", hostKey: makeRsaLine(), password: "hunter2" },
      }),
      sync02: server("sync02", { certificate: { lifetime: "1 year" } }),
      sync03: server("sync03", { connection: { host: "c", user: "${CONNECT_SYNC_NOT_SET}", hostKey: "x" } }),
    },
  };

  it("a bad configuration must be refused with one RunError that lists all errors, including the tenant's", async () => {
    const { error } = await run(bad, {});
    assert.ok(error && pulumi.RunError.isInstance(error), String(error));
    const lines = error.message.split("\n");
    assert.match(lines[0], /^the configuration of stack dev has 8 problems:$/);
    for (const code of [
      ...["CONFIGURATION_UNKNOWN_KEY", "HOST_KEY_TYPE", "HOST_KEY_INVALID", "CONFIGURATION_INVALID"],
      ...["ENVIRONMENT_MISSING", "TENANT_NOT_CONFIGURED"],
    ]) {
      assert.ok(error.message.includes(`[${code}]`), `${code} in ${error.message}`);
    }
    assert.equal(lines.length, 10);
    assert.equal(lines.at(-1), "  for the remedies: npx connect-sync-identity doctor --stack dev");
    assert.ok(screenLines(error.message) <= SCREEN.lines - 2);
  });

  it("the error about a bad configuration must fit on a screen and say where the rest is listed", async () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`sync${index}`, { role: "activ" }]));
    const { error } = await run({ servers: many }, {});
    const message = String(error?.message);
    assert.ok(screenLines(message) <= SCREEN.lines - 2, message);
    const told = message.split("\n").length - 2;
    const [, count, more] =
      /has (\d+) problems:[\s\S]*and (\d+) more: npx connect-sync-identity doctor --stack dev$/.exec(message) ?? [];
    assert.equal(Number(count), told + Number(more), message);
    assert.ok(Number(count) >= 80);
  });

  it("a bad configuration must not lead to any registration, call or observation", async () => {
    const { error, targets, into } = await run(bad, {});
    assert.ok(error);
    assert.deepEqual([targets, into], [[], { resources: [], calls: [], log: [] }]);
  });

  it("the error about a bad configuration must not show a secret", async () => {
    const { error } = await run({ ...bad, sshPrivateKey: "hunter2" }, {});
    assert.ok(!error?.message.includes("hunter2"));
  });

  it("a configuration must be refused if only the tenant is missing", async () => {
    const { error } = await run({ servers: { sync01: server("sync01") } }, {});
    assert.match(String(error?.message), /has a problem:\n  azuread:tenantId: .+TENANT_NOT_CONFIGURED/);
  });

  it("a cloud that the azuread provider does not share must be refused, and one that it names must be taken over", async () => {
    const servers = { sync01: server("sync01") };
    const { error } = await run({ servers, cloud: "usgovernment" }, { tenantId: "tenant" });
    assert.match(String(error?.message), /azuread:environment: .+pulumi config set azuread:environment usgovernment/);
    // The run would sign in with the Azure CLI, which has to be in the same cloud.
    process.env.AZURE_CLOUD_NAME = "AzureUSGovernment";
    try {
      const followed = await run({ servers }, { tenantId: "tenant", environment: "usgovernmentl4" });
      assert.equal(followed.error, undefined);
    } finally {
      delete process.env.AZURE_CLOUD_NAME;
    }
  });

  it("a value that is not a configuration at all must be refused", async () => {
    for (const config of [{}, { servers: "sync01" }, { servers: "{not json" }, { servers: [] }] as Servers[]) {
      const { error } = await run(config);
      assert.match(String(error?.message), /servers: expected a map of servers by name/);
    }
  });
});

/** Type and name of each resource of a server. A change here replaces resources of every stack: use aliases. */
function namesOfServer(name: string, writeback: boolean): string[] {
  const roles = ["adsynchronization-readwrite-all"];
  if (writeback) {
    roles.push("passwordwriteback-offboardclient-all", "passwordwriteback-refreshclient-all");
    roles.push("passwordwriteback-registerclientversion-all");
  }
  return [
    ...roles.map((role) => `azuread:index/appRoleAssignment:AppRoleAssignment ${name}-role-${role}`),
    `azuread:index/application:Application ${name}-application`,
    `azuread:index/applicationCertificate:ApplicationCertificate ${name}-credential`,
    `azuread:index/servicePrincipal:ServicePrincipal ${name}-principal`,
    `command:remote:Command ${name}-certificate`,
    `command:remote:Command ${name}-lease`,
    `command:remote:Command ${name}-program-removal`,
    `command:remote:Command ${name}-registration`,
    `command:remote:CopyToRemote ${name}-program`,
    `connect-sync-identity:index:ConnectSyncIdentity ${name}`,
    `connect-sync-identity:index:EntraApplication ${name}`,
    `pulumi-nodejs:dynamic/connect-sync-identity:CredentialGuard ${name}-guard`,
    `pulumi-nodejs:dynamic/connect-sync-identity:SyncServer ${name}-server`,
  ];
}
