/** The report as one HTML page: nothing of it comes from elsewhere, and nothing of it runs. Pure. */
import { controlsSection } from "./page/controls";
import { changesSection, findingsSection } from "./page/findings";
import { html } from "./page/html";
import { mapSection } from "./page/map";
import { serversSection } from "./page/servers";
import { documentPage } from "./page/shell";
import { summary } from "./page/summary";
import { observedSection, tenantSection } from "./page/tenant";
import { timelineSection } from "./page/timeline";
import type { ReportDocument } from "./report-document";
import { dayOf, momentOf, organizationWords, toolWords } from "./report-words";

const SECTIONS: readonly [id: string, title: string][] = [
  ["findings", "Findings"],
  ["changes", "What changed"],
  ["map", "Map"],
  ["timeline", "Timeline"],
  ["servers", "Servers"],
  ["tenant", "Who may synchronise"],
  ["controls", "Controls"],
  ["observed", "How it was observed"],
];

/** The page. */
export function reportPage(report: ReportDocument): string {
  const controls = controlsSection(report);
  const content = html`${summary(report)}
    <nav aria-label="Parts of the report">
      <ul>
        ${SECTIONS.filter(([id]) => id !== "controls" || controls !== null).map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
      </ul>
    </nav>
    ${findingsSection(report)} ${changesSection(report)} ${mapSection(report)} ${timelineSection(report)}
    ${serversSection(report)} ${tenantSection(report)} ${controls} ${observedSection(report)}`;
  return documentPage({
    title: `Connect Sync identities of ${report.stack}, ${dayOf(report.takenAt)}`,
    whose: organizationWords(report),
    about: `observed at ${report.takenAt}`,
    mark: report.sha256 === null ? undefined : `SHA-256 ${report.sha256}`,
    content,
    foot: html`Made by <code>npx connect-sync-identity report</code> (version ${toolWords(report)}) on
      ${momentOf(report.takenAt)}. The JSON file beside this page holds the same for programs.`,
  });
}
