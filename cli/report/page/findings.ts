/** Findings with their remedies, notices, and what changed since the last report. */
import { TENANT } from "../../../model/diagnostics/diagnostic";
import { CHANGES } from "../report-changes";
import type { ReportChange, ReportDocument, ReportFinding } from "../report-document";
import { dayOf, momentOf, NO_CHANGES, noFindings, THEN_WORDS } from "../report-words";
import { foreign, html, mono, type Html } from "./html";
import { icon } from "./icons";
import { badge } from "./build-parts";

const TONE = { heals: "warn", removes: "warn", person: "bad", stops: "bad" } as const;
const ICON = { heals: "waiting", removes: "waiting", person: "finding", stops: "finding" } as const;

function finding(report: ReportDocument, one: ReportFinding, id: string): Html {
  const { code, meaning, expected, actual, remedy, then, since } = one;
  const fresh = report.changes !== null && since === report.takenAt;
  return html`<li class="finding ${TONE[then]}" id="${id}">
    <div class="finding-head">
      <h4>${meaning}</h4>
      ${badge(TONE[then], ICON[then], THEN_WORDS[then])}
    </div>
    <p class="finding-code">
      ${mono(code)}
      <span class="dot" aria-hidden="true">·</span>
      ${fresh ? "new since the last report" : html`reported since <time datetime="${since}">${dayOf(since)}</time>`}
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
  const entries = notices.map(
    ({ server, code, text, remedy }) =>
      html`<li>
        <p><strong>${foreign(server)}</strong> ${foreign(text)}</p>
        <p class="finding-code">${mono(code)}${remedy !== "" && html` ${foreign(remedy)}`}</p>
      </li> `,
  );
  return html`<section id="findings" aria-labelledby="findings-title">
    <h2 id="findings-title">Findings</h2>
    ${findings.length === 0 ? html`<p class="empty">${icon("ok")}${noFindings(report)}</p>` : groups}
    ${
      notices.length > 0 &&
      html`<h3>Notices <small>no difference from the declaration</small></h3>
        <ul class="notices">
          ${entries}
        </ul>`
    }
  </section>`;
}

function change({ kind, subject, before, after }: ReportChange): Html {
  const was = before !== null && html`<span class="was">${foreign(before)}</span>`;
  const is = after !== null && html`<span>${foreign(after)}</span>`;
  const arrow = before !== null && after !== null && html`<span class="to">became</span>`;
  const what = CHANGES[kind as keyof typeof CHANGES];
  return html`<li>
    <p class="change-what">${what}</p>
    <p class="change-where">${subjectName(subject)}</p>
    <p class="change-how">${was} ${arrow} ${is}</p>
  </li> `;
}

export function changesSection({ changes }: ReportDocument): Html {
  const nothing = changes ? NO_CHANGES : "There is no earlier report of this stack to compare with.";
  const entries = changes?.entries ?? [];
  return html`<section id="changes" aria-labelledby="changes-title">
    <h2 id="changes-title">
      What
      changed${
        changes &&
        html` <small>since the report of <time datetime="${changes.since}">${momentOf(changes.since)}</time></small>`
      }
    </h2>
    ${
      entries.length === 0
        ? html`<p class="empty">${icon(changes ? "ok" : "none")}${nothing}</p>`
        : html`<ul class="changes">
            ${entries.map(change)}
          </ul>`
    }
  </section>`;
}
