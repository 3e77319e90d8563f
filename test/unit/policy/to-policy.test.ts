/** How a rule becomes a policy of the SDK: settings, stack, exceptions, repetitions, what is not known. */
import { RESOURCE_TYPES } from "../../../model/resources/resource-types";
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { unknownCheckingProxy, UnknownValueError, type ResourceValidationPolicy } from "@pulumi/policy";
import { RULES } from "../../../policy/pack";
import { serverOf } from "../../../policy/resource";
import { exceptionsPolicy, stackOf, ReportedSoFar, toPolicy } from "../../../policy/to-policy";
import { command, resource, serverProps, UNKNOWN_TEXT, urnOf } from "../../helpers/policy-resources";

/** What the SDK reports for one resource. */
function report(
  name: string,
  props: object,
  given: { settings?: object; reported?: ReportedSoFar; type?: string; part?: string } = {},
) {
  const { settings = {}, reported = new ReportedSoFar(), type = RESOURCE_TYPES.server, part = "server" } = given;
  const policy = toPolicy(
    RULES.find((rule) => rule.name === name)!,
    reported,
  ) as ResourceValidationPolicy;
  const lines: string[] = [];
  const args = {
    ...{ type, name: `sync01-${part}`, urn: urnOf(type, `sync01-${part}`) },
    ...{ props: unknownCheckingProxy(props), getConfig: () => settings },
  };
  const [validate] = [policy.validateResource].flat();
  void validate!(args as never, (message) => void lines.push(message));
  return lines;
}

const software = (changes = {}) => serverProps("sync01", { certificate: { allowSoftwareKey: true, ...changes } });

describe("a policy", () => {
  it("a policy must have name, level, description and the schema of every setting with its default", () => {
    for (const rule of RULES) {
      const policy = toPolicy(rule, new ReportedSoFar());
      assert.match(policy.name, /^[a-z]+(-[a-z]+)*$/);
      assert.equal(policy.enforcementLevel, rule.level);
      assert.match(policy.description, /^[A-Z].*\.$/);
      const properties = policy.configSchema!.properties;
      for (const [name, schema] of Object.entries(rule.settings ?? {})) {
        assert.notEqual(schema.default, undefined, `${rule.name}.${name}`);
        assert.deepEqual(properties[name], schema);
      }
      assert.ok(properties.stacks && properties.exceptions);
    }
    assert.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length);
  });

  it("a policy must use its defaults for missing settings", () => {
    const year = serverProps("sync01", { certificate: { lifetime: "500 days" } });
    assert.match(report("certificate-lifetime", year)[0], /at most 398 days/);
    assert.deepEqual(report("certificate-lifetime", year, { settings: { maximumDays: 500 } }), []);
  });

  it("a policy must stop at an unknown setting, in one line with the nearest ones", () => {
    const run = () => report("certificate-lifetime", serverProps(), { settings: { maximumDay: 90 } });
    assert.throws(run, (error: Error) => {
      assert.match(error.message, /certificate-lifetime has no setting "maximumDay"; the settings are maximumDays,/);
      assert.equal(error.stack, error.message);
      return true;
    });
  });

  it("a policy must let the engine report that a value is not known yet", () => {
    const props = serverProps("sync01", { certificate: { allowSoftwareKey: UNKNOWN_TEXT } });
    assert.throws(() => report("no-software-key", props), UnknownValueError);
  });

  it("a policy must ignore stacks that it does not apply to", () => {
    assert.deepEqual(report("no-software-key", software(), { settings: { stacks: ["test"] } }), []);
    assert.equal(report("no-software-key", software(), { settings: { stacks: ["prod"] } }).length, 1);
  });

  it("a policy must report a violation once for a server, and again for the same resource", () => {
    const reported = new ReportedSoFar();
    const request = { stdin: command("certificate", { allowSoftwareKey: true }).props.stdin };
    const other = { reported, type: RESOURCE_TYPES.command, part: "certificate" };
    assert.equal(report("no-software-key", software(), { reported }).length, 1);
    assert.deepEqual(report("no-software-key", request, other), []);
    assert.equal(report("no-software-key", software(), { reported }).length, 1);
    assert.equal(report("no-software-key", request, { ...other, reported: new ReportedSoFar() }).length, 1);
  });

  it("a policy must report the exceptions that it used, and no others", () => {
    const reported = new ReportedSoFar();
    const exceptions = [{ server: "sync01", reason: "no TPM yet", expires: "2999-12-31" }];
    assert.deepEqual(report("no-software-key", software(), { reported, settings: { exceptions } }), []);
    assert.deepEqual(report("key-in-tpm", serverProps(), { reported, settings: { exceptions } }), []);
    const lines: (string | undefined)[] = [];
    void exceptionsPolicy(reported).validateStack({} as never, (message) => void lines.push(message));
    assert.deepEqual(lines, ["sync01 in stack prod is exempt from no-software-key until 2999-12-31: no TPM yet"]);
  });
});

describe("the stack of a resource", () => {
  const before = process.env.PULUMI_CONFIG;
  const configured = pulumi.runtime.allConfig();
  /** As the language host hands it over; the SDK reads the variable only until somebody has set a configuration. */
  const handOver = (config: Record<string, string>) => {
    process.env.PULUMI_CONFIG = JSON.stringify(config);
    pulumi.runtime.setAllConfig(config);
  };
  afterEach(() => {
    pulumi.runtime.setAllConfig(configured);
    if (before === undefined) delete process.env.PULUMI_CONFIG;
    else process.env.PULUMI_CONFIG = before;
  });

  it("a stack must be read from the URN, and its environment from the configuration of the language host", () => {
    const urn = "urn:pulumi:prod::sync::type::name";
    delete process.env.PULUMI_CONFIG;
    assert.deepEqual(stackOf(urn), { name: "prod", environment: null, configured: false });
    const configuration = { "sync:environment": "production", "named:environment": "${CONNECT_SYNC_KIND}" };
    handOver({ ...configuration, "other:environment": "test" });
    assert.deepEqual(stackOf(urn), { name: "prod", environment: "production", configured: true });
    process.env.CONNECT_SYNC_KIND = "production";
    assert.equal(stackOf("urn:pulumi:prod::named::type::name").environment, "production");
    delete process.env.CONNECT_SYNC_KIND;
    const silent = "urn:pulumi:prod::silent::type::name";
    assert.deepEqual(stackOf(silent), { name: "prod", environment: null, configured: true });
  });
});

describe("the server of a resource", () => {
  it("the server of a resource must be what the resource says, otherwise the beginning of its name", () => {
    assert.equal(serverOf(resource(RESOURCE_TYPES.server, "x-server", { server: "sync01" })), "sync01");
    assert.equal(serverOf(command("lease", {}, {}, "sync02")), "sync02");
    for (const part of [
      "application",
      "principal",
      "program",
      "program-removal",
      "credential",
      "role-password-reset",
    ]) {
      assert.equal(serverOf(resource(RESOURCE_TYPES.copy, `sync-eu-01-${part}`, {})), "sync-eu-01");
    }
  });
});
