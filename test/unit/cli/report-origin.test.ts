/** Where a report comes from: who read it, in which run, of which commit; and its hash, by our means and by those of others. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import fc from "fast-check";
import { hashOf, verify, withHash } from "../../../cli/report/origin/report-hash";
import { pipelineRun } from "../../../cli/report/origin/pipeline-run";
import { checkReportOptions } from "../../../cli/report/report";
import { ReportDocument } from "../../../cli/report/report-document";
import { jsonOf } from "../../../cli/report/report-files";
import { reportMarkdown } from "../../../cli/report/report-markdown";
import { reportPage } from "../../../cli/report/report-page";
import { verifyReport } from "../../../cli/report/verify/verify-report";
import { workTreeOf } from "../../../cli/work-tree";
import { CommandError, UsageError } from "../../../console/errors";
import { findOnPath } from "../../../console/processes/find-on-path";
import { healthyReport, troubledReport } from "./report-cases";
import { report, reportFacts } from "./report-facts";

const HERE = path.resolve(__dirname, "../../..");
const RUN = {
  service: "GitHub Actions" as const,
  ...{ id: "4711, attempt 2", address: "https://github.com/o/r/actions/runs/4711/attempts/2", startedBy: "alice" },
};

describe("the hash of a report's data", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-hash-"));
    file = path.join(folder, "report.json");
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("must be printed by JSON, page and Markdown alike, and be that of the JSON's data", async () => {
    const document = await troubledReport();
    const { sha256, ...data } = document;
    assert.match(sha256!, /^[0-9a-f]{64}$/);
    assert.equal(hashOf(data), sha256);
    const read = JSON.parse(jsonOf(document)) as object;
    assert.equal(verify(read).state, "intact", "as the file's text is read back");
    assert.ok(reportPage(document).includes(`<code><bdi>${sha256}</bdi></code>`));
    assert.ok(reportMarkdown(document).includes(`\`${sha256}\``));
  });

  it("must not depend on spaces or on the order of properties, and change with every value", () => {
    const property = fc.property(fc.jsonValue({ depthSize: "small" }), fc.string(), (value, name) => {
      const one = { [name]: value, takenAt: "2026-10-01T12:00:00Z" };
      const other = JSON.parse(JSON.stringify({ takenAt: one.takenAt, [name]: value }, null, 3)) as object;
      assert.equal(hashOf(other), hashOf(one));
      assert.notEqual(hashOf({ ...one, more: 1 }), hashOf(one));
    });
    fc.assert(property, { numRuns: 100, seed: 7 });
  });

  it("must be found by programs of others, as docs/auditor.md has them, regardless of the names in the report", async function () {
    const document = await troubledReport();
    fs.writeFileSync(file, jsonOf(document));
    const page = fs.readFileSync(path.join(HERE, "docs/auditor.md"), "utf8");
    const lines = [...page.matchAll(/^(?:jq|python3) .*sha256.*$/gm)].map(([line]) => line);
    assert.deepEqual(
      lines.map((line) => line.split(" ")[0]),
      ["jq", "python3"],
    );
    const present = lines.filter((line) =>
      ["jq", "openssl", "python3"].every((name) => !line.includes(name) || findOnPath(name)),
    );
    if (present.length === 0) this.skip();
    for (const line of present) {
      const printed = execFileSync("bash", ["-c", line], { cwd: folder, encoding: "utf8", timeout: 30_000 });
      assert.equal(/[0-9a-f]{64}/.exec(printed)![0], document.sha256, line);
    }
  });

  it("a changed file must be found, and one that is another report than the one that was kept", async () => {
    const document = await healthyReport();
    fs.writeFileSync(file, jsonOf(document));
    assert.equal(verifyReport(file, {}), 0);
    assert.equal(verifyReport(file, { sha256: document.sha256!.toUpperCase(), json: true }), 0);
    assert.throws(() => verifyReport(file, { sha256: "0".repeat(64) }), /is another report: its data has /);
    assert.throws(() => verifyReport(file, { sha256: "abc" }), UsageError);
    fs.writeFileSync(file, JSON.stringify(JSON.parse(jsonOf(document))));
    assert.equal(verifyReport(file, {}), 0, "another layout is no change");
    fs.writeFileSync(file, jsonOf(document).replace('"role": "staging"', '"role": "active"'));
    assert.throws(() => verifyReport(file, {}), CommandError);
    assert.throws(() => verifyReport(file, {}), /was changed after it was written/);
    assert.throws(() => checkReportOptions({ since: file }), /was changed after it was written/);
  });

  it("a report of before the hash must be said to have none, and still be compared with", async () => {
    const { sha256: _, declaration: __, takenFrom, ...older } = await healthyReport();
    const { machine, application } = takenFrom;
    fs.writeFileSync(file, JSON.stringify({ ...older, takenFrom: { machine, application } }));
    assert.throws(() => verifyReport(file, {}), /has no hash: an older version wrote it/);
    checkReportOptions({ since: file });
    const before = ReportDocument.parse(JSON.parse(fs.readFileSync(file, "utf8")));
    assert.deepEqual([before.sha256, before.declaration, before.takenFrom.principal], [null, null, null]);
    assert.deepEqual(report(await reportFacts(2), before).changes?.entries, []);
    assert.match(reportMarkdown(before), /SHA-256 of the data \(RFC 8785\): `not recorded`/);
  });

  it("what is no report must be refused as wrong use", () => {
    for (const text of ["", "[]", "null", '{"version": 1}']) {
      fs.writeFileSync(file, text);
      assert.throws(() => verifyReport(file, {}), UsageError, text);
    }
  });

  it("must replace one that the data already has", () => {
    const first = withHash({ a: 1 });
    assert.deepEqual(withHash(first), first);
  });
});

describe("who read a report, and where", () => {
  it("page, Markdown and JSON must name the signed-in identity by id and name, the run and the declaration's commit", async () => {
    const facts = await reportFacts(1);
    const commit = "c".repeat(40);
    const document = report({ ...facts, run: RUN, declaration: { commit, modified: true } });
    assert.deepEqual(document.takenFrom.principal, facts.signedIn);
    assert.deepEqual(document.takenFrom.run, RUN);
    assert.deepEqual(document.declaration, { commit, modified: true });
    const { objectId, name } = facts.signedIn!;
    for (const text of [reportPage(document), reportMarkdown(document)]) {
      for (const part of [objectId, name!, "started by alice", RUN.address, commit, "files differ from it"]) {
        assert.ok(text.includes(part), part);
      }
    }
  });

  it("what is not known must be said, and a secret in a run's address must not appear", async () => {
    const facts = await reportFacts(1);
    const none = report({ ...facts, signedIn: null, declaration: null });
    assert.match(reportPage(none), /no token says/);
    assert.match(reportMarkdown(none), /not in a pipeline that is known here/);
    const secret = report({ ...facts, run: { ...RUN, address: "https://ci/?token=not-for-anyone" } }, null, [
      "not-for-anyone",
    ]);
    assert.equal(secret.takenFrom.run!.address, "https://ci/?token=[secret]");
  });

  it("a pipeline's run must be read from the variables of GitHub Actions and Azure Pipelines, and be none elsewhere", () => {
    const github = {
      ...{ GITHUB_ACTIONS: "true", GITHUB_RUN_ID: "4711", GITHUB_RUN_ATTEMPT: "2", GITHUB_ACTOR: "alice" },
      ...{ GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "o/r" },
    };
    assert.deepEqual(pipelineRun(github), RUN);
    const first = pipelineRun({ ...github, GITHUB_RUN_ATTEMPT: "1", GITHUB_TRIGGERING_ACTOR: "bob" });
    assert.deepEqual([first!.id, first!.startedBy], ["4711", "bob"]);
    assert.equal(first!.address, "https://github.com/o/r/actions/runs/4711");
    const azure = {
      ...{ TF_BUILD: "True", BUILD_BUILDID: "12", BUILD_REQUESTEDFOR: "Alice" },
      ...{ SYSTEM_COLLECTIONURI: "https://dev.azure.com/contoso/", SYSTEM_TEAMPROJECT: "Sync servers" },
    };
    assert.deepEqual(pipelineRun(azure), {
      ...{ service: "Azure Pipelines", id: "12", startedBy: "Alice" },
      address: "https://dev.azure.com/contoso/Sync%20servers/_build/results?buildId=12",
    });
    assert.equal(pipelineRun({ ...azure, SYSTEM_TEAMPROJECT: undefined })!.address, null);
    assert.deepEqual(
      [pipelineRun({}), pipelineRun({ CI: "true" }), pipelineRun({ TF_BUILD: "True" })],
      [null, null, null],
    );
  });

  it("the commit of a declaration must be that of its work tree, and new files below the project make it modified", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-tree-"));
    try {
      const git = (...args: string[]) =>
        execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], { cwd: folder });
      const project = path.join(folder, "identity");
      fs.mkdirSync(project);
      fs.writeFileSync(path.join(project, "Pulumi.yaml"), "name: test\n");
      assert.equal(workTreeOf(project), null);
      git("init", "--quiet");
      assert.equal(workTreeOf(project), null, "without a commit");
      git("add", ".");
      git("commit", "--quiet", "--no-gpg-sign", "--message", "first");
      fs.writeFileSync(path.join(folder, "elsewhere.txt"), "of no concern");
      const clean = workTreeOf(project)!;
      assert.match(clean.commit, /^[0-9a-f]{40}$/);
      assert.equal(clean.modified, false);
      fs.writeFileSync(path.join(project, "Pulumi.prod.yaml"), "config: {}\n");
      assert.deepEqual(workTreeOf(project), { ...clean, modified: true });
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
