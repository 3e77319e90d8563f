/** Findings with their remedies, notices, and what changed since the last report. */
import { TENANT } from "../../../model/guard-memory";
import { CHANGES } from "../report-changes";
import type { ReportDocument, ReportFinding } from "../report-document";
import { dayOf, momentOf, THEN_WORDS } from "../report-words";
import { foreign, html, mono, type Html } from "./html";
import { icon } from "./icons";
import { badge, table } from "./parts";

const TONE = { heals: "warn", removes: "warn", person: "bad", stops: "bad" } as const;
const ICON = { heals: "waiting", removes: "waiting", person: "finding", stops: "finding" } as const;

function finding(report: ReportDocument, one: ReportFinding, id: string): Html {
  const { code, meaning, expected, actual, remedy, then, since } = one;
  const fresh = since === report.takenAt;
  return html`<li class="finding ${TONE[then]}" id="${id}">
    <div class="finding-head">
      <h4>${meaning}</h4>
      ${badge(TONE[then], ICON[then], THEN_WORDS[then])}
    </div>
    <p class="finding-code">
      ${mono(code)}
      <span class="dot" aria-hidden="true">·</span>
      ${fresh ? "new in this report" : html`reported since <time datetime="${since}">${dayOf(since)}</time>`}
    </p>
    <dl class="pair">
      <div>
        <dt>Expected</dt>
        <dd>${foreign(expected)}</dd>
      </div>
      <div>
        <dt>Found</dt>
        <dd>${foreign(actual)}</dd>
      </div>
    </dl>
    ${remedy !== "" && html`<p class="remedy"><strong>What helps</strong> ${foreign(remedy)}</p>`}
  </li> `;
}

const subjectName = (subject: string) => (subject === TENANT ? html`The tenant` : foreign(subject));

/** Ids of findings on the page, by the finding. */
export function findingIds({ findings }: ReportDocument): Map<string, string> {
  return new Map(findings.map(({ id }, index) => [id, `finding-${index + 1}`]));
}

export function findingsSection(report: ReportDocument): Html {
  const { findings, notices } = report;
  const ids = findingIds(report);
  const subjects = [...new Set(findings.map(({ subject }) => subject))];
  const groups = subjects.map((subject) => {
    const own = findings.filter((one) => one.subject === subject);
    return html`<h3>
        ${subjectName(subject)} <small>${own.length} ${own.length === 1 ? "finding" : "findings"}</small>
      </h3>
      <ul class="findings">
        ${own.map((one) => finding(report, one, ids.get(one.id)!))}
      </ul> `;
  });
  const told = notices.map(
    ({ server, code, text, remedy }) =>
      html`<li>
        <p><strong>${foreign(server)}</strong> ${foreign(text)}</p>
        <p class="finding-code">${mono(code)}${remedy !== "" && html` ${foreign(remedy)}`}</p>
      </li> `,
  );
  return html`<section id="findings" aria-labelledby="findings-title">
    <h2 id="findings-title">Findings</h2>
    ${findings.length === 0 ? html`<p class="empty">${icon("ok")}Nothing differs from the declaration.</p>` : groups}
    ${
      notices.length > 0 &&
      html`<h3>Notices <small>worth knowing, no difference from the declaration</small></h3>
        <ul class="notices">
          ${told}
        </ul>`
    }
  </section>`;
}

export function changesSection({ changes }: ReportDocument): Html {
  const rows = (changes?.entries ?? []).map(({ kind, subject, before, after }) => [
    CHANGES[kind as keyof typeof CHANGES],
    subjectName(subject),
    before === null ? "" : foreign(before),
    after === null ? "" : foreign(after),
  ]);
  const nothing = changes ? "Nothing changed." : "There is no earlier report of this stack to compare with.";
  return html`<section id="changes" aria-labelledby="changes-title">
    <h2 id="changes-title">
      What
      changed${changes && html` <small>since the report of <time datetime="${changes.since}">${momentOf(changes.since)}</time></small>`}
    </h2>
    ${rows.length === 0 ? html`<p class="empty">${icon(changes ? "ok" : "none")}${nothing}</p>` : table("changes-table", "Changes since the last report", ["What", "Where", "Before", "After"], rows)}
  </section>`;
}
