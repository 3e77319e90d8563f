/**
 * Texts that do harm to whoever reads them, planted in the tenant and on a host of a sandbox: nothing that the product
 * prints or writes holds a command of a CI system, an escape sequence or markup that is alive. With the engine itself, and
 * with the pipelines, whose emulated runners read logs as rudely as the real ones.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { HOSTILE_TEXT } from "../../sandbox/server/hostile-answer";
import { AzurePipelines } from "../../sandbox/pipeline/azure-pipeline";
import { GitHubPipeline } from "../../sandbox/pipeline/github-pipeline";
import { missingTools } from "../../sandbox/pipeline/pipeline-tools";
import { liveIn } from "../helpers/planted-texts";
import { runOperationOn } from "./operations";
import { TestSandbox } from "./support";

const STRANGERS = [
  "foreign-key",
  "foreign-secret",
  "federated-credential",
  "principal-key",
  "principal-secret",
  "owner",
];

describe("planted texts", function () {
  this.timeout(600_000);
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.openOnboarded();
    for (const what of STRANGERS) await test.sandbox.break("sync01", what);
    for (const what of ["role-holder", "managed-left", "directory-role"]) await test.sandbox.break("tenant", what);
    plantInTenant();
    test.sandbox.faults.set("sync01", "hostile-texts", null);
  });
  after(() => test?.close());

  /** Behind every name that a stranger may choose, and in what the log tells of it. */
  function plantInTenant(): void {
    const { store } = test.sandbox.tenant;
    const ours = (name: unknown) => String(name).startsWith("Entra Connect Sync - ");
    store.change(({ applications, principals, users, audit }) => {
      const credentials = [...applications, ...principals].flatMap((one) => [
        ...one.keyCredentials,
        ...one.passwordCredentials,
      ]) as { displayName?: string | null }[];
      for (const credential of credentials) credential.displayName = `${credential.displayName ?? ""} ${HOSTILE_TEXT}`;
      for (const { federatedIdentityCredentials } of applications) {
        for (const credential of federatedIdentityCredentials) {
          for (const name of ["name", "issuer", "subject"] as const) credential[name] += ` ${HOSTILE_TEXT}`;
        }
      }
      for (const { properties } of [...applications, ...principals]) {
        const { displayName } = properties;
        if (typeof displayName === "string" && !ours(displayName))
          properties.displayName = `${displayName} ${HOSTILE_TEXT}`;
      }
      for (const user of users.filter(({ userPrincipalName }) => userPrincipalName.startsWith("mallory@"))) {
        user.displayName += ` ${HOSTILE_TEXT}`;
        user.userPrincipalName += ` ${HOSTILE_TEXT}`;
      }
      for (const { initiatedBy } of audit) {
        if (initiatedBy.user) initiatedBy.user.userPrincipalName += ` ${HOSTILE_TEXT}`;
        if (initiatedBy.app) initiatedBy.app.displayName += ` ${HOSTILE_TEXT}`;
      }
    });
  }

  /** Pulumi's own words, less what its plugins repeat of a host: that is the log encoder's business. */
  const programsWords = (output: string) =>
    output
      .split("\n")
      .filter((line) => /^\s*(warning|error|info): |findings|problem/.test(line))
      .join("\n");

  it("must be shown, and be harmless, in what a preview prints of the program", async () => {
    const { output } = await test.preview();
    assert.match(programsWords(output), /key-foreign[\s\S]*setvariable variable=hostile/);
    assert.deepEqual(liveIn(output), []);
    for (const finding of ["secret-foreign", "federated-credential-foreign", "owner-foreign", "role-holder-foreign"]) {
      assert.match(output, new RegExp(`^warning: [a-z0-9]+: ${finding}: .*variable=hostile`, "m"), finding);
    }
  });

  it("must be harmless in what the doctor prints, as JSON as well", async () => {
    for (const args of [["sync01"], ["--json", "sync01"]]) {
      const { stdout, stderr } = await runOperationOn(test, "doctor", args);
      assert.match(stdout, /variable=hostile/);
      assert.deepEqual(liveIn(`${stdout}${stderr}`), []);
    }
  });

  it("must be harmless in all that the report writes and prints", async () => {
    const folder = path.join(test.folder, "reports");
    const short = path.join(test.folder, "short.md");
    const args = ["--output", folder, "--short", short, "--format", "sarif", "junit"];
    const { stdout, stderr } = await runOperationOn(test, "report", args);
    const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
    const written = files.map((file) => fs.readFileSync(file, "utf8"));
    assert.ok(written.length >= 5 && written.every((text) => text.includes("variable=hostile")));
    const texts = [stdout, stderr, ...written, fs.readFileSync(short, "utf8")];
    assert.deepEqual(texts.flatMap(liveIn), []);
    for (const file of [...files.filter((name) => /\.(html|md)$/.test(name)), short]) {
      const outside = fs.readFileSync(file, "utf8").replaceAll(/(`+)[^`].*?\1(?!`)/g, "");
      assert.doesNotMatch(outside, /<script|href="https?:|@mention(?!.*<\/)/, file);
    }
  });

  it("must reach the runner of GitHub as nothing but text, in every log and on every page", async function () {
    if (missingTools().length > 0) return this.skip();
    let printed = "";
    const pipeline = await GitHubPipeline.open(
      test.sandbox,
      () => undefined,
      (text) => void (printed += text),
    );
    try {
      for (const event of ["pull-request", "drift"] as const) {
        const jobs = await pipeline.run(event);
        for (const [name, { commands, summary }] of Object.entries(jobs)) {
          assert.deepEqual(commands, [], `${event}, ${name}: ${printed}`);
          assert.deepEqual(liveIn(summary), []);
        }
      }
      const { comments, issues } = pipeline.repository();
      const bodies = [...comments, ...issues].map(({ body }) => body);
      assert.ok(bodies.length >= 2 && bodies.every((body) => body.includes("variable=hostile")), printed);
      assert.deepEqual(bodies.flatMap(liveIn), []);
    } finally {
      await pipeline.close();
    }
  });

  it("must reach the agent of Azure DevOps as nothing but text, which nothing stops from reading commands", async function () {
    if (missingTools().length > 0) return this.skip();
    let printed = "";
    const pipelines = await AzurePipelines.open(test.sandbox, (text) => void (printed += text));
    try {
      for (const file of ["pull-request.yml", "drift.yml", "main.yml"]) {
        await pipelines.run(file);
        const taken = pipelines.commands.filter(({ name }) => name !== "task.uploadsummary");
        assert.deepEqual(taken, [], `${file}: ${printed}`);
      }
      const { threads, workItems } = pipelines.service;
      const bodies = [...threads.flatMap(({ comments }) => comments.map(({ content }) => content))];
      bodies.push(...workItems.map(({ fields }) => fields["System.Description"]));
      assert.ok(bodies.length >= 2 && bodies.every((body) => body.includes("variable=hostile")), printed);
      assert.deepEqual(bodies.flatMap(liveIn), []);
    } finally {
      await pipelines.close();
    }
  });
});
