/**
 * SyncIdentities as the provider constructs it, against mocks of the engine, beside the same stack as a TypeScript program:
 * the same resources of the same names, from the stack's file, from the program, or from both. What is not proven here: that
 * the engine starts the provider and takes old states over (test/end-to-end/every-language.test.ts).
 */
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { declareStack } from "../../components/stack-program";
import { readStackConfiguration } from "../../components/stack-configuration";
import { kindOf } from "../../model/resources/resource-types";
import { SyncIdentitiesProvider } from "../../provider/provider";
import { hostKeyLine, makeHostKey } from "../helpers/host-keys";
import { withObservation } from "../helpers/identity-recorder";
import type { Observation } from "../../model/server/observation";
import { problem } from "../helpers/observations";
import { PROJECT, record, type Recording, type RecordOptions } from "../helpers/pulumi-recorder";

const TYPE = "connect-sync-identity:index:SyncIdentities";
const REFERENCE = "urn:pulumi:dev::p::pulumi:providers:connect-sync-identity::default::0000";

const server = (name: string, changes: object = {}) => ({
  role: "staging",
  connection: { host: `${name}.contoso.com`, user: "Administrator", hostKey: hostKeyLine(name) },
  ...changes,
});
const SERVERS = { sync01: server("sync01", { role: "active" }), sync02: server("sync02") };

interface Options extends RecordOptions {
  stack?: Record<string, unknown>;
  inputs?: pulumi.Inputs;
  provider?: SyncIdentitiesProvider;
  seen?: Parameters<typeof withObservation>[0]["seen"];
}

