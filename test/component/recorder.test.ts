/** The recorder that the component tests rely on: what it must refuse, and that nobody else sees its mocks. */
import assert from "node:assert/strict";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { record } from "../helpers/pulumi-recorder";

describe("the recorder", () => {
  it("the recorder must fail a program that registers a resource unknown to the tests", async () => {
    const program = () => void new command.local.Command("other", { create: "true" });
    await assert.rejects(record(program), /an unexpected resource: command:local:Command other/);
  });

  it("the recorder must fail a program that calls a function unknown to the tests", async () => {
    const program = async () => pulumi.runtime.invoke("azuread:index/getUser:getUser", {});
    await assert.rejects(record(program), /an unexpected call: azuread:index\/getUser:getUser/);
  });

  it("the recorder must return the registrations before a program failed", async () => {
    const into = { resources: [], calls: [], log: [] };
    const program = () => {
      new pulumi.ComponentResource("connect-sync-identity:index:EntraApplication", "one");
      throw new Error("no");
    };
    await assert.rejects(record(program, { into }), /no/);
    assert.equal(into.resources.length, 1);
  });

  it("the recorder must hide its mocks, stack and configuration from the rest of the process", async () => {
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
