/**
 * The policy pack in Pulumi's own engine, which starts it by the language host: on previews and ups of the sandbox, and on
 * states that were changed by hand. Few runs, each with as many violations as it can show; the rules have unit tests.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { SECRET_KEY, secretsIn } from "./policy-state";
import { TestSandbox } from "./support";
import { buildPolicyPack } from "../../cli/policy/policy-build";
import { makeRsaLine } from "../helpers/host-keys";

const REPOSITORY = path.resolve(__dirname, "../..");
const PACK = ["--policy-pack", "policy"];
const PRODUCTION_CONFIG = path.join(REPOSITORY, "policy", "config.production.json");
const PERSON = "11111111-2222-3333-4444-555555555555";

interface State {
  deployment: {
    resources: { urn: string; type: string; inputs?: Record<string, unknown>; outputs?: Record<string, unknown> }[];
  };
}

/** Policies that were told, as "level policy resource", from the list that the engine prints. */
function told(output: string): string[] {
  const lines = [...output.matchAll(/^\s+- \[(\w+)\]\s+(\S+)\s+\(.*?: ([^)\s]+)\)/gm)];
  return lines.map(([, level, policy, resource]) => `${level} ${policy} ${resource}`);
}

describe("the policy pack", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.open();
  });
  after(() => test?.close());

  /** What tenant and servers hold; that they were looked at and when is no change. */
  const held = () => {
    const { tenant, servers } = test.sandbox.status();
    return { tenant, servers: servers.map((server) => ({ ...server, journal: [] })) };
  };

  const file = (name: string, content: object | string): string => {
    const target = path.join(test.folder, name);
    fs.writeFileSync(target, typeof content === "string" ? content : JSON.stringify(content));
    return target;
  };
  const preview = (args: string[], config?: string) =>
    test.pulumi(["preview", "--non-interactive", "--color", "never", ...PACK, ...args], { config });
  const packConfig = (content: object) => ["--policy-pack-config", file("settings.json", content)];

  /** Analyses a state that lies in a file: no program runs, no server or tenant is asked. */
  const analyze = async (state: State, args: string[] = [], pack = PACK) => {
    const source = ["--file", file("state.json", state)];
    return test.pulumi(["policy", "analyze", ...source, ...pack, ...args, "--color", "never"]);
  };

  const exported = async (): Promise<State> =>
    JSON.parse((await test.pulumi(["stack", "export", "--show-secrets"])).stdout) as State;
  const one = (state: State, name: string) => {
    const found = state.deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`));
    assert.ok(found?.inputs && found.outputs, name);
    return { inputs: found.inputs, outputs: found.outputs };
  };

  it("the policy pack must fail the first preview of a new stack that violates a rule, and change nothing", async () => {
    const config = test.configuration(
      (text) =>
        `${text.replace("role: staging", "role: staging\n      repairConnectivityParameters: true\n      verify: switch")}
  connect-sync-identity:owners: [pipeline, ${PERSON}, 11111111-2222-3333-4444-555555555556]
  connect-sync-identity:certificate:
    keyProvider: Microsoft Software Key Storage Provider
    allowSoftwareKey: true
    lifetime: 700 days
    rotateBefore: 120 days\n`,
    );
    const exceptions = [{ server: "dev/sync01", reason: "no TPM until March", expires: "2999-12-31" }];
    const settings = packConfig({
      "abandon-refused": { stacks: ["dev"] },
      "required-servers": { servers: ["sync01", "sync09"] },
      "key-in-tpm": { exceptions },
      "verified-by-sync": { stacks: ["dev"] },
      "owners-limited": "advisory",
      "no-standing-repair": "disabled",
    });
    const before = held();
    const { code, output } = await preview(settings, config);
    assert.notEqual(code, 0, output);
    const both = (level: string, policy: string, part: string) =>
      ["sync01", "sync02"].map((server) => `${level} ${policy} ${server}-${part}`);
    assert.deepEqual(
      told(output).sort(),
      [
        "mandatory key-in-tpm sync02-server",
        ...both("mandatory", "no-software-key", "server"),
        ...both("mandatory", "no-software-key", "server"),
        ...both("mandatory", "certificate-lifetime", "server"),
        ...both("mandatory", "certificate-rotation", "server"),
        ...both("advisory", "owners-limited", "application"),
        ...both("advisory", "owners-known", "application"),
        ...both("advisory", "owners-known", "application"),
        "advisory verified-by-sync sync02-server",
        "advisory exceptions-in-use connect-sync-identity-dev",
        "mandatory abandon-refused connect-sync-identity-dev",
        "mandatory required-servers connect-sync-identity-dev",
      ].sort(),
    );
    assert.match(
      output,
      /sync02: certificate\.keyProvider: expected "Microsoft Platform Crypto Provider", found "Microsoft Software/,
    );
    assert.match(
      output,
      /sync09: server: expected a declared server, found none in this stack\. .*npx connect-sync-identity adopt sync09 --stack /,
    );
    assert.match(output, /sync01 in stack dev is exempt from key-in-tpm until 2999-12-31: no TPM until March/);
    assert.match(output, /dev: environment: expected "production", found nothing\. .*pulumi config set environment/);
    assert.doesNotMatch(output, /can't run policy/);
    assert.deepEqual(held(), before);
  });

  it("the policy pack must accept a healthy stack before, during and after its creation", async () => {
    const up = ["up", "--yes", "--non-interactive", "--color", "never", ...PACK];
    const { code, output } = await test.pulumi(up);
    assert.equal(code, 0, output);
    assert.deepEqual(told(output), []);
    assert.equal(output.match(/✅ connect-sync-identity@v\d/g)?.length, 2, output);
    for (const name of ["sync01", "sync02"]) test.expectOnboarded(name);
    const again = await preview(["--expect-no-changes"]);
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(told(again.output), []);
  });

  it("the policy pack must stop an up without a preview before it changes a server", async () => {
    const software = "certificate: { allowSoftwareKey: true, keyProvider: Microsoft Software Key Storage Provider }";
    const config = test.configuration((text) => `${text}  connect-sync-identity:${software}\n`);
    const before = held();
    const { code, output } = await test.tryUp({ config, args: PACK });
    assert.notEqual(code, 0, output);
    assert.match(output, /\[mandatory\] +no-software-key/);
    assert.deepEqual(held(), before);
  });

  it("the policy pack must be stricter for production: a warning without a configuration, a refusal with the example", async () => {
    const config = test.configuration((text) => `${text}  connect-sync-identity:environment: production\n`);
    const lenient = await preview(["--expect-no-changes"], config);
    assert.equal(lenient.code, 0, lenient.output);
    const guards = ["sync01-guard", "sync02-guard"];
    assert.deepEqual(
      told(lenient.output).sort(),
      guards.map((guard) => `advisory credential-policy-enforced ${guard}`),
    );
    const strict = await preview(["--policy-pack-config", PRODUCTION_CONFIG], config);
    assert.notEqual(strict.code, 0, strict.output);
    assert.deepEqual(told(strict.output).sort(), [
      ...guards.map((guard) => `mandatory credential-policy-enforced ${guard}`),
      ...["sync01-server", "sync02-server"].map((server) => `mandatory minimum-version ${server}`),
    ]);
    assert.match(strict.output, /sync01: minimumVersion: expected at least 2\.6\.84\.0, found "2\.5\.79\.0"/);
  });

  it("the policy pack must find foreign resources in a state, and show no secret", async () => {
    const state = await exported();
    const secrets = secretsIn(state);
    const [first, second] = [one(state, "sync01-server"), one(state, "sync02-server")];
    second.outputs.appId = first.outputs.appId;
    second.outputs.host = first.outputs.host;
    second.outputs.port = first.outputs.port;
    one(state, "sync02-application").outputs.displayName = "Entra Connect Sync - sync01";
    one(state, "sync02-credential").outputs.value = one(state, "sync01-credential").outputs.value;
    const access = one(state, "sync01-application").outputs.requiredResourceAccesses as object[];
    access.push({ resourceAppId: "93625bc8-bfe2-437a-97e0-3d0060024faa", resourceAccesses: [] });
    const connection = { host: "127.0.0.1", user: "Administrator", hostKey: makeRsaLine(), privateKey: "hunter2" };
    one(state, "sync01-lease").inputs.connection = { ...SECRET_KEY, plaintext: JSON.stringify(connection) };

    const { code, output } = await analyze(state);
    assert.notEqual(code, 0, output);
    assert.deepEqual(
      told(output).sort(),
      [
        "advisory ssh-key-in-agent sync01-lease",
        "mandatory host-keys-pinned sync01-lease",
        "mandatory no-shared-identities sync02-application",
        "mandatory no-shared-identities sync02-credential",
        "mandatory no-shared-identities sync02-server",
        "mandatory no-shared-identities sync02-server",
        "mandatory roles-as-declared sync01-application",
      ].sort(),
    );
    assert.match(
      output,
      /sync02: application: expected a value that no other server has, found [0-9a-f-]{36}, as sync01/,
    );
    for (const secret of [...secrets, "hunter2"]) assert.ok(!output.includes(secret), "a secret is shown");
  });

  it("the policy pack must work from a folder of its own", async () => {
    const pack = path.join(test.folder, "pack");
    buildPolicyPack(pack);
    fs.symlinkSync(path.join(REPOSITORY, "node_modules"), path.join(pack, "node_modules"));
    const { code, output } = await analyze(await exported(), [], ["--policy-pack", pack]);
    assert.equal(code, 0, output);
    assert.match(output, /connect-sync-identity@v\d/);
    assert.deepEqual(told(output), []);
  });

  it("the policy pack must not start with an unknown value or setting", async () => {
    const state = await exported();
    const wrong: [object, RegExp[]][] = [
      [
        {
          "certificate-lifetime": { maximumDays: 5000 },
          "certificate-rotation": { daysInUse: "many" },
          "key-in-tpm": { exceptions: [{ server: "sync01" }] },
        },
        [
          /certificate-lifetime: maximumDays: Must be less than or equal to 730/,
          /certificate-rotation: daysInUse: Invalid type\. Expected: integer/,
          /key-in-tpm: exceptions\.0: reason is required/,
        ],
      ],
      [{ "key-in-tpm": { providrs: [] } }, [/policy key-in-tpm has no setting "providrs"; the settings are providers/]],
      [{ "key-in-tpm": "loud" }, [/"loud" is not a valid enforcement level/]],
    ];
    for (const [content, messages] of wrong) {
      const { code, output } = await analyze(state, packConfig(content));
      assert.notEqual(code, 0, output);
      for (const message of messages) assert.match(output, message);
      assert.doesNotMatch(output, /at \S+ \(.*:\d+:\d+\)/, "a stack trace is shown");
    }
  });
});
