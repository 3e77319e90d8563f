/** What every page of a report is put into: its head, its style and its foot. Pure. */
import { createHash } from "node:crypto";
import { fit } from "./build-parts";
import { html, Html } from "./html";
import { iconDefinitions } from "./icons";
import { runningTitle, STYLE } from "./style";

/** Lets the one style sheet in, and nothing else: no script, picture, font, frame or form. */
function policy(style: string): string {
  const hash = createHash("sha256").update(style).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

/** Characters that a line at the head or foot of a printed page has room for. */
const LONGEST = 60;

export interface PageParts {
  title: string;
  /** Whose it is, beside the title on printed pages; shortened. */
  whose?: string;
  /** When it was observed, beside that. */
  about: string;
  /** What each printed page is held together by: the hash of the data. */
  mark?: string;
  content: Html;
  foot: Html;
}

export function documentPage({ title, whose, about, mark, content, foot }: PageParts): string {
  const beside = whose === undefined ? about : `${fit(whose, LONGEST)}, ${about}`;
  const running = runningTitle(fit(title, LONGEST), beside, mark ?? "");
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
          <main id="main">${content}</main>
          <footer>
            <p>${foot}</p>
          </footer>
        </div>
      </body>
    </html> `;
  return page.markup;
}
