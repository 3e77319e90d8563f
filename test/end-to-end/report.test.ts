/**
 * The report on the sandbox as a person gives the command: healthy, in trouble, with a server that does not answer, and
 * what a second one tells to have changed; that it changes nothing, and holds no secret. What each fact becomes is the
 * unit tests' business.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { programVersion } from "../../cli/version";
import { ORGANIZATION_NAME } from "../../sandbox/tenant/tenant-objects";
import type { ReportDocument } from "../../cli/report/report-document";
import { readReport } from "../../cli/report/report-files";
import { readCalendar, readSarif } from "../helpers/format-readers";
import { readKql } from "../helpers/kql-reader";
import { runOperationAlone, runOperationOn } from "./operations";
import { TestSandbox } from "./support";

describe("the report", function () {
  this.timeout(300_000);
  let test: TestSandbox;
  let output: string;
  before(async () => {
    test = await TestSandbox.open();
    output = path.join(test.folder, "reports");
    await test.up();
  });
  after(() => test.close());
  afterEach(() => test.sandbox.faults.clear());

  async function make(...args: string[]): Promise<{ code: number | null; page: string; document: ReportDocument }> {
    const { code, stdout, stderr } = await runOperationOn(test, "report", ["--output", output, ...args]);
    // On the sandbox, a line before and one after it say so.
    const [first, page, last, ...more] = stdout.trimEnd().split("\n");
    assert.deepEqual([first, last].filter((line) => line?.startsWith("SANDBOX: ")).length, 2, stdout);
    assert.deepEqual(more, []);
    assert.match(page, /^\/\S+\.html$/, stderr);
    assert.ok(fs.existsSync(page), page);
    return { code, page, document: readReport(page.replace(/\.html$/, ".json")) };
  }

  /** All that tenant, servers and state remember, but the journal of the programs that ran: it is the sandbox's own. */
  function remembered(): string {
    const digest = createHash("sha256").update(JSON.stringify(test.sandbox.tenant.store.data));
    for (const root of ["servers", "state"].map((name) => path.join(test.folder, name))) {
      const entries = fs.readdirSync(root, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && entry.name !== "journal.json");
      assert.ok(files.length >= 2, "nothing to compare");
      const names = files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
      for (const name of names) digest.update(name).update(fs.readFileSync(name));
    }
    return digest.digest("hex");
  }

  it("the report must find a healthy stack as declared, exit with 0, print only the path, and change nothing", async () => {
    const before = remembered();
    const { code, page, document } = await make();
    assert.equal(code, 0, JSON.stringify(document.findings));
    assert.equal(remembered(), before);
    assert.deepEqual(
      document.servers.map(({ name, status }) => [name, status]),
      [
        ["sync01", "as-declared"],
        ["sync02", "as-declared"],
      ],
    );
    const connector = test.server("sync01").connector;
    const [first] = document.servers;
    assert.equal(first.application?.appId, connector.appId);
    assert.equal(first.certificates.find(({ inUse }) => inUse)?.sha256, connector.certificateSha256);
    assert.equal(first.certificates.find(({ current }) => current)?.sha256, connector.certificateSha256);
    assert.equal(document.tenant.holders.filter(({ kind }) => kind === "declared").length, 2);
    assert.equal(document.changes, null);
    assert.equal(document.organization.name, ORGANIZATION_NAME);
    assert.deepEqual(document.tool, programVersion());
    const { principal, run } = document.takenFrom;
    assert.deepEqual([principal!.kind, principal!.name], ["application", "Connect Sync pipeline"]);
    assert.ok(test.sandbox.tenant.store.data.principals.some(({ id }) => id === principal!.objectId));
    assert.equal(run, null);
    assert.match(document.declaration!.commit, /^[0-9a-f]{40}$/);
    const { code: verified, stdout } = await runOperationAlone("verify-report", [page.replace(/\.html$/, ".json")]);
    assert.deepEqual([verified, stdout], [0, `as it was written: SHA-256 ${document.sha256}\n`]);
    const shown = document.controls.entries.filter(({ state }) => state === "findings");
    assert.deepEqual(shown, []);
    assert.ok(document.controls.entries.filter(({ state }) => state === "met").length > 20);
    assert.ok(Math.abs(Date.parse(document.stateUpdatedAt!) - Date.now()) < 600_000, document.stateUpdatedAt!);
    const text = fs.readFileSync(page, "utf8");
    assert.ok(text.includes(connector.appId!) && text.includes(connector.certificateSha256!));
    assert.ok(fs.readFileSync(page.replace(/\.html$/, ".md"), "utf8").includes(connector.certificateSha256!));
  });

  it("the report must show new problems by name with a remedy, exit with 1, and write the short form", async () => {
    await test.sandbox.break("sync01", "certificate");
    await test.sandbox.break("sync02", "foreign-secret");
    await test.sandbox.break("tenant", "role-holder");
    const before = remembered();
    const short = path.join(test.folder, "comment.md");
    const formats = ["sarif", "junit", "openmetrics", "icalendar", "sentinel", "defender"];
    const { code, document } = await make("--short", short, "--format", ...formats);
    assert.equal(code, 1);
    assert.equal(remembered(), before);
    assert.deepEqual(
      document.findings.map(({ subject, code }) => [subject, code]),
      [
        ["sync01", "certificate-missing"],
        ["sync02", "secret-foreign"],
        ["tenant", "role-holder-foreign"],
      ],
    );
    assert.match(document.findings[1].actual, /added by mallory@/);
    const changes = document.changes!.entries.map(({ kind, subject }) => `${kind} ${subject}`);
    assert.deepEqual(changes.sort(), [
      "credential-added sync02",
      "finding-opened sync01",
      "finding-opened sync02",
      "finding-opened tenant",
      "holder-added tenant",
    ]);
    const comment = fs.readFileSync(short, "utf8");
    assert.match(comment, /`certificate-missing`/);
    assert.ok(comment.split("\n").length <= 60);
    const written = (name: string) => fs.readFileSync(path.join(output, name), "utf8");
    const [{ results }] = readSarif(written("latest.sarif")).runs;
    assert.deepEqual(
      results.slice(0, 3).map(({ ruleId }) => ruleId),
      document.findings.map(({ code }) => code),
    );
    assert.match(written("latest.junit.xml"), /<failure type="certificate-missing"/);
    assert.match(
      written("latest.prom"),
      /^connect_sync_identity_last_synchronisation_timestamp_seconds\{stack="dev"\} \d+$/m,
    );
    const { query } = parse(written("latest.sentinel.yaml")) as { query: string };
    for (const text of [query, written("latest.defender.kql")]) {
      assert.deepEqual(readKql(text).problems, []);
      assert.ok(text.includes(document.servers[0].application!.appId));
    }
    const foreign = document.controls.entries.find(({ id }) => id === "MS.AAD.5.5v1")!;
    assert.equal(foreign.state, "findings");
    assert.ok(readCalendar(written("latest.ics")).some(({ summary }) => summary === "sync02: certificate expires"));
  });

  it("the report must match a preview of the same moment", async () => {
    const document = readReport(path.join(output, "latest.json"));
    const { output: preview } = await test.preview();
    for (const { subject, code, actual } of document.findings) {
      assert.ok(preview.includes(`${subject}: ${code}: expected `), `${subject} ${code}\n${preview}`);
      assert.ok(preview.includes(`found ${actual}`), actual);
    }
  });

  it("the report must be created with the reasons if a server does not answer and the tenant hides its roles", async () => {
    test.sandbox.faults.set("sync02", "unreachable", null);
    test.sandbox.faults.set("tenant", "no-directory-roles", null);
    test.sandbox.faults.set("tenant", "no-organization", null);
    const { code, document } = await make();
    assert.equal(code, 1);
    const [, second] = document.servers;
    assert.equal(second.status, "unobserved");
    assert.match(second.unobserved!, /HOST_UNREACHABLE|SSH_/);
    assert.ok(document.findings.some(({ subject, then }) => subject === "sync02" && then === "stops"));
    assert.ok(document.tenant.unread.some(({ permission }) => permission === "RoleManagement.Read.Directory"));
    assert.equal(document.organization.unread, "the permission Organization.Read.All is missing");
    const state = (id: string) => document.controls.entries.find((entry) => entry.id === id)!.state;
    assert.deepEqual(["SI-7", "AC-6(7)"].map(state), ["not-shown", "findings"]);
    const kinds = document.changes!.entries.map(({ kind }) => kind);
    assert.ok(kinds.includes("server-unobserved") && !kinds.includes("finding-closed"), kinds.join());
  });

  it("the report must show a rotation, and compare with the named earlier report", async () => {
    const first = fs
      .readdirSync(output)
      .filter((name) => /^\d.*\.json$/.test(name))
      .sort()[0];
    await test.up();
    const { document } = await make("--since", path.join(output, first));
    assert.equal(document.changes!.since, readReport(path.join(output, first)).takenAt);
    const entries = document.changes!.entries.filter(({ subject }) => subject === "sync01");
    const rotated = entries.find(({ kind }) => kind === "certificate-rotated");
    assert.match(rotated!.before!, / g1 /);
    assert.match(rotated!.after!, / g2 /);
    assert.ok(entries.some(({ kind }) => kind === "connector-switched"));
    assert.ok(!document.findings.some(({ subject }) => subject === "sync01"));
    assert.equal(readReport(path.join(output, "latest.json")).takenAt, document.takenAt);
  });

  it("the report must contain no secret of the sandbox in any file", () => {
    const files = fs.readdirSync(output).map((name) => path.join(output, name));
    assert.ok(files.length > 9);
    const keys = path.join(test.folder, "keys");
    const secrets = fs
      .readdirSync(keys, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /password|secret|key|\.pem$/.test(entry.name) && !/\.pub$/.test(entry.name))
      .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), "utf8").trim())
      .flatMap((content) => (content.includes("PRIVATE KEY") ? content.split("\n").slice(1, 3) : [content]))
      .filter((content) => content.length >= 16);
    const environment = test.sandbox.environment();
    secrets.push(environment.ARM_CLIENT_SECRET!);
    assert.ok(secrets.length >= 3, "nothing to look for");
    for (const file of [...files, path.join(test.folder, "comment.md")]) {
      const content = fs.readFileSync(file, "utf8");
      for (const secret of secrets) assert.ok(!content.includes(secret), `${file} holds a secret`);
      assert.doesNotMatch(content, /PRIVATE KEY|BEGIN CERTIFICATE/);
      assert.doesNotMatch(content, /\[secret\]/, "a word of ours was taken for a secret");
    }
  });

  it("the report must refuse wrong use before it starts anything, with exit code 2 and an empty stdout", async () => {
    const wrong = [["--output", "my reports"], ["--since", "package.json"], ["sync01"]];
    const results = await Promise.all(wrong.map((args) => runOperationAlone("report", args)));
    results.forEach(({ code, stdout, stderr }, index) => {
      assert.equal(code, 2, wrong[index].join(" "));
      assert.equal(stdout, "", wrong[index].join(" "));
      assert.match(stderr, /error: .*(white space|not a report|argument)/, wrong[index].join(" "));
    });
  });

  it("the report must print no path and exit with 1 if its files cannot be written", async () => {
    const { code, stdout, stderr } = await runOperationOn(test, "report", [
      "--output",
      path.join(output, "latest.json"),
    ]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /cannot be written/);
  });
});
