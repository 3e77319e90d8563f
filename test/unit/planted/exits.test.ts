/**
 * Texts that were planted behind the entry, straight before each exit: whatever an entry lets through, no exit does. What
 * is asked here of the functions, test/end-to-end/planted-texts.test.ts asks of the product as a whole.
 */
import assert from "node:assert/strict";
import MarkdownIt from "markdown-it";
import { parse } from "yaml";
import { findingLines, formatComment } from "../../../cli/pipeline/comment";
import { judge } from "../../../cli/pipeline/drift";
import { LONGEST_LINE } from "../../../model/text/encoders/text";
import { bounded } from "../../../cli/pipeline/markdown";
import { preformatted } from "../../../cli/pipeline/trackers";
import type { ReportDocument } from "../../../cli/report/report-document";
import { defenderOf, sentinelOf } from "../../../cli/report/formats/detections";
import { iCalendarOf } from "../../../cli/report/formats/icalendar";
import { junitOf } from "../../../cli/report/formats/junit";
import { openMetricsOf } from "../../../cli/report/formats/openmetrics";
import { sarifOf } from "../../../cli/report/formats/sarif";
import { jsonOf } from "../../../cli/report/report-files";
import { reportMarkdown } from "../../../cli/report/report-markdown";
import { reportPage } from "../../../cli/report/report-page";
import { shortMarkdown } from "../../../cli/report/report-short";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { formatBriefly, formatDiagnostic, ProblemError, type Diagnostic } from "../../../model/diagnostics/diagnostic";
import { noticesOf } from "../../../model/diagnostics/notices";
import { nextCredentialGuard, nextSyncRoleGuard } from "../../../model/guard/guard-state";
import { HostObservation } from "../../../model/protocol/host-protocol";
import { nextState } from "../../../model/server/server-state";
import { rawServer } from "../../helpers/configurations";
import * as seen from "../../helpers/observations";
import { readCalendar, readJunit, readMetrics, readSarif } from "../../helpers/format-readers";
import { readKql } from "../../helpers/kql-reader";
import { READER } from "../../helpers/remedies";
import { liveIn, PLANT, plantedFrom, plantedIn } from "../../helpers/planted-texts";
import { troubledReport } from "../cli/report-cases";
import { report as previewReport } from "../pipeline/recorded";

const FORMATTED = /^([0-9a-f]{64}|[0-9a-f-]{36}|\d{4}-\d\d-\d\d.*)$/;
const CHOICES = new Set(["Application", "ServiceAccount", "AzureADMyOrg"]);
const keep = (text: string) => FORMATTED.test(text) || CHOICES.has(text);

/** Lines as they leave: one each, of bounded length, with the plant in some of them and nothing of it alive. */
function expectHarmless(lines: readonly string[]): void {
  assert.ok(
    lines.some((line) => line.includes("task.setvariable")),
    `nothing was planted: ${lines.join("\n")}`,
  );
  for (const line of lines) {
    assert.deepEqual(liveIn(line), []);
    assert.ok(!line.includes("\n") && line.length <= LONGEST_LINE, line);
  }
}

