/** Which evidence a report gives on published controls: from what it found and read, and the same in each of its forms. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { assessControl } from "../../../model/controls/control-state";
import { CONTROLS } from "../../../model/controls/controls";
import { diagnose } from "../../../model/diagnostics/diagnostic";
import { reportControls } from "../../../cli/report/controls/report-controls";
import { ReportDocument } from "../../../cli/report/report-document";
import { reportMarkdown } from "../../../cli/report/report-markdown";
import { reportPage } from "../../../cli/report/report-page";
import { controlsPage, CONTROLS_PAGE } from "../../../tools/controls-docs";
import { healthyReport, troubledReport } from "./report-cases";
import { applicationOf, forget, report, reportFacts, unobserve } from "./report-facts";

const stateOf = ({ controls }: ReportDocument, id: string) => controls.entries.find((entry) => entry.id === id)!.state;
const inState = ({ controls }: ReportDocument, state: string) =>
  controls.entries.filter((entry) => entry.state === state).map(({ id }) => id);

describe("controls in a report", () => {
  it("a healthy first report must show all as met but what it reads too little of, and what needs an earlier one", async () => {
    const first = await healthyReport();
    assert.deepEqual(inState(first, "findings"), []);
    assert.deepEqual(inState(first, "not-shown"), ["MS.AAD.4.1v1", "AU-6", "CA-7"]);
    const second = report(await reportFacts(2), first);
    assert.deepEqual(inState(second, "not-shown"), ["MS.AAD.4.1v1", "AU-6"]);
    assert.equal(second.controls.entries.length, CONTROLS.length);
  });

  it("a server that was not observed must leave nothing met that needs the servers", async () => {
    const facts = await reportFacts(2);
    unobserve(
      facts,
      2,
      diagnose("HOST_UNREACHABLE", "sync02", { host: "sync02.contoso.com", port: 22, reason: "x" } as never),
    );
    const document = report(facts);
    const needs = CONTROLS.filter(({ reads }) => reads.includes("servers")).map(({ id }) => id);
    assert.ok(needs.length > 10);
    for (const id of needs) assert.notEqual(stateOf(document, id), "met", id);
    const entry = document.controls.entries.find(({ id }) => id === "SI-7")!;
    assert.deepEqual(entry.unread, ["servers"]);
    assert.deepEqual(document.controls.unread[0], {
      name: "servers",
      ...{ what: "every declared server, over SSH, with every fact", why: "sync02: not observed" },
    });
    assert.equal(stateOf(document, "AC-6(7)"), "met", "it needs the tenant only");
  });

  it("what could not be read of the tenant must leave nothing met that needs it", async () => {
    const facts = await reportFacts(1);
    facts.roles.roles!.directoryRoles = null;
    applicationOf(facts).principal!.delegatedScopes = null as never;
    const document = report(facts);
    for (const id of ["AC-2", "AC-6", "AC-6(7)", "SI-4", "PA-4", "PA-7"])
      assert.equal(stateOf(document, id), "not-shown", id);
    assert.equal(stateOf(document, "MS.AAD.5.5v1"), "met");
  });

  it("a server that is not set up, readers of a key that were not read and a changed declaration must be no evidence", async () => {
    const planned = forget(await reportFacts(1), 1);
    planned.servers.sync01.observation.tenant = { application: null, problem: null };
    assert.equal(stateOf(report(planned), "MS.AAD.5.5v1"), "not-shown");
    const facts = await reportFacts(1);
    Object.assign(facts, { declaration: { commit: "a".repeat(40), modified: true } });
    const document = report(facts);
    assert.equal(stateOf(document, "CM-2"), "not-shown");
    const [server] = document.servers;
    const certificates = server.certificates.map((one) => ({ ...one, key: { ...one.key!, readers: null } }));
    const { entries } = reportControls({ ...document, servers: [{ ...server, certificates }] });
    assert.equal(entries.find(({ id }) => id === "IA-5(6)")!.state, "not-shown");
  });

  it("a secret, and a certificate in use that is valid for two years, must be findings of their controls", async () => {
    const facts = await reportFacts(1);
    applicationOf(facts).secrets.push({ keyId: "s", displayName: "s", startDateTime: null, endDateTime: null });
    const document = report(facts);
    const entry = document.controls.entries.find(({ id }) => id === "MS.AAD.5.5v1")!;
    assert.equal(entry.state, "findings");
    assert.deepEqual(
      entry.evidence,
      document.findings.filter(({ code }) => code === "secret-foreign").map(({ id }) => id),
    );
    for (const id of ["IA-5", "SI-4", "IM-3", "CM-3"]) assert.equal(stateOf(document, id), "findings", id);
    assert.equal(stateOf(document, "SI-7"), "met");
    const [server] = document.servers;
    const long = server.certificates.map((one) => ({ ...one, notAfter: `2028${one.notBefore.slice(4)}` }));
    const { entries } = reportControls({ ...document, servers: [{ ...server, certificates: long }] });
    assert.deepEqual(
      entries.filter(({ reasons }) => /valid for \d+ days, more than 365$/.test(reasons.join())).map(({ id }) => id),
      ["MS.AAD.5.7v1"],
    );
    assert.equal(entries.find(({ id }) => id === "MS.AAD.5.7v1")!.state, "findings");
  });

  it("each state must be the one that the table gives for what the report itself holds", async () => {
    const document = await troubledReport();
    const { findings, notices } = document;
    for (const entry of document.controls.entries) {
      const control = CONTROLS.find(({ id }) => id === entry.id)!;
      const bare = assessControl(control, { findings, notices, unread: new Map(), lifetimes: [] });
      assert.deepEqual(entry.evidence, bare.evidence, entry.id);
      assert.equal(
        entry.state === "findings",
        entry.evidence.length > 0 || /valid for/.test(entry.reasons.join()),
        entry.id,
      );
    }
    assert.ok(inState(document, "findings").length > 5);
  });

  it("page, Markdown and JSON must name every control with its state, and say that it is no statement of compliance", async () => {
    for (const document of [await healthyReport(), await troubledReport()]) {
      const [page, markdown] = [reportPage(document), reportMarkdown(document)];
      for (const text of [page, markdown]) assert.match(text, /It is no statement that an organisation complies\./);
      for (const { id, title } of document.controls.entries) {
        assert.ok(page.includes(`<span class="control-id">${id}</span>`), id);
        assert.ok(markdown.includes(`| ${id} ${title} |`), id);
      }
      for (const { title, version } of document.controls.sources) {
        assert.ok(markdown.includes(title) && markdown.includes(version), title);
      }
      assert.deepEqual(ReportDocument.parse(JSON.parse(JSON.stringify(document))), document);
    }
  });

  it("an older report must still load, and be shown without the section", async () => {
    const { controls: _, ...older } = await healthyReport();
    const before = ReportDocument.parse(older);
    assert.deepEqual(before.controls, { sources: [], unread: [], entries: [] });
    assert.ok(!reportPage(before).includes('id="controls"') && !reportPage(before).includes('href="#controls"'));
    assert.ok(!reportMarkdown(before).includes("## Controls"));
  });

  it("docs/controls.md must be made anew when the table changes", async () => {
    const written = fs.readFileSync(CONTROLS_PAGE, "utf8");
    assert.equal(written, await controlsPage(), 'the page is stale: run "npm run diagnostics-docs"');
    for (const { id, title } of CONTROLS) assert.ok(written.includes(`### ${id}: ${title}\n`), id);
  });
});
