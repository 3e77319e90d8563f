/**
 * What a person or a program reads: progress, outputs, and what the commands print where no terminal is.
 * Each failing run of every other file is held to the length of a screen by the support of these tests.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { CERTIFICATE_COLUMNS } from "../../model/certificate/certificate-table";
import { isStepLine, MOST_STEP_LINES, STEPS } from "../../model/protocol/host-progress";
import { runOperationOn } from "./operations";
import { TestSandbox } from "./support";

const REPOSITORY = path.resolve(__dirname, "..", "..");
const PAGE = fs.readFileSync(path.join(REPOSITORY, "docs", "outputs.md"), "utf8");

/** Names in the first column of the table under a heading. */
function documented(heading: string): string[] {
  const [, section = ""] = PAGE.split(`## ${heading}\n`);
  const [table] = section.split("\n## ");
  return [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name).sort();
}

interface Exported {
  deployment: { resources: { urn: string; type: string; outputs?: { stderr?: string } }[] };
}

describe("output", () => {
  let test: TestSandbox;
  let first = "";
  let outputs: { servers: Record<string, Record<string, unknown>>; summary: Record<string, unknown> };

  before(async () => {
    test = await TestSandbox.open();
    test.sandbox.server("sync01").startCycle(20);
    first = await test.up();
    outputs = JSON.parse((await test.pulumi(["stack", "output", "--json"])).stdout);
  });
  after(() => test?.close());

  it("an up must show the progress of long steps beside their resource, in order and while they run", () => {
    const rows = first.split("\n").filter((line) => line.includes("sync01-registration creating"));
    const told = [STEPS.provingToken, STEPS.pausing, STEPS.awaitingCycle, STEPS.restoring].map((step) =>
      rows.findIndex((row) => row.includes(`sync01: ${step}`)),
    );
    assert.ok(
      told.every((index) => index >= 0),
      rows.join("\n"),
    );
    assert.deepEqual(
      [...told].sort((left, right) => left - right),
      told,
      rows.join("\n"),
    );
    const linking = new RegExp(`sync02-registration creating .*sync02: ${STEPS.linking} \\(0 s of 300 s\\)`);
    assert.match(first, linking);
  });

  it("an up must not repeat progress at its end", () => {
    const [, end = ""] = first.split("\nDiagnostics:\n");
    for (const step of Object.values(STEPS)) assert.ok(!end.includes(step), step);
  });

  it("state must contain only a few lines of progress for each command", async () => {
    const { deployment } = JSON.parse(await test.state()) as Exported;
    const commands = deployment.resources.filter(({ type }) => type === "command:remote:Command");
    assert.ok(commands.length >= 8);
    assert.ok(commands.some(({ outputs: { stderr = "" } = {} }) => stderr.includes(STEPS.restoring)));
    for (const { urn, outputs: { stderr = "" } = {} } of commands) {
      const lines = stderr.split(/\r?\n/).filter((line) => line !== "");
      assert.ok(lines.length <= MOST_STEP_LINES && stderr.length <= 1200, `${urn}:\n${stderr}`);
      for (const line of lines)
        assert.ok(
          ["sync01", "sync02"].some((name) => isStepLine(name, line)),
          line,
        );
    }
  });

  it("the outputs must be exactly those in docs/outputs.md", () => {
    assert.deepEqual(Object.keys(outputs).sort(), ["servers", "summary"]);
    assert.deepEqual(Object.keys(outputs.summary).sort(), documented("`summary`"));
    const table = (CERTIFICATE_COLUMNS as readonly string[]).toSorted();
    for (const { certificate, ...server } of Object.values(outputs.servers)) {
      const names = [...Object.keys(server), "certificate", ...table];
      assert.deepEqual(names.sort(), documented("`servers`"));
      assert.deepEqual(Object.keys(certificate as object).sort(), table);
    }
  });

  it("the outputs must match what the servers hold", () => {
    const { servers, summary } = outputs;
    assert.equal(summary.tenantId, test.sandbox.tenant.store.data.tenantId);
    assert.equal(summary.programSha256, test.server("sync01").program.sha256);
    assert.equal(servers.sync02.role, "staging");
    const days = Object.values(servers).map(({ rotationDue }) => String(rotationDue));
    for (const day of days) assert.match(day, /^\d{4}-\d\d-\d\d$/);
    assert.equal(summary.nextRotation, [...days].sort()[0]);
  });

  it("a healthy preview must show no output, and pass the drift alarm", async () => {
    const { code, output } = await test.preview(["--expect-no-changes"]);
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /^Outputs:|certificateExpires/m);
  });

  it("a preview must give its findings to other programs", async () => {
    await test.sandbox.break("sync01", "certificate");
    const { code, stdout, stderr } = await test.pulumi(["preview", "--json", "--non-interactive"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /sync01: certificate-missing: /);
    await test.up();
  });

  it("the jq commands of the page must work if jq is available", function () {
    const commands = [...PAGE.matchAll(/^pulumi stack output ?(\w*) --json \| jq (.+)$/gm)];
    assert.ok(commands.length >= 3, "the page shows too few");
    if (spawnSync("jq", ["--version"]).status !== 0) return this.skip();
    for (const [line, name, filter] of commands) {
      const input = JSON.stringify(name === "" ? outputs : outputs[name as keyof typeof outputs]);
      const { status, stdout, stderr } = spawnSync("sh", ["-c", `jq ${filter}`], { input, encoding: "utf8" });
      assert.equal(status, 0, `${line}: ${stderr}`);
      assert.doesNotMatch(stdout, /null/, line);
      assert.notEqual(stdout.trim(), "", line);
    }
  });

  for (const [name, args] of [
    ["doctor", []],
    ["adopt", ["sync01", "--output", path.join("node_modules", ".cache", "adopt.import.json")]],
    ["adopt", ["sync03"]],
    ["leave", ["sync01"]],
    ["revoke", ["sync01"]],
    ["remove-legacy-account", ["sync01"]],
    ["leave", ["--help"]],
  ] as [string, string[]][]) {
    it(`a command without a terminal must print neither colours nor table lines: ${name} ${args.join(" ")}`, async () => {
      const { stdout, stderr } = await runOperationOn(test, name, args);
      assert.notEqual(stdout + stderr, "");
      assert.doesNotMatch(stdout + stderr, /[\u001b\u2500-\u257f]/);
    });
  }
});