describe("planted texts in the lines of a run", () => {
  const problem: Diagnostic = {
    ...seen.problem(),
    ...{
      property: PLANT,
      actual: PLANT,
      expected: PLANT,
      remedy: [PLANT, { kind: "own", command: "doctor", args: [PLANT] }],
    },
  };
  const line = (diagnostic: Diagnostic) => formatDiagnostic(diagnostic, READER);

  it("must be harmless in a problem, in short as well, and in the error that carries it", () => {
    expectHarmless([line(problem), formatBriefly(problem, 300)]);
    assert.deepEqual(liveIn(new ProblemError([problem]).message), []);
  });

  it("must be harmless in a finding, a notice, and a finding of the guard", () => {
    expectHarmless((["finding", "notice"] as const).map((severity) => line({ ...problem, severity })));
  });

  it("must be harmless in what state keeps of a server", async () => {
    const { facts, application } = await seen.healthy();
    const planted = plantedFrom(HostObservation, facts);
    planted.connector.certificateSha256 = seen.OTHER_SHA256;
    const inputs = seen.serverInputs(seen.observation(planted, application));
    const { findings, problem } = nextState(undefined, inputs);
    const old = nextState(undefined, seen.serverInputs(seen.observation(facts, application)));
    expectHarmless([...nextState(old, inputs).findings, ...findings, problem, nextState(old, inputs).problem]);
    const reference = { identity: seen.IDENTITY, generation: 1, adoptedSha256: "" };
    const roles = plantedIn(seen.tenantRoles(), keep);
    const { certificate } = inputs;
    expectHarmless(
      noticesOf({
        ...{ server: "sync01", passwordWriteback: false, serviceAccount: "sync@contoso.com" },
        ...{ facts: planted, reference, policy: certificate, roles, fleet: [] },
      }).map(line),
    );
  });

  it("must be harmless in what state keeps of the guards", async () => {
    const { facts, application } = await seen.healthy();
    const id = "12345678-2222-4333-8444-555555555555";
    const secret = { keyId: id, displayName: "backup", startDateTime: null, endDateTime: null };
    const key = { keyId: id, sha256: null, subject: "subject", startDateTime: "", endDateTime: "" };
    Object.assign(application, { secrets: [secret], keys: [key], lock: false, signInAudience: "All" });
    application.federatedCredentials = [{ id, name: "name", issuer: "https://issuer", subject: "repo" }];
    application.owners.push({ id, name: "owner" });
    Object.assign(application.principal!, { keys: [key], secrets: [secret], delegatedScopes: [`${id} scope`] });
    application.principal!.appRoles.push({ id, appRoleId: id, resourceId: id, resourceName: "resource" });
    const entry = { at: "2026-10-01T12:00:00Z", activity: "Update application", by: "mallory", before: "", after: id };
    const audit = [{ ...entry, targets: [application.objectId, id] }];
    const view = { application, host: { certificates: [facts.certificates[0].sha256] }, fleet: [], audit };
    const planted = plantedIn(view, keep);
    const declared = { owners: [], principalOwners: [], roles: [], keys: [], renamedFrom: null };
    const base = { ...seen.IDENTITY, application: application.objectId, policy: "report" as const, run: "1" };
    const { findings } = nextCredentialGuard(undefined, { ...base, ...declared, view: planted });
    assert.ok(findings.length > 8, findings.join("\n"));
    expectHarmless(findings);
    const roles = plantedIn(
      seen.tenantRoles({ directoryRoles: [{ id, name: "user", assignmentId: "1", role: "role" }] }),
      keep,
    );
    const tenant = { roles, problem: "", fleet: [], today: "2026-10-01", allowed: [], audit: plantedIn(audit, keep) };
    const guard = nextSyncRoleGuard(undefined, { stack: "dev", principals: [], view: tenant, run: "1" });
    assert.equal(guard.findings.length, 2);
    expectHarmless(guard.findings);
  });
});

describe("planted texts in a configuration", () => {
  const server = (changes: object) => ({
    servers: { sync01: { ...rawServer("sync01", { role: "active" }), ...changes } },
  });
  const free = {
    applicationName: (text: string) => server({ applicationName: text }),
    serviceAccount: (text: string) => server({ serviceAccount: text }),
    rotate: (text: string) => server({ rotate: text }),
    "certificate.keyProvider": (text: string) => server({ certificate: { keyProvider: text, allowSoftwareKey: true } }),
    "allowedRoleHolders.0.reason": (text: string) => ({
      ...server({}),
      allowedRoleHolders: [{ id: seen.APP_ID, reason: text, expires: "2027-01-01" }],
    }),
  };
  for (const [property, configure] of Object.entries(free)) {
    it(`must be refused in ${property}, without being repeated alive`, () => {
      assert.deepEqual(checkConfiguration(configure("Ordinary text, C#"), {}).problems, []);
      for (const text of ["a ##vso[b]c", "##[group]", "::error::x", "a\u202eb", "a\u200bb", "a\u001b[31m"]) {
        const { problems } = checkConfiguration(configure(text), {});
        assert.deepEqual(
          problems.map((problem) => problem.property),
          [property],
          text,
        );
        assert.deepEqual(
          problems.flatMap((problem) => liveIn(formatDiagnostic(problem, READER))),
          [],
        );
      }
    });
  }

  it("must be harmless in the names of servers and keys that are refused", () => {
    const { problems } = checkConfiguration(
      { servers: { [PLANT]: { [PLANT]: PLANT, role: PLANT } }, [PLANT]: PLANT },
      {},
    );
    assert.ok(problems.length > 2);
    expectHarmless(problems.map((problem) => formatDiagnostic(problem, READER)));
  });
});

