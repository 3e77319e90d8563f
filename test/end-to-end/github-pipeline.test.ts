/**
 * The workflows of pipelines/github: every step of them runs, as it stands in the file, against the sandbox, with OIDC
 * tokens that the tenant judges by the files of pipelines/identities. GitHub, the Azure CLI and the vault are stand-ins.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { GitHubPipeline, type EventName, type EventOptions } from "../../sandbox/pipeline/github-pipeline";
import { missingTools } from "../../sandbox/pipeline/pipeline-tools";
import { readWorkflow } from "../../sandbox/pipeline/workflow";
import { TestSandbox } from "./support";

/** Ids of agents that a pipeline started on this machine and that are there still. */
function agents(folder: string): string[] {
  const table = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" });
  return table.split("\n").filter((line) => line.includes("ssh-agent") && line.includes(folder));
}

describe("the GitHub workflows", function () {
  let test: TestSandbox;
  let pipeline: GitHubPipeline;
  let printed = "";

  before(async function () {
    if (missingTools().length > 0) return this.skip();
    test = await TestSandbox.open();
    pipeline = await GitHubPipeline.open(
      test.sandbox,
      () => undefined,
      (text) => void (printed += text),
    );
  });
  after(async () => {
    await pipeline?.close();
    await test?.close();
  });

  /** Runs an event's workflow; fails with what the steps printed where a job goes another way than expected. */
  async function run(event: EventName, expected: Record<string, string>, options: EventOptions = {}) {
    printed = "";
    const results = await pipeline.run(event, options);
    const seen = Object.fromEntries(Object.entries(results).map(([job, { result }]) => [job, result]));
    assert.deepEqual(seen, expected, printed);
    return results;
  }

  const issues = () => pipeline.repository().issues;
  const comments = () => pipeline.repository().comments;

  it("no job must run for a pull request from a fork", async () => {
    await run("pull-request", { preview: "skipped", comment: "skipped" }, { fork: true });
    assert.equal(printed, "");
  });

  it("the main workflow must apply main with the identity of the environment production, and leave no work", async () => {
    const results = await run("main", { preview: "success", up: "success" });
    test.expectOnboarded("sync01");
    test.expectOnboarded("sync02");
    assert.match(results.preview.summary, /An application for this server is created in Entra/);
    assert.match(results.up.summary, /Nothing to do/);
    const ran = results.up.steps.map(({ step }) => step);
    const declared = readWorkflow(path.resolve(__dirname, "../../pipelines/github/main.yml")).jobs.up.steps;
    assert.equal(ran.length, declared.length, "a step was left out");
    // Owners are those of the identity that runs up, though another one previews.
    const application = test.sandbox.tenant.store.applicationById(test.server("sync01").connector.appId!);
    const up = test.sandbox.tenant.store.principalByAppId(test.sandbox.settings.pipeline.appId);
    assert.deepEqual(application?.owners, [up?.id]);
  });

  it("the pull request workflow must comment on a pull request, and update that comment instead of adding one", async () => {
    await run("pull-request", { preview: "success", comment: "success" });
    assert.match(comments()[0].body, /^<!-- connect-sync-identity preview of dev -->\n/);
    assert.match(comments()[0].body, /Nothing to do/);
    const changes = [{ path: ["servers", "sync02", "passwordWriteback"], value: true }];
    await run("pull-request", { preview: "success", comment: "success" }, { changes });
    const [comment, ...others] = comments().filter(({ body }) => body.includes("preview of dev"));
    assert.deepEqual(others, []);
    assert.equal(comment.updates, 1);
    assert.match(comment.body, /Server `sync02`[\s\S]*The application is given: PasswordWriteback\./);
    assert.doesNotMatch(comment.body, /Server `sync01`\n/);
  });

  it("the pull request workflow must fail if it cannot preview, and give the reason in the comment", async () => {
    const changes = [{ path: ["servers", "sync02", "role"], value: "stagging" }];
    await run("pull-request", { preview: "failure", comment: "success" }, { changes });
    assert.match(comments()[0].body, /This preview is red[\s\S]*found "stagging"[\s\S]*\[CONFIGURATION_INVALID\]/);
  });

  it("the drift workflow must open no issue for notices", async () => {
    await run("drift", { look: "success", issue: "success" });
    assert.deepEqual(issues(), []);
  });

  it("the drift workflow must open one issue for a drift, and update it only if the findings change", async () => {
    await test.sandbox.break("sync01", "foreign-secret");
    await run("drift", { look: "success", issue: "success" });
    await run("drift", { look: "success", issue: "success" });
    assert.equal(issues().length, 1);
    const [{ number, title, body, state }] = issues();
    assert.equal(state, "open");
    assert.equal(title, "Drift in stack dev: 1 finding");
    assert.match(body, /`secret-foreign`/);
    assert.deepEqual(
      comments().filter((comment) => comment.number === number),
      [],
    );
    await test.sandbox.break("sync02", "certificate");
    await run("drift", { look: "success", issue: "success" });
    assert.equal(issues().length, 1);
    assert.equal(issues()[0].title, "Drift in stack dev: 2 findings");
    const { body: said } = comments().find((comment) => comment.number === number)!;
    assert.match(said, /The findings changed.* Since the last alarm new: `sync02 certificate-missing`\./);
  });

  it("the drift workflow must fail separately if it cannot preview, and leave the drift issue unchanged", async () => {
    test.sandbox.faults.set("sync02", "unreachable", null);
    await run("drift", { look: "success", issue: "failure" });
    test.sandbox.faults.clear("sync02");
    assert.deepEqual(
      issues().map(({ title, state }) => [title, state]),
      [
        ["Drift in stack dev: 2 findings", "open"],
        ["The drift check of stack dev failed", "open"],
      ],
    );
    assert.match(issues()[1].body, /HOST_UNREACHABLE/);
  });

  it("the drift workflow must close its issues with a comment once main has fixed the drift", async () => {
    const changes = [{ path: ["credentialPolicy"], value: "enforce" }];
    await run("main", { preview: "success", up: "success" }, { changes });
    await run("drift", { look: "success", issue: "success" }, { changes });
    assert.deepEqual(
      issues().map(({ state }) => state),
      ["closed", "closed"],
    );
    assert.match(
      comments()
        .map(({ body }) => body)
        .join("\n"),
      /Resolved: a preview shows no difference/,
    );
  });

  it("the drift workflow must report a failed sign-in, and keep the key from a job that did not sign in", async () => {
    const environment = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" };
    await run("drift", { look: "failure", issue: "failure" }, { environment: { ...environment } });
    assert.match(issues().at(-1)!.title, /drift check of stack .* failed/);
    assert.doesNotMatch(printed, /PRIVATE KEY/);
  });

  it("the main workflow must not apply a commit that is no longer the head of main", async () => {
    const { newest } = pipeline.repository();
    pipeline.pushToMain("b6589fc6ab0dc82cf12099d1c2d40ab994e8410c");
    const results = await run("main", { preview: "success", up: "failure" });
    pipeline.pushToMain(newest);
    assert.match(printed, /approve the run of that commit/);
    assert.deepEqual(
      results.up.steps.filter(({ outcome }) => outcome === "success").map(({ step }) => step),
      ["Sign out"],
    );
  });

  it("a cancelled job must end Pulumi and the agent, and skip the later steps", async () => {
    const state = await test.state();
    // Nothing answers the preview, so that it is under way when it is cancelled.
    test.sandbox.faults.set("sync01", "ssh-silent", null);
    const results = await run(
      "main",
      { preview: "cancelled", up: "skipped" },
      {
        onStart: (step, pid) => {
          // As the runner does it: the step's own process, and nobody else.
          if (step === "Preview") setTimeout(() => process.kill(pid, "SIGINT"), 3000);
        },
      },
    );
    test.sandbox.faults.clear("sync01");
    const preview = results.preview.steps.find(({ step }) => step === "Preview");
    assert.equal(preview?.exitCode, 130, printed);
    assert.equal(results.preview.steps.find(({ step }) => step === "In a person's words")?.outcome, "skipped");
    assert.deepEqual(agents(pipeline.folder), []);
    assert.equal(await test.state(), state);
  });

  it("no key, token or secret must be in the output of the steps or in the files they leave", () => {
    const key = fs.readFileSync(path.join(test.folder, "keys", "vault-ssh-key"), "utf8").split("\n")[1];
    const left = fs
      .readdirSync(pipeline.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile());
    const texts = left
      .filter((entry) => !entry.parentPath.includes("node_modules"))
      .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8"));
    assert.ok(texts.length > 50);
    for (const text of [printed, ...texts]) {
      assert.ok(!text.includes(key), "the SSH key was left behind");
      assert.doesNotMatch(text, /eyJ[\w-]{20,}\.eyJ/, "a token was left behind");
    }
  });
});
