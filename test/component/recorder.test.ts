/** The recorder that the component tests rely on: what it must refuse, and that nobody else sees its mocks. */
import assert from "node:assert/strict";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { record } from "../helpers/pulumi-recorder";

describe("the recorder", () => {
  it("must fail a program that registers a resource which no test knows", async () => {
    const program = () => void new command.local.Command("other", { create: "true" });
    await assert.rejects(record(program), /an unexpected resource: command:local:Command other/);
  });

  it("must fail a program that calls a function which no test knows", async () => {
    const program = async () => pulumi.runtime.invoke("azuread:index/getUser:getUser", {});
    await assert.rejects(record(program), /an unexpected call: azuread:index\/getUser:getUser/);
  });

  it("must tell what was registered before a program failed", async () => {
    const into = { resources: [], calls: [], log: [] };
    const program = () => {
      new pulumi.ComponentResource("connect-sync-identity:index:EntraApplication", "one");
      throw new Error("no");
    };
    await assert.rejects(record(program, { into }), /no/);
    assert.equal(into.resources.length, 1);
  });

  it("must keep mocks, stack and configuration from everybody else in the process", async () => {
    const before = [pulumi.runtime.isDryRun(), pulumi.runtime.allConfig(), pulumi.getStack()];
    const listeners = process.listeners("unhandledRejection");
    const seen = await record(() => ({ stack: pulumi.getStack(), preview: pulumi.runtime.isDryRun() }), {
      preview: true,
      config: { "a:b": "c" },
    });
    assert.deepEqual(seen.result, { stack: "dev", preview: true });
    assert.deepEqual([pulumi.runtime.isDryRun(), pulumi.runtime.allConfig(), pulumi.getStack()], before);
    assert.equal(pulumi.runtime.hasMonitor(), false);
    assert.deepEqual(process.listeners("unhandledRejection"), listeners);
  });
});
