/** docs/report.md against the code: kinds of changes with their words, states, and every property of the JSON. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { CHANGES } from "../../../cli/report/report-changes";
import { certificateWords } from "../../../cli/report/certificate-words";
import { CERTIFICATE_STATES, ReportDocument, SERVER_STATUS } from "../../../cli/report/report-document";
import { SHORT_LINES } from "../../../cli/report/report-short";
import { troubledReport } from "../cli/report-cases";

const DOCUMENT = fs.readFileSync(path.resolve(__dirname, "../../../docs/report.md"), "utf8");

/** Rows of the tables of a section, cell by cell. */
function rows(title: string): string[][] {
  const section = DOCUMENT.split(/^## /m).find((text) => text.startsWith(`${title}\n`));
  assert.ok(section, title);
  const lines = section.split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((text) => text.trim().replace(/^`([^`]*)`$/, "$1")),
  );
}

describe("docs/report.md", () => {
  it("docs/report.md must have a row for each kind of change, in the report's own words", () => {
    const documented = Object.fromEntries(rows("What changed").filter(([kind]) => kind !== "kind"));
    assert.deepEqual(documented, CHANGES);
  });

  it("docs/report.md must have a row for each state of a server", () => {
    const documented = rows("What it shows").map(([status]) => status);
    assert.deepEqual(documented.filter((status) => status !== "status").sort(), [...SERVER_STATUS].sort());
  });

  it("docs/report.md must have a row for each state of a certificate, with its words", () => {
    const documented = rows("Certificates").filter(([state]) => state !== "state");
    assert.deepEqual(
      documented.map(([state]) => state),
      CERTIFICATE_STATES,
    );
    const seen = { current: true, generation: null, onServer: true, onApplication: null };
    for (const [state, words] of documented as [(typeof CERTIFICATE_STATES)[number], string][]) {
      for (const inUse of [true, false]) {
        const said = certificateWords({ ...seen, state, inUse });
        assert.ok(words.split(", ").includes(said), `${state}: ${said}`);
      }
    }
  });

  it("docs/report.md must have a row for each property of the JSON, and name those of its lists", async () => {
    const documented = rows("JSON");
    assert.deepEqual(
      documented.map(([property]) => property),
      Object.keys(ReportDocument.shape),
    );
    const text = Object.fromEntries(documented.map(([property, words]) => [property, words]));
    const { servers, findings, notices, tenant } = await troubledReport();
    const parts = { servers: servers[0], findings: findings[0], notices: notices[0], tenant } as const;
    for (const [property, value] of Object.entries(parts)) {
      for (const name of Object.keys(value)) assert.ok(text[property].includes(`\`${name}\``), `${property}.${name}`);
    }
    for (const name of Object.keys(tenant.holders[0])) assert.ok(text.tenant.includes(`\`${name}\``), name);
  });

  it("docs/report.md must state the limit of the short form", () => {
    assert.match(DOCUMENT, new RegExp(`at most ${SHORT_LINES} lines`));
  });
});
