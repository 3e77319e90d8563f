/**
 * The pipelines of pipelines/azure-devops: every script of theirs runs, as it stands in the file, against the sandbox and
 * an emulated Azure DevOps. Not covered: the service connection's own sign-in, approvals, and the tasks themselves.
 */
import assert from "node:assert/strict";
import { AzurePipelines, type AzureResults } from "../../sandbox/pipeline/azure-pipeline";
import { missingTools } from "../../sandbox/pipeline/pipeline-tools";
import { TestSandbox } from "./support";

describe("the Azure DevOps pipelines", () => {
  let test: TestSandbox;
  let pipelines: AzurePipelines;
  let printed = "";

  before(async function () {
    if (missingTools().length > 0) return this.skip();
    test = await TestSandbox.open();
    pipelines = await AzurePipelines.open(test.sandbox, (text) => void (printed += text));
  });
  after(async () => {
    await pipelines?.close();
    await test?.close();
  });

  const failures = (results: AzureResults) =>
    Object.values(results)
      .flat()
      .filter(({ outcome }) => outcome === "failure")
      .map(({ name }) => name);

  async function run(...args: Parameters<AzurePipelines["run"]>): Promise<string[]> {
    printed = "";
    return failures(await pipelines.run(...args));
  }

  it("the main pipeline must apply main and leave no work", async () => {
    assert.deepEqual(await run("main.yml"), [], printed);
    test.expectOnboarded("sync01");
    test.expectOnboarded("sync02");
  });

  it("the pull request pipeline must keep one closed thread, and fail with the reason if it cannot preview", async () => {
    assert.deepEqual(await run("pull-request.yml"), [], printed);
    const changes = [{ path: ["servers", "sync01", "role"], value: "aktive" }];
    assert.deepEqual(await run("pull-request.yml", changes), ["The preview's own result"], printed);
    const { threads } = pipelines.service;
    assert.equal(threads.length, 1);
    assert.equal(threads[0].status, "closed");
    assert.equal(threads[0].comments[0].updates, 1);
    assert.match(threads[0].comments[0].content, /This preview is red[\s\S]*\[CONFIGURATION_INVALID\]/);
  });

  it("the drift pipeline must open one work item for a drift, and set it to done once the drift is fixed", async () => {
    await test.sandbox.break("sync01", "certificate");
    assert.deepEqual(await run("drift.yml"), [], printed);
    const { workItems } = pipelines.service;
    assert.equal(workItems.length, 1);
    const [item] = workItems;
    assert.equal(item.type, "Issue");
    assert.equal(item.fields["System.Title"], "Drift in stack dev: 1 finding");
    assert.match(item.fields["System.Description"], /^<pre>[\s\S]*&#96;certificate-missing&#96;/);
    assert.deepEqual(item.history, []);
    await test.up();
    assert.deepEqual(await run("drift.yml"), [], printed);
    assert.equal(item.fields["System.State"], "Done");
    assert.match(item.history.join(), /Resolved: a preview shows no difference/);
  });

  it("the drift pipeline must fail and open a separate work item if it cannot preview", async () => {
    test.sandbox.faults.set("sync02", "unreachable", null);
    assert.deepEqual(await run("drift.yml"), ["Open, update or close"], printed);
    test.sandbox.faults.clear("sync02");
    const blind = pipelines.service.workItems.at(-1)!;
    assert.match(blind.fields["System.Title"], /drift check of stack .* failed/);
    assert.doesNotMatch(printed, /PRIVATE KEY|emulated-job-token/);
  });
});