/** What Markdown holds beside text: as GitHub reads it, with HTML and bare links. */
function markupOf(markdown: string): string[] {
  const tokens = new MarkdownIt({ html: true, linkify: true }).parse(markdown, {});
  return tokens.flatMap(({ type, content, children }) => {
    const inner = (children ?? []).map((child) => `${child.type} ${child.type === "html_inline" ? child.content : ""}`);
    return type === "html_block" ? [`html_block ${content.trim().slice(0, 12)}`] : [type, ...inner];
  });
}

/** The text outside of code. */
const proseOf = (markdown: string) =>
  new MarkdownIt()
    .parse(markdown, {})
    .flatMap(({ children }) => (children ?? []).flatMap(({ type, content }) => (type === "text" ? [content] : [])))
    .join("\n");

function expectPlain(markdown: string): void {
  assert.match(markdown, /task\.setvariable/);
  assert.deepEqual(liveIn(markdown), []);
  const markup = markupOf(markdown);
  for (const kind of ["link_open", "image", "html_inline <script>"]) {
    assert.deepEqual(
      markup.filter((found) => found.startsWith(kind)),
      [],
      kind,
    );
  }
  assert.deepEqual(
    markup.filter((found) => /^html_block (?!<!--|<details|<\/details|<summary)/.test(found)),
    [],
  );
  assert.doesNotMatch(proseOf(markdown), /@mention|evil\.example|setvariable|Remove-Item|\$\(id\)/);
}