function settingsOf(stack: Record<string, unknown>): Record<string, string> {
  const own = Object.entries(stack).map(([key, value]) => [
    `${PROJECT}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { ...(Object.fromEntries(own) as Record<string, string>), "azuread:tenantId": "tenant" };
}

function makeProvider(): SyncIdentitiesProvider {
  const provider = new SyncIdentitiesProvider("1.2.3", "{}");
  provider.reference = REFERENCE;
  return provider;
}

/** Records a stack: what the provider constructs, or the TypeScript program. */
function run(program: "constructed" | "typescript", options: Options = {}) {
  const { stack = {}, inputs = {}, seen, provider = makeProvider(), ...rest } = options;
  const config = settingsOf(stack);
  const secretKeys = [`${PROJECT}:sshPrivateKey`];
  return withObservation({ seen }, (targets) =>
    record<Record<string, unknown>>(
      async () => {
        if (program === "typescript") return declareStack(readStackConfiguration()).outputs;
        const { state, urn } = await provider.construct("sync", TYPE, inputs, {});
        return { ...state, urn };
      },
      { config, secretKeys, ...rest },
    ).then((recording) => ({ recording, targets })),
  );
}

async function refusal(options: Options): Promise<string> {
  const into: Required<RecordOptions>["into"] = { resources: [], calls: [], log: [] };
  const error = await run("constructed", { ...options, into }).then(
    () => assert.fail("nothing was refused"),
    (error: Error) => error,
  );
  assert.deepEqual(into.resources, [], "something was registered");
  return error.message;
}

const kinds = ({ resources }: Recording<unknown>) =>
  resources.filter(({ type }) => type !== TYPE).map(({ type, name }) => `${kindOf(type)} ${name}`);

describe("SyncIdentities", () => {
  const variables = Object.keys(process.env).filter((name) => name.startsWith("ARM_"));
  const saved = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
  before(() => variables.forEach((name) => delete process.env[name]));
  after(() => void Object.assign(process.env, saved));

  it("must make the resources of the TypeScript program, of the same names, inputs and order, from the stack's file alone", async () => {
    const constructed = await run("constructed", { stack: { servers: SERVERS } });
    const typescript = await run("typescript", { stack: { servers: SERVERS } });
    assert.deepEqual(kinds(constructed.recording).sort(), kinds(typescript.recording).sort());
    for (const { type, name, inputs, dependsOn } of typescript.recording.resources) {
      const same = constructed.recording.resources.find((one) => kindOf(one.type) === type && one.name === name)!;
      const { __provider: _text, run: _run, ...expected } = inputs;
      const { run: _other, ...actual } = same.inputs;
      // Keys and certificates are made anew by each mock.
      if (/CredentialGuard|SyncRoleGuard|SyncServer|Application$|CopyToRemote/.test(type)) {
        assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort(), name);
      }
      assert.deepEqual(same.dependsOn, dependsOn, name);
    }
    const outputs = (result: unknown) => Object.keys(result as object).filter((key) => key !== "urn");
    assert.deepEqual(outputs(constructed.recording.result), outputs(typescript.recording.result));
  });

  it("must register the own kinds as the provider's, served by its own process, and nothing of a dynamic provider", async () => {
    const { recording } = await run("constructed", { stack: { servers: SERVERS } });
    const own = recording.resources.filter(({ type }) => /:(SyncServer|CredentialGuard|SyncRoleGuard)$/.test(type));
    assert.equal(own.length, 5);
    for (const { type, name, provider, inputs } of own) {
      assert.match(type, /^connect-sync-identity:index:/, name);
      assert.equal(provider, REFERENCE, name);
      assert.ok(!("__provider" in inputs), name);
    }
  });

  it("must name each resource as a TypeScript program has it, so that its state goes on", async () => {
    const { recording } = await run("constructed", { stack: { servers: SERVERS } });
    const typescript = await run("typescript", { stack: { servers: SERVERS } });
    const below = recording.resources.filter(({ type }) => type !== TYPE);
    // The mocks put the nearest parent into a name, the engine all of them.
    const entra = "::connect-sync-identity:index:EntraApplication$";
    const named = (urn: string) =>
      urn.replace(entra, `::connect-sync-identity:index:ConnectSyncIdentity${"$"}${entra.slice(2)}`);
    assert.deepEqual(
      below.map(({ aliases }) => aliases.at(-1)).sort(),
      typescript.recording.resources.map(({ urn }) => named(urn)).sort(),
    );
  });

  it("must take all settings from the program, and none is needed in the stack's file", async () => {
    const { recording, targets } = await run("constructed", {
      inputs: { servers: SERVERS, credentialPolicy: "enforce" },
    });
    assert.deepEqual(targets.map(({ host }) => host).sort(), ["sync01.contoso.com", "sync02.contoso.com"]);
    const guards = recording.resources.filter(({ type }) => type.endsWith(":CredentialGuard"));
    assert.deepEqual(
      guards.map(({ inputs }) => inputs.policy as string),
      ["enforce", "enforce"],
    );
  });

  it("what the program gives must win over the stack's file, setting by setting", async () => {
    const stack = { servers: SERVERS, credentialPolicy: "report", owners: [] };
    const inputs = { servers: { sync07: server("sync07") }, credentialPolicy: "enforce" };
    const { recording, targets } = await run("constructed", { stack, inputs });
    assert.deepEqual(
      targets.map(({ server }) => server),
      ["sync07"],
    );
    const of = (name: string) => recording.resources.find((one) => one.name === name)!.inputs;
    assert.equal(of("sync07-guard").policy, "enforce");
    assert.deepEqual(of("sync07-application").owners, []);
  });

  it("the SSH key of the program must be used, and travel as a secret alone", async () => {
    const key = makeHostKey().privateKey;
    const { recording, targets } = await run("constructed", {
      stack: { servers: SERVERS, sshPrivateKey: "another one" },
      inputs: { sshPrivateKey: pulumi.secret(key) },
    });
    assert.ok(targets.every(({ privateKey }) => privateKey === key));
    const body = key.split("\n")[2];
    const holding = recording.resources.filter(({ inputs }) => JSON.stringify(inputs).includes(body));
    assert.ok(holding.length > 0);
    for (const { name, secrets } of holding)
      assert.ok(
        secrets.some((secret) => secret.includes(body)),
        name,
      );
  });

  it("problems must be reported together before anything is registered, each with the place where it is written", async () => {
    const inputs = { servers: { sync01: server("sync01", { rol: "x" }), sync02: "sync02" } };
    const message = await refusal({ stack: { owners: "me", servers: SERVERS }, inputs });
    assert.match(
      message,
      /^SyncIdentities sync has 3 problems, in its arguments and in the configuration of stack dev:\n/,
    );
    assert.match(message, /\n {2}in the program: sync01: rol: /);
    assert.match(message, /\n {2}in the stack: owners: /);
    const ofProgram = await refusal({ inputs: { servers: ["sync01"] } });
    assert.match(
      ofProgram,
      /^the arguments of SyncIdentities sync have a problem:\n {2}servers: .* Pass a map of servers by name/,
    );
    const ofStack = await refusal({ stack: {} });
    assert.match(
      ofStack,
      /^the configuration of stack dev, which SyncIdentities sync reads, has a problem:\n {2}servers: /,
    );
  });

  it("an input that a preview does not know must be refused, and not be replaced by the stack's file", async () => {
    const unknown = pulumi.output(new Promise<string>(() => undefined));
    Object.assign(unknown, { isKnown: Promise.resolve(false) });
    const servers = { sync01: server("sync01", { connection: { ...server("sync01").connection, host: unknown } }) };
    const message = await refusal({ stack: { servers: SERVERS }, inputs: { servers }, preview: true });
    assert.match(
      message,
      /^the arguments of SyncIdentities sync have a problem:\n {2}sync01: connection\.host: .* not known yet/,
    );
  });

  it("what stops a server must fail the construction after everything is registered, and not the provider's process", async () => {
    const unreachable: Observation = {
      host: { facts: null, problem: problem() },
      tenant: { application: null, problem: null },
    };
    const into: Required<RecordOptions>["into"] = { resources: [], calls: [], log: [] };
    const failed = run("constructed", { stack: { servers: SERVERS }, seen: unreachable, preview: true, into });
    await assert.rejects(failed, /the run has 2 errors, shown with each resource/);
    assert.equal(into.log.filter(({ severity }) => severity === "error").length, 2);
    assert.ok(into.resources.some(({ name }) => name === "sync-role-guard"));
    assert.equal(process.exitCode, undefined);
  });

  it("a cancelled run must end the construction that is under way, and leave the process", async () => {
    const provider = makeProvider();
    const inputs = {
      // Read while the provider constructs.
      get servers() {
        void provider.cancel();
        return SERVERS;
      },
    };
    await assert.rejects(run("constructed", { inputs, provider }), /the run was cancelled/);
    const { recording } = await run("constructed", { inputs: { servers: SERVERS }, provider });
    assert.ok(recording.resources.length > 20);
  });
});

describe("a construction", () => {
  it("two that run side by side must each have their own settings, findings and names", async () => {
    const provider = makeProvider();
    const stacks = ["sync01", "sync02"].map((name) =>
      run("constructed", { inputs: { servers: { [name]: server(name) } }, provider }),
    );
    const both = await Promise.all(stacks);
    for (const [index, { recording }] of both.entries()) {
      const runs = recording.resources.flatMap(({ inputs }) => (typeof inputs.run === "string" ? inputs.run : []));
      assert.equal(new Set(runs).size, 1);
      assert.ok(recording.resources.some(({ name }) => name === `sync0${index + 1}-guard`));
    }
  });
});
