/** Words for what a report shows of controls, for page and Markdown alike. Pure. */
import type { ControlState } from "../../../model/controls/control-state";
import type { ReportControl } from "./controls-document";
import type { ReportDocument } from "../report-document";

export const CONTROL_WORDS: Record<ControlState, string> = {
  met: "Met here",
  findings: "Findings",
  "not-shown": "Not shown here",
};

export const CONTROLS_LEAD =
  "Which evidence this report gives on published controls. “Met here” means that everything that the control needs of this report was read, and that nothing was found. It is no statement that an organisation complies.";

/** `12 met here, 2 with findings, 9 not shown here`. */
export function controlCounts({ controls }: Pick<ReportDocument, "controls">): string {
  const of = (state: ControlState) => controls.entries.filter((entry) => entry.state === state).length;
  return `${of("met")} met here, ${of("findings")} with findings, ${of("not-shown")} not shown here`;
}

/** The code of a finding or notice, by its id. */
export function codeOfId({ findings, notices }: Pick<ReportDocument, "findings" | "notices">, id: string): string {
  return [...findings, ...notices].find((entry) => entry.id === id)?.code ?? id;
}

/** Codes of several, each once. */
export const codesOf = (report: Pick<ReportDocument, "findings" | "notices">, ids: readonly string[]): string[] => [
  ...new Set(ids.map((id) => codeOfId(report, id))),
];

/** Why a control is in its state, beside findings and notices: one line each. */
export const reasonsOf = ({ unread, reasons }: Pick<ReportControl, "unread" | "reasons">): string[] => [
  ...(unread.length > 0 ? [`not read in full: ${unread.join(", ").replaceAll("-", " ")}`] : []),
  ...reasons,
];

/** Of the list of what was not read. */
export const UNREAD_LEAD = "Controls that need what was not read in full are not shown as met:";
