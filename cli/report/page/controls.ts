/** What the report shows of published controls: a table for each source. */
import type { ControlState } from "../../../model/controls/control-state";
import type { ReportControl } from "../controls/controls-document";
import {
  codeOfId,
  codesOf,
  controlCounts,
  CONTROLS_LEAD,
  CONTROL_WORDS,
  reasonsOf,
  UNREAD_LEAD,
} from "../controls/controls-words";
import type { ReportDocument } from "../report-document";
import { badge, table } from "./build-parts";
import { findingIds } from "./findings";
import { foreign, html, mono, type Html } from "./html";
import type { Icon } from "./icons";

const TONE: Record<ControlState, [tone: "good" | "bad" | "mute", name: Icon]> = {
  met: ["good", "ok"],
  findings: ["bad", "finding"],
  "not-shown": ["mute", "unknown"],
};

/** The codes that make it a finding, each once, leading to the first of its findings. */
function evidenceOf(report: ReportDocument, { evidence }: ReportControl): Html[] {
  const ids = findingIds(report);
  return codesOf(report, evidence).map((code) => {
    const id = evidence.find((one) => codeOfId(report, one) === code && ids.has(one));
    return id === undefined
      ? html`<li>${mono(code)}</li>`
      : html`<li><a href="#${ids.get(id)!}">${mono(code)}</a></li>`;
  });
}

function stateOf(report: ReportDocument, entry: ReportControl): Html {
  const { state, notices } = entry;
  const items = [
    ...evidenceOf(report, entry),
    ...reasonsOf(entry).map((reason) => html`<li>${foreign(reason)}</li>`),
    ...codesOf(report, notices).map((code) => html`<li>notice ${mono(code)}</li>`),
  ];
  return html`${badge(...TONE[state], CONTROL_WORDS[state])}${
    items.length > 0 &&
    html`<ul class="plain">
      ${items}
    </ul>`
  }`;
}

export function controlsSection(report: ReportDocument): Html | null {
  const { sources, unread, entries } = report.controls;
  if (entries.length === 0) return null;
  const parts = sources.map(({ id, name, title, version, address }) => {
    const rows = entries
      .filter(({ source }) => source === id)
      .map((entry) => [
        html`<span class="control-id">${entry.id}</span><br />${entry.title}`,
        stateOf(report, entry),
        entry.shows,
        entry.notShown,
      ]);
    return html`<h3>${title} <small>${version}</small></h3>
      <p class="source">${mono(address)}</p>
      ${table(`controls-${id}`, `Evidence for ${name}`, ["Control", "State here", "Shown here", "Not shown here"], rows)}`;
  });
  return html`<section id="controls" aria-labelledby="controls-title">
    <h2 id="controls-title">Controls</h2>
    <p class="lead">${CONTROLS_LEAD} ${entries.length} controls: ${controlCounts(report)}.</p>
    ${
      unread.length > 0 &&
      html`<p>${UNREAD_LEAD}</p>
        <ul class="plain unread">
          ${unread.map(({ what, why }) => html`<li>${what}: ${foreign(why)}</li>`)}
        </ul>`
    }
    ${parts}
  </section>`;
}
