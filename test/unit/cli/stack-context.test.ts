/** What a command works with: configuration as the CLI tells it, ways to servers and tenant, Pulumi on the stack. */
import assert from "node:assert/strict";
import * as path from "node:path";
import { openStackContext } from "../../../cli/stack/stack-context";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import { UsageError } from "../../../console/errors";
import { rawServer } from "../../helpers/configurations";
import { configAnswer, FakePulumi, type FakeAnswer } from "./support";

const ROOT = path.resolve(__dirname, "../../..");

const CONFIGURATION = {
  "azuread:tenantId": "11111111-2222-4333-8444-555555555555",
  "connect-sync-identity:servers": { sync01: rawServer("sync01", { role: "active" }), sync02: rawServer("sync02") },
};

describe("stack context", () => {
  let pulumi: FakePulumi | undefined;
  const started = process.env.SANDBOX_STARTED;
  beforeEach(() => delete process.env.SANDBOX_STARTED);
  afterEach(() => {
    if (started !== undefined) process.env.SANDBOX_STARTED = started;
    pulumi?.remove();
    pulumi = undefined;
  });

  function open(answers: Record<string, FakeAnswer>, configFile?: string) {
    pulumi = new FakePulumi({ config: configAnswer(CONFIGURATION), ...answers });
    return openStackContext({ stack: "prod", projectFolder: ROOT, sandbox: false, configFile, log: () => undefined });
  }

  it("the stack context must read the stack's configuration from the CLI, with its defaults", async () => {
    const context = await open({});
    const server = context.server("sync02");
    assert.equal(server.applicationName, "Entra Connect Sync - sync02");
    assert.equal(context.project, "connect-sync-identity");
    assert.equal(context.tenantAccess.tenantId, CONFIGURATION["azuread:tenantId"]);
    assert.deepEqual(context.identity("sync02"), { stack: "prod", server: "sync02" });
    assert.deepEqual(pulumi!.calls, [["config", "--json", "--show-secrets", "--non-interactive", "--stack", "prod"]]);
  });

  it("the stack context must refuse an undeclared server, and list the nearest name first", async () => {
    const context = await open({});
    assert.throws(
      () => context.server("sync2"),
      (error) => error instanceof UsageError && /no server "sync2"; there is sync02, sync01/.test(error.message),
    );
  });

  it("the stack context must refuse a configuration with errors before anything else", async () => {
    const broken = { ...CONFIGURATION, "connect-sync-identity:owners": ["nobody"] };
    await assert.rejects(
      open({ config: configAnswer(broken) }),
      (error) => error instanceof ProblemError && error.problems.some(({ property }) => property.startsWith("owners")),
    );
  });

  it("the stack context must repeat Pulumi's message if Pulumi fails", async () => {
    await assert.rejects(
      open({ config: { code: 255, stderr: "error: no stack named 'prod' found\n" } }),
      /pulumi config of stack prod: error: no stack named 'prod' found/,
    );
  });

  it("the stack context must reach a server with the stack's secret key if there is one, otherwise with the agent", async () => {
    const agent = process.env.SSH_AUTH_SOCK;
    process.env.SSH_AUTH_SOCK = "/run/agent";
    try {
      const context = await open({});
      const target = context.sshTarget(context.server("sync01"));
      assert.equal(target.agentSocketPath, "/run/agent");
      assert.equal(target.privateKey, undefined);
      pulumi!.remove();
      const secret = { ...CONFIGURATION, "connect-sync-identity:sshPrivateKey": "the key" };
      const other = await open({ config: configAnswer(secret) });
      assert.equal(other.sshTarget(other.server("sync01")).privateKey, "the key");
    } finally {
      if (agent === undefined) delete process.env.SSH_AUTH_SOCK;
      else process.env.SSH_AUTH_SOCK = agent;
    }
  });

  it("the stack context must pass another configuration file only to commands that accept one", async () => {
    const context = await open({ up: {}, stack: { stdout: '{"deployment": null}' } }, "/tmp/other.yaml");
    await context.pulumi(["up", "--yes"]);
    assert.deepEqual(await context.state(), []);
    const [config, up, stack] = pulumi!.calls;
    assert.deepEqual(config.slice(-2), ["--config-file", "/tmp/other.yaml"]);
    assert.deepEqual(up, ["up", "--yes", "--stack", "prod", "--config-file", "/tmp/other.yaml"]);
    assert.deepEqual(stack, ["stack", "export", "--non-interactive", "--stack", "prod"]);
  });

  it("the stack context must return the resources in state", async () => {
    const resources = [{ urn: "urn:pulumi:prod::p::t::n", type: "t", custom: true, id: "1" }];
    const context = await open({ stack: { stdout: JSON.stringify({ version: 3, deployment: { resources } }) } });
    assert.deepEqual(await context.state(), resources);
  });
});
