/** The page of controls, made from their registry; `npm run diagnostics-docs` writes it. */
import * as path from "node:path";
import * as prettier from "prettier";
import { READINGS, SOURCES, type Control, type Reading, type SourceId } from "../model/controls/control";
import { CONTROLS } from "../model/controls/controls";
import { RULE_CONTROLS } from "../model/controls/rule-controls";
import { UNMAPPED } from "../model/controls/unmapped";

export const CONTROLS_PAGE = path.join(__dirname, "..", "docs", "controls.md");

const coded = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");
const linked = (code: string) => `[\`${code}\`](diagnostics.md#${code.toLowerCase()})`;
const anchored = (codes: readonly string[]) => (codes.length === 0 ? "none" : codes.map(linked).join(", "));

function entry(control: Control): string[] {
  const {
    id,
    title,
    address,
    shows,
    notShown,
    confidence,
    reads,
    codes,
    notices = [],
    longestDays,
    findingsOnly,
  } = control;
  const rules = Object.keys(RULE_CONTROLS).filter((rule) => RULE_CONTROLS[rule].includes(id));
  return [
    `### ${id}: ${title}`,
    "",
    ...(address === undefined ? [] : [`<${address}>`, ""]),
    `- Shown: ${shows}`,
    `- Not shown: ${notShown}`,
    `- Confidence of the mapping: ${confidence}`,
    `- Needs: ${reads.length === 0 ? "nothing that a report reads" : reads.map((one: Reading) => READINGS[one]).join("; ")}`,
    `- Findings: ${anchored(codes)}`,
    ...(longestDays === undefined
      ? []
      : [`- Also a finding here: a certificate in use that is valid for more than ${longestDays} days`]),
    ...(notices.length === 0 ? [] : [`- Notices to be read with it: ${anchored(notices)}`]),
    ...(rules.length === 0
      ? []
      : [`- Enforced before a change by rules of the [policy pack](policy.md): ${coded(rules)}`]),
    ...(findingsOnly ? ["- Never shown as met: what a report reads is too little for that"] : []),
    "",
  ];
}

function sourcePart(id: SourceId): string[] {
  const { title, version, address } = SOURCES[id];
  const own = CONTROLS.filter(({ source }) => source === id);
  return [`## ${title}`, "", `${version}: <${address}>`, "", ...own.flatMap(entry)];
}

function unmappedPart(): string[] {
  const reasons = [...new Set(Object.values(UNMAPPED))];
  const rows = reasons.map((reason) => {
    const codes = Object.entries(UNMAPPED).flatMap(([code, why]) => (why === reason ? [code] : []));
    return `- ${reason.replace(/^./, (letter) => letter.toUpperCase())}: ${anchored(codes)}`;
  });
  return ["## Codes that are evidence for no control", "", ...rows, ""];
}

/** The page's text. */
export function controlsPage(): Promise<string> {
  const sources = [...new Set(CONTROLS.map(({ source }) => source))];
  const lines = [
    "# Controls",
    "",
    "Which evidence a [report](report.md) gives on published controls. `npm run diagnostics-docs` writes this page from",
    "`model/controls`. It is no statement that an organisation complies with a control, and no advice on which ones apply.",
    "",
    "| state in a report    |                                                                                          |",
    "| -------------------- | ---------------------------------------------------------------------------------------- |",
    "| Met here | everything that the control needs here was read, and none of its findings is there       |",
    "| Findings             | at least one of its findings is there                                                    |",
    "| Not shown here       | something that it needs was not read, or a report reads too little of it; the reason says |",
    "",
    "Ids and titles were looked up in the sources, in the versions named here. CISA's baseline has sentences instead of titles:",
    "the few words are ours. CISA's list of highly privileged roles has none of the roles that allow to synchronise, so its",
    "policies on such roles (MS.AAD.7.1 to 7.9) are not among these.",
    "",
    ...sources.flatMap(sourcePart),
    ...unmappedPart(),
  ];
  return prettier.format(lines.join("\n"), { parser: "markdown", printWidth: 120 });
}
