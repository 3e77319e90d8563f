/** The report in formats of other programs, read back by readers that are not ours. What those programs show is not tried. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { agendaOf, iCalendarOf } from "../../../cli/report/formats/icalendar";
import { judgedOf } from "../../../cli/report/formats/judged";
import { junitOf } from "../../../cli/report/formats/junit";
import { openMetricsOf } from "../../../cli/report/formats/openmetrics";
import { reportPlace, type ReportPlace } from "../../../cli/report/formats/report-place";
import { sarifOf } from "../../../cli/report/formats/sarif";
import { writeFormats } from "../../../cli/report/formats/formats";
import type { ReportDocument } from "../../../cli/report/report-document";
import { readCalendar, readJunit, readMetrics, readSarif, type Sample } from "../../helpers/format-readers";
import { forget, hostOf, report, reportFacts } from "./report-facts";
import { healthyReport, troubledReport } from "./report-cases";

const PLACE: ReportPlace = { stackFile: "Pulumi.dev.yaml", lines: { sync01: 7 }, address: "https://x/o/r/blob/c/" };

describe("formats of other programs", function () {
  this.timeout(150_000);
  let healthy: ReportDocument;
  let troubled: ReportDocument;
  let nothing: ReportDocument;
  before(async () => {
    [healthy, troubled] = await Promise.all([healthyReport(), troubledReport()]);
    const facts = forget(await reportFacts(1), 1);
    facts.servers.sync01.observation.tenant = { application: null, problem: null };
    Object.assign(hostOf(facts), { certificates: [] });
    hostOf(facts).product.version = "9.9.9.9";
    nothing = report(facts);
  });

  describe("SARIF", () => {
    it("must be valid, with one result for each finding and notice and one rule for each code", () => {
      for (const document of [healthy, troubled, nothing]) {
        const [{ results, tool }] = readSarif(sarifOf(document, PLACE)).runs;
        const judged = judgedOf(document);
        assert.equal(results.length, document.findings.length + document.notices.length);
        assert.deepEqual(
          results.map(({ ruleId, ruleIndex }) => [ruleId, tool.driver.rules[ruleIndex].id]),
          judged.map(({ code }) => [code, code]),
        );
        const rules = tool.driver.rules.map(({ id }) => id);
        assert.deepEqual(rules, [...new Set(judged.map(({ code }) => code))].sort());
      }
    });

    it("must have what stops a run as an error, a finding as a warning and a notice as a note", () => {
      const levels = readSarif(sarifOf(troubled, PLACE)).runs[0].results.map(({ level }) => level);
      const wanted = { error: "error", finding: "warning", notice: "note" };
      assert.deepEqual(
        levels,
        judgedOf(troubled).map(({ severity }) => wanted[severity]),
      );
      assert.ok(
        ["error", "warning", "note"].every((level) => levels.includes(level)),
        levels.join(),
      );
    });

    it("must keep the fingerprint of a finding in the next report, where its line has moved, and have no two alike", () => {
      const of = (document: ReportDocument, place: ReportPlace) =>
        readSarif(sarifOf(document, place)).runs[0].results.map(
          (one) => one.partialFingerprints.primaryLocationLineHash,
        );
      const later = { ...troubled, takenAt: "2027-01-01T00:00:00Z" };
      assert.deepEqual(of(later, { ...PLACE, lines: { sync01: 99 } }), of(troubled, PLACE));
      assert.equal(new Set(of(troubled, PLACE)).size, troubled.findings.length + troubled.notices.length);
      assert.notDeepEqual(of({ ...troubled, stack: "other" }, PLACE), of(troubled, PLACE));
    });

    it("must be at the server's line of the stack's file, and explain a code by an address only if there is one", () => {
      const [{ results, tool }] = readSarif(sarifOf(troubled, PLACE)).runs;
      const index = judgedOf(troubled).findIndex(({ subject }) => subject === "sync01");
      const { artifactLocation, region } = results[index].locations[0].physicalLocation;
      assert.deepEqual([artifactLocation.uri, region.startLine], ["Pulumi.dev.yaml", 7]);
      assert.match(tool.driver.rules[0].helpUri!, /^https:\/\/x\/o\/r\/blob\/c\/docs\/diagnostics\.md#/);
      const without = readSarif(sarifOf(troubled, { ...PLACE, address: null }));
      assert.equal(without.runs[0].tool.driver.rules[0].helpUri, undefined);
    });
  });

  describe("JUnit", () => {
    it("must be read with every link of each server as a test, passed if all is as declared", async function () {
      const suites = await readJunit(junitOf(healthy));
      if (suites === null) return this.skip();
      assert.deepEqual(
        suites.map(({ name, tests, failures, errors }) => [name, tests, failures, errors]),
        [
          ["dev sync01", 6, 0, 0],
          ["dev sync02", 6, 0, 0],
          ["dev tenant", 1, 0, 0],
        ],
      );
    });

    it("must have every finding in a test that failed, what stops a run as an error, and the counts of its tests", async function () {
      const suites = await readJunit(junitOf(troubled));
      if (suites === null) return this.skip();
      for (const { name, tests, failures, errors, skipped, cases } of suites) {
        const count = (wanted: string) => cases.filter(({ result }) => result === wanted).length;
        assert.deepEqual(
          [tests, failures, errors, skipped],
          [cases.length, ...["failure", "error", "skipped"].map(count)],
          name,
        );
      }
      for (const { subject, code, severity, meaning } of judgedOf(troubled)) {
        if (severity === "notice") continue;
        const own = suites.find(({ name }) => name === `dev ${subject}`)!.cases;
        const shown = own.filter(({ text }) => text.includes(`${code}: ${meaning}`));
        assert.ok(shown.length > 0, `${subject} ${code}`);
        if (severity === "error")
          assert.ok(
            shown.every(({ result }) => result === "error"),
            code,
          );
      }
      const unseen = suites.find(({ name }) => name === "dev sync02")!.cases;
      const passed = unseen.filter(({ result }) => result === "passed").map(({ name }) => name);
      assert.deepEqual(passed, ["Application", "Roles"], "what is on a host that was not observed passes nothing");
    });
  });

  describe("OpenMetrics", () => {
    const valuesOf = (samples: Sample[], name: string, labels: Record<string, string> = {}) =>
      samples
        .filter((one) => one.name === `connect_sync_identity_${name}`)
        .filter((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))
        .map(({ value }) => value);

    it("must be the same numbers for a reader of OpenMetrics and for one of the older format", async function () {
      for (const document of [healthy, troubled, nothing]) {
        const read = await readMetrics(openMetricsOf(document));
        if (read === null) return this.skip();
        assert.deepEqual(read[1], read[0]);
        assert.ok(read[0].length > 20 && read[0].every(({ labels }) => labels.stack === document.stack));
      }
    });

    it("must count findings by severity, and days to expiry, to rotation and to the end of support", async function () {
      const read = await readMetrics(openMetricsOf(troubled));
      if (read === null) return this.skip();
      const [samples] = read;
      const sum = (severity: string) =>
        valuesOf(samples, "findings", { severity }).reduce((total, value) => total + value, 0);
      const stopping = troubled.findings.filter(({ then }) => then === "stops").length;
      assert.deepEqual(
        [sum("error"), sum("finding"), sum("notice")],
        [stopping, troubled.findings.length - stopping, troubled.notices.length],
      );
      const current = healthy.servers[0].certificates.find((one) => one.current)!;
      const [ours] = (await readMetrics(openMetricsOf(healthy)))!;
      const [days] = valuesOf(ours, "certificate_expiry_days", { server: "sync01" });
      assert.ok(Math.abs(days - (Date.parse(current.notAfter) - Date.parse(healthy.today)) / 86_400_000) < 0.01);
      assert.ok(valuesOf(ours, "certificate_rotation_days", { server: "sync01" })[0] < days);
      assert.equal(valuesOf(ours, "support_end_days").length, 2);
      assert.deepEqual(valuesOf(ours, "last_synchronisation_timestamp_seconds"), [
        Date.UTC(2026, 9, 1, 11, 42, 7) / 1000,
      ]);
      assert.deepEqual([valuesOf(ours, "healthy"), valuesOf(samples, "healthy")], [[1], [0]]);
    });

    it("must have the names and labels that docs/agenda.md has, and no others", async function () {
      const read = await readMetrics(`${openMetricsOf(healthy)}`);
      if (read === null) return this.skip();
      const page = fs.readFileSync(path.resolve(__dirname, "../../../docs/agenda.md"), "utf8");
      const section = page.split("\n## Prometheus\n")[1].split("Expressions to alert on")[0];
      const rows = [...section.matchAll(/^\| `(\w+)` +\| ([^|]*)\|/gm)].map(([, name, labels]) => {
        return `${name} ${[...labels.matchAll(/`(\w+)`/g)]
          .map(([, label]) => label)
          .sort()
          .join()}`;
      });
      const emitted = read[0].map(({ name, labels }) => {
        const { stack: _every, ...further } = labels;
        return `${name.replace("connect_sync_identity_", "")} ${Object.keys(further).sort().join()}`;
      });
      assert.deepEqual([...new Set(emitted)].sort(), rows.sort());
      const expressions = [...page.matchAll(/connect_sync_identity_(\w+)/g)].map(([, name]) => name);
      for (const name of expressions) assert.ok(name === "" || rows.some((row) => row.startsWith(`${name} `)), name);
    });

    it("must have no number of what is not known", async function () {
      const unread = { ...nothing, organization: { ...nothing.organization, lastSynchronisation: null } };
      const read = await readMetrics(openMetricsOf(unread));
      if (read === null) return this.skip();
      for (const name of ["certificate_expiry_days", "support_end_days", "last_synchronisation_timestamp_seconds"]) {
        assert.deepEqual(valuesOf(read[0], name), [], name);
      }
    });
  });

  describe("iCalendar", () => {
    it("must have rotation, expiry, end of support and the last day of what is allowed, at their times in UTC", () => {
      const events = readCalendar(iCalendarOf(healthy));
      const current = healthy.servers[0].certificates.find((one) => one.current)!;
      const at = (summary: string) => events.find((one) => one.summary.startsWith(summary))?.start;
      assert.equal(at("sync01: certificate is due"), current.rotationFrom!.replace(/\.\d+/, ""));
      assert.equal(at("sync01: certificate expires"), current.notAfter.replace(/\.\d+/, ""));
      assert.equal(at("sync01: support of version"), healthy.servers[0].host!.supportEnds);
      const allowed = readCalendar(iCalendarOf(troubled)).find(({ summary }) => summary.startsWith("Old sync tool"));
      assert.equal(allowed?.start, "2026-12-31");
      assert.ok(readCalendar(iCalendarOf(troubled)).some(({ summary }) => summary.includes("password account")));
    });

    it("must have lines of 75 bytes at most that end with a carriage return and a line feed", () => {
      for (const document of [healthy, troubled, nothing]) {
        const lines = iCalendarOf(document).split("\r\n");
        assert.equal(lines.pop(), "");
        for (const line of lines) assert.ok(Buffer.byteLength(line) <= 75 && !/[\r\n]/.test(line), line);
      }
    });

    it("must move the event of a server in the next report instead of making another one", () => {
      const later = structuredClone({ ...healthy, takenAt: "2026-12-01T00:00:00Z" });
      const current = later.servers[0].certificates.find((one) => one.current)!;
      Object.assign(current, { notAfter: "2028-01-01T00:00:00Z", sha256: "0".repeat(64) });
      const [before, after] = [healthy, later].map((document) => readCalendar(iCalendarOf(document)));
      const of = (events: typeof before) => events.find(({ summary }) => summary === "sync01: certificate expires")!;
      assert.equal(of(after).uid, of(before).uid);
      assert.ok(of(after).sequence > of(before).sequence);
      assert.notEqual(of(after).start, of(before).start);
      for (const events of [before, after]) assert.equal(new Set(events.map(({ uid }) => uid)).size, events.length);
    });

    it("must have no event of a day that has passed, and remain a calendar without any event", () => {
      const over = { ...troubled, today: "2099-01-01T00:00:00Z" };
      assert.deepEqual(agendaOf(over), []);
      assert.deepEqual(readCalendar(iCalendarOf(over)), []);
    });
  });

  it("must be written beside the page under names without a time, each only if asked for", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "report-formats-"));
    try {
      const written = writeFormats(folder, ["sarif", "icalendar"], healthy, PLACE);
      assert.deepEqual(fs.readdirSync(folder).sort(), ["latest.ics", "latest.sarif"]);
      assert.deepEqual(Object.keys(written), ["sarif", "icalendar"]);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("the place of a report's findings", () => {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "report-place-"));
  after(() => fs.rmSync(work, { recursive: true, force: true }));

  it("must be the path from the repository's root, the line of each server, and the address of the commit", () => {
    const projectFolder = path.join(work, "identity", "sync");
    fs.mkdirSync(projectFolder, { recursive: true });
    fs.mkdirSync(path.join(work, ".git"));
    const configFile = path.join(projectFolder, "Pulumi.prod.yaml");
    fs.writeFileSync(
      configFile,
      'config:\n  x:servers:\n    sync01:\n      role: active\n    "sync02" :\n      role: staging\n',
    );
    const environment = { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "o/r", GITHUB_SHA: "abc" };
    assert.deepEqual(reportPlace({ projectFolder, configFile }, ["sync01", "sync02", "sync03"], environment), {
      stackFile: "identity/sync/Pulumi.prod.yaml",
      lines: { sync01: 3, sync02: 5 },
      address: "https://github.com/o/r/blob/abc/",
    });
    const elsewhere = { projectFolder, configFile: path.join(os.tmpdir(), "none.yaml") };
    assert.deepEqual(reportPlace(elsewhere, ["sync01"], {}), { stackFile: "none.yaml", lines: {}, address: null });
  });
});
