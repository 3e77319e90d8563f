/** The report as one HTML page: nothing of it comes from elsewhere, and nothing of it runs. Pure. */
import { createHash } from "node:crypto";
import { changesSection, findingsSection } from "./page/findings";
import { fit } from "./page/build-parts";
import { html, Html } from "./page/html";
import { iconDefinitions } from "./page/icons";
import { mapSection } from "./page/map";
import { serversSection } from "./page/servers";
import { runningTitle, STYLE } from "./page/style";
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
  ["observed", "How it was observed"],
];

/** Lets the one style sheet in, and nothing else: no script, picture, font, frame or form. */
function policy(style: string): string {
  const hash = createHash("sha256").update(style).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

/** Characters that a line at the head or foot of a printed page has room for. */
const LONGEST = 60;

/** The page. */
export function reportPage(report: ReportDocument): string {
  const title = `Connect Sync identities of ${report.stack}, ${dayOf(report.takenAt)}`;
  const tenant = fit(organizationWords(report), LONGEST);
  const running = runningTitle(fit(title, LONGEST), `${tenant}, observed at ${report.takenAt}`);
  const style = `\n${STYLE}\n${running}\n`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Html(policy(style))}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the report</a>
        ${iconDefinitions()}
        <div class="wrap">
          <main id="main">
            ${summary(report)}
            <nav aria-label="Parts of the report">
              <ul>
                ${SECTIONS.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
              </ul>
            </nav>
            ${findingsSection(report)} ${changesSection(report)} ${mapSection(report)} ${timelineSection(report)}
            ${serversSection(report)} ${tenantSection(report)} ${observedSection(report)}
          </main>
          <footer>
            <p>
              Made by <code>npx connect-sync-identity report</code> (version ${toolWords(report)}) on
              ${momentOf(report.takenAt)}. The JSON file beside this page holds the same for programs.
            </p>
          </footer>
        </div>
      </body>
    </html> `;
  return page.markup;
}