describe("planted texts in the report", () => {
  let document: ReportDocument;
  let ordinary: ReportDocument;
  before(async () => {
    ordinary = await troubledReport();
    const steps = new Set(["server", "connector", "certificate", "key", "application", "roles"]);
    const fixed =
      /^(status|role|kind|state|then|step|code|cloud|stack|sentence|stateWords|meaning|id|href|element|purpose)$/;
    document = plantedIn(ordinary, (text, name) => keep(text) || fixed.test(name) || steps.has(text));
    // What is said of controls is this project's own; why something was not read has names of servers.
    const { sources, unread, entries } = ordinary.controls;
    document.controls = {
      sources,
      unread: document.controls.unread.map((one, index) => ({ ...unread[index], why: one.why })),
      entries: document.controls.entries.map(({ reasons }, index) => ({ ...entries[index], reasons })),
    };
  });

  it("must be harmless in Markdown, in short as well", () => {
    expectPlain(reportMarkdown(document));
    expectPlain(shortMarkdown(document));
  });

  it("must be no markup of the page", () => {
    const tags = (page: string) => [...new Set([...page.matchAll(/<\/?[a-z][a-z0-9-]*/gi)].map(([tag]) => tag))].sort();
    const page = reportPage(document);
    assert.match(page, /task\.setvariable/);
    assert.deepEqual(liveIn(page), []);
    assert.deepEqual(tags(page), tags(reportPage(ordinary)));
    assert.doesNotMatch(page, /href="(?!#)/);
  });

  it("must be text in SARIF, without a link or an argument of a message", () => {
    const text = sarifOf(document, { stackFile: "Pulumi.dev.yaml", lines: {}, address: null });
    const [{ results }] = readSarif(text).runs;
    assert.match(text, /task\.setvariable/);
    assert.deepEqual(liveIn(text), []);
    assert.equal(results.length, ordinary.findings.length + ordinary.notices.length);
    for (const { message } of results) assert.doesNotMatch(message.text, /(?<!\\)[[\]]|(?<!\{)\{\d+\}/);
  });

  it("must be text in the rule for Sentinel and the query for Defender", () => {
    for (const make of [(of: ReportDocument) => (parse(sentinelOf(of)) as { query: string }).query, defenderOf]) {
      const query = make(document);
      assert.match(query, /task\.setvariable/);
      assert.deepEqual(liveIn(query), []);
      assert.deepEqual(readKql(query).problems, []);
      assert.equal(query.split("\n").length, make(ordinary).split("\n").length);
    }
  });

  it("must be no markup of JUnit, and make no test and no suite", async function () {
    this.timeout(150_000);
    const tags = (text: string) => [...new Set([...text.matchAll(/<\/?[a-z-]+/g)].map(([tag]) => tag))].sort();
    const text = junitOf(document);
    assert.match(text, /task\.setvariable/);
    assert.deepEqual(liveIn(text), []);
    assert.deepEqual(tags(text), tags(junitOf(ordinary)));
    const suites = await readJunit(text);
    if (suites === null) return this.skip();
    assert.equal(suites.length, document.servers.length + 1);
  });

  it("must make no sample of OpenMetrics", async function () {
    this.timeout(150_000);
    const text = openMetricsOf({ ...document, stack: PLANT });
    assert.match(text, /task\.setvariable/);
    assert.deepEqual(liveIn(text), []);
    const [planted, before] = [await readMetrics(text), await readMetrics(openMetricsOf(ordinary))];
    if (planted === null || before === null) return this.skip();
    const names = (samples: { name: string }[]) => samples.map(({ name }) => name).sort();
    assert.deepEqual(names(planted[0]), names(before[0]));
    assert.deepEqual(planted[1], planted[0]);
  });

  it("must make no event and no property of a calendar", () => {
    const properties = (text: string) =>
      [...text.replaceAll("\r\n ", "").matchAll(/^[A-Z-]+(?=[:;])/gm)].map(([name]) => name).join(" ");
    const text = iCalendarOf(document);
    assert.match(text.replaceAll("\r\n ", ""), /task\.setvariable/);
    assert.deepEqual(liveIn(text.replaceAll("\r\n", "\n")), []);
    assert.equal(properties(text), properties(iCalendarOf(ordinary)));
    assert.equal(readCalendar(text).length, readCalendar(iCalendarOf(ordinary)).length);
  });

  it("must be the same values in JSON, and nothing that a log would obey", () => {
    const text = jsonOf(document);
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(document)));
    assert.deepEqual(liveIn(text), []);
  });
});

describe("planted texts in comment and issue", () => {
  const planted = () =>
    previewReport("intrusion", (preview) => {
      for (const diagnostic of preview.output.diagnostics) {
        diagnostic.message = diagnostic.message.replace(
          /\bfound (\S+)/,
          (_all, word: string) => `found ${word} ${PLANT}`,
        );
      }
    });

  it("must be harmless in the comment, also where it is too long", () => {
    const report = planted();
    expectPlain(formatComment(report, { stack: "dev", commit: PLANT, run: `https://x/${PLANT}` }));
  });

  it("must be harmless where a single section is too long", () => {
    const lines = findingLines({ code: PLANT, expected: PLANT, actual: PLANT, remedy: PLANT }).join("\n");
    for (let limit = 400; limit < 400 + lines.length; limit += 7) {
      const text = bounded([`x task.setvariable\n${lines}\n${lines}\n${lines}`], limit);
      assert.ok(text.length <= limit, `${text.length} of ${limit}`);
      expectPlain(text.replace(/^x task.setvariable/, "x `task.setvariable`"));
    }
  });

  it("must be harmless in the comment where the report beside it is cut", () => {
    const line = "- `<script>alert(1)</script> @mention https://evil.example/x task.setvariable`\n";
    for (let shift = 0; shift < line.length; shift += 3) {
      const report = `${"x".repeat(shift)}\n\n${line.repeat(400)}`;
      expectPlain(formatComment(planted(), { stack: "dev", report }));
    }
  });

  it("must be harmless in the issue, its title and what Azure DevOps shows of it", () => {
    const alarm = judge(planted(), "dev");
    expectPlain(alarm.body);
    assert.deepEqual(liveIn(alarm.title), []);
    assert.doesNotMatch(preformatted(alarm.body).replace(/^<pre>|<\/pre>$/g, ""), /[<>"'`]/);
  });
});
