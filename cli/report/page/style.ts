/** How the page looks: light, dark, and on paper. No font, picture or script comes from elsewhere. */

const LIGHT = `
--page: #f5f6f8; --surface: #ffffff; --raised: #f5f6f8; --ink: #17202b; --muted: #55606e; --line: #dde1e7; --strong: #b8c0cb;
--accent: #1d5bbf; --good: #146c43; --good-soft: #e4f4ea; --warn: #805200; --warn-soft: #fdf1d8;
--bad: #a8201a; --bad-soft: #fcebe9; --mute: #4d5768; --mute-soft: #eceff3;
--life: #8fb5ea; --life-due: #e6b85c; --life-expired: #e08f88; --life-old: #cdd3dc; --hatch: #17202b;
--shadow: 0 1px 2px rgb(23 32 43 / 6%), 0 4px 14px rgb(23 32 43 / 5%);`;

const DARK = `
--page: #0e131a; --surface: #171e28; --raised: #1f2834; --ink: #e8ecf2; --muted: #a3b0c0; --line: #2b3644; --strong: #4a586a;
--accent: #8bb8ff; --good: #6fd6a0; --good-soft: #12301f; --warn: #f0c36a; --warn-soft: #35290f;
--bad: #ff9d95; --bad-soft: #3c1a18; --mute: #b4bfcd; --mute-soft: #252f3c;
--life: #3d6db3; --life-due: #8f6a1c; --life-expired: #93413b; --life-old: #3a4655; --hatch: #e8ecf2;
--shadow: none;`;

const BASE = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--ink); font: 400 15px/1.55 "Segoe UI Variable Text", "Segoe UI", system-ui, -apple-system, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
code, .link-detail { font-family: ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .86em; overflow-wrap: anywhere; }
h1, h2, h3, h4, p, ul, ol, dl, dd, figure { margin: 0; }
ul, ol { padding: 0; list-style: none; }
h1 { font-size: 32px; line-height: 1.2; font-weight: 650; letter-spacing: -.02em; overflow-wrap: anywhere; }
h2 { font-size: 21px; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; }
h3 { font-size: 17px; line-height: 1.35; font-weight: 600; margin: 24px 0 10px; overflow-wrap: anywhere; }
h4 { font-size: 15px; line-height: 1.45; font-weight: 600; }
small { font-size: 13px; font-weight: 400; color: var(--muted); letter-spacing: 0; }
a { color: var(--accent); text-underline-offset: .18em; }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
.wrap { max-width: 1200px; margin: 0 auto; padding: 0 32px; }
.skip { position: absolute; left: -999px; top: 8px; padding: 10px 16px; background: var(--surface); color: var(--accent); border-radius: 6px; z-index: 2; }
.skip:focus { left: 16px; }
.defs { position: absolute; }
.icon { fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; flex: none; }
svg.icon { vertical-align: -2px; }
.dot { color: var(--strong); margin: 0 4px; }
.lead { color: var(--muted); margin: 2px 0 16px; max-width: 76ch; }
.plain li + li { margin-top: 4px; }`;

const TOP = `
.top { padding: 40px 0 24px; }
.product { display: flex; gap: 8px; align-items: center; color: var(--muted); font-size: 13px; font-weight: 600; letter-spacing: .02em; margin-bottom: 8px; }
.meta { color: var(--muted); margin-top: 6px; }
.state { border-radius: 14px; padding: 22px 26px; border: 1px solid; }
.state h2 { display: flex; align-items: center; gap: 10px; }
.state h2 .icon { width: 22px; height: 22px; }
.state p { font-size: 17px; margin-top: 6px; color: var(--ink); max-width: 84ch; }
.state.good { background: var(--good-soft); color: var(--good); } .state.bad { background: var(--bad-soft); color: var(--bad); }
.state.mute { background: var(--mute-soft); color: var(--mute); }
.cards { display: grid; grid-template-columns: repeat(5, 1fr); gap: 14px; margin: 18px 0 0; }
.card a { display: flex; flex-direction: column; height: 100%; padding: 16px 18px; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; color: var(--ink); text-decoration: none; box-shadow: var(--shadow); transition: border-color .15s; }
.card a:hover { border-color: var(--accent); }
.card-title { font-size: 13px; color: var(--muted); font-weight: 600; }
.card-value { font-size: 25px; font-weight: 650; line-height: 1.3; letter-spacing: -.02em; margin: 4px 0 2px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.card-detail { font-size: 13px; color: var(--muted); }
nav { margin: 22px 0 0; border-bottom: 1px solid var(--line); }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 22px; padding-bottom: 12px; }
nav a { display: inline-block; padding: 2px 0; font-size: 14px; text-decoration: none; } nav a:hover { text-decoration: underline; }
main > section { margin-top: 44px; scroll-margin-top: 12px; }
main > .state { margin-top: 0; }
main > section > h2 + :not(.lead) { margin-top: 14px; }
.badge { display: inline-flex; align-items: center; gap: 6px; padding: 3px 10px 3px 8px; border-radius: 14px; font-size: 13px; font-weight: 600; line-height: 1.35; }
.badge .icon { width: 14px; height: 14px; }
.good.badge { background: var(--good-soft); color: var(--good); } .warn.badge { background: var(--warn-soft); color: var(--warn); }
.bad.badge { background: var(--bad-soft); color: var(--bad); } .mute.badge { background: var(--mute-soft); color: var(--mute); }
.empty { display: flex; gap: 10px; align-items: center; padding: 18px 20px; background: var(--surface); border: 1px solid var(--line); border-radius: 12px; }
.empty .icon-ok { color: var(--good); }`;

const CONTENT = `
.findings { display: grid; gap: 12px; }
.finding { background: var(--surface); border: 1px solid var(--line); border-left: 4px solid var(--strong); border-radius: 10px; padding: 16px 20px; box-shadow: var(--shadow); scroll-margin-top: 12px; }
.finding.bad { border-left-color: var(--bad); } .finding.warn { border-left-color: var(--warn); }
.finding:target { outline: 3px solid var(--accent); outline-offset: 1px; }
.finding-head, .server-head { display: flex; justify-content: space-between; align-items: flex-start; gap: 8px 16px; flex-wrap: wrap; }
.finding-head h4 { flex: 1 1 300px; }
.finding-code { color: var(--muted); font-size: 13px; margin-top: 2px; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 10px 28px; margin-top: 12px; }
dt { font-size: 12.5px; font-weight: 600; color: var(--muted); }
dd { overflow-wrap: anywhere; }
.remedy { margin-top: 12px; padding: 10px 14px; background: var(--raised); border-radius: 8px; overflow-wrap: anywhere; }
.remedy strong { margin-right: 6px; }
.notices li { padding: 12px 0; border-top: 1px solid var(--line); } .notices li:first-child { border-top: 0; padding-top: 0; }
.changes { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); }
.changes li { display: grid; grid-template-columns: 230px 130px minmax(0, 1fr); gap: 2px 20px; padding: 11px 20px; } .changes li + li { border-top: 1px solid var(--line); }
.change-what { font-weight: 600; } .change-where, .was { color: var(--muted); } .change-how { overflow-wrap: anywhere; min-width: 0; }
.to { font-size: 12.5px; font-weight: 600; color: var(--muted); margin: 0 6px; }
.sheet { border: 1px solid var(--line); border-radius: 12px; background: var(--surface); box-shadow: var(--shadow); }
.drawing { padding: 18px 22px; } .drawing + .drawing { margin-top: 12px; }
.drawing svg { display: block; width: 100%; height: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { text-align: left; padding: 14px 18px 8px; font-weight: 600; color: var(--ink); }
th, td { text-align: left; vertical-align: top; padding: 10px 14px; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.column { display: none; } .whole { overflow-wrap: break-word; }
thead th { font-size: 12.5px; color: var(--muted); font-weight: 600; border-top: 0; overflow-wrap: normal; }
tbody th { font-weight: 600; }
.badge { max-width: 100%; overflow-wrap: break-word; }
td em { font-style: normal; font-weight: 600; color: var(--muted); font-size: 13px; } td em.differs { color: var(--bad); }
details { margin-top: 12px; }
summary { cursor: pointer; color: var(--accent); font-weight: 600; font-size: 14px; padding: 4px 2px; }
details[open] > summary { margin-bottom: 10px; }
.server { background: var(--surface); border: 1px solid var(--line); border-radius: 14px; padding: 20px 24px; box-shadow: var(--shadow); }
.server + .server { margin-top: 16px; }
.server-head { align-items: center; } .server-head h3 { margin: 0; font-size: 19px; }
.reason { margin-top: 10px; padding: 12px 16px; background: var(--mute-soft); border-radius: 8px; overflow-wrap: anywhere; }
.chain { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 20px; margin-top: 16px; }
.link { position: relative; border: 1px solid var(--line); border-radius: 10px; padding: 10px 12px; background: var(--raised); min-width: 0; display: flex; flex-direction: column; }
.link + .link::before { content: ""; position: absolute; left: -21px; top: 50%; width: 20px; border-top: 2px solid var(--strong); }
.link.finding { background: var(--bad-soft); border-color: var(--bad); box-shadow: none; padding: 10px 12px; }
.link.finding::before { border-top: 2px dashed var(--bad) !important; }
.link.unknown::before, .link.none::before { border-top-style: dotted !important; }
.link.none, .link.unknown { border-style: dashed; background: transparent; border-color: var(--strong); }
.link-step { display: flex; gap: 7px; align-items: center; font-size: 12.5px; font-weight: 600; color: var(--muted); }
.link.finding .link-step, .link.finding .link-detail { color: var(--ink); }
.link-text { font-weight: 600; margin-top: 4px; line-height: 1.35; overflow-wrap: anywhere; }
.link-detail { color: var(--muted); font-size: 12px; line-height: 1.4; overflow-wrap: anywhere; flex: 1; margin-top: 2px; }
.link-state { display: flex; gap: 6px; align-items: center; font-size: 12.5px; font-weight: 600; color: var(--mute); margin-top: 8px; }
.link-state .icon { width: 13px; height: 13px; }
.link.ok .link-state { color: var(--good); } .link.finding .link-state { color: var(--bad); }
#controls td a { display: inline-block; line-height: 24px; }
.unread { list-style: disc; padding-left: 20px; margin: 4px 0 0; }
.source { color: var(--muted); font-size: 13px; margin-bottom: 10px; } .control-id { font-weight: 650; } tbody th:has(.control-id) { font-weight: 400; } td .badge + .plain { margin-top: 6px; font-size: 13px; }
.own-findings { margin-top: 12px; font-size: 14px; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(240px, 100%), 1fr)); gap: 14px 28px; margin-top: 18px; font-size: 14px; }
#observed .facts { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 18px 20px; box-shadow: var(--shadow); margin-top: 0; }
footer { color: var(--muted); font-size: 13px; padding: 40px 0 48px; }`;

const DRAWINGS = `
.drawing text { fill: var(--ink); font-family: inherit; }
.box rect { fill: var(--raised); stroke: var(--line); } .box.finding rect { fill: var(--bad-soft); stroke: var(--bad); }
.box.none rect, .box.unknown rect { fill: transparent; stroke: var(--strong); stroke-dasharray: 4 3; }
.box .icon { color: var(--mute); } .box.ok .icon { color: var(--good); } .box.finding .icon { color: var(--bad); }
.drawing .box-text { font-size: 12.5px; font-weight: 600; } .drawing .box-detail { font-size: 11px; fill: var(--muted); }
.drawing .box.finding .box-detail { fill: var(--ink); }
.drawing .axis { font-size: 12px; fill: var(--muted); font-weight: 600; }
.edge { fill: none; stroke: var(--strong); stroke-width: 1.6; } .edge.finding { stroke: var(--bad); stroke-dasharray: 4 3; }
.edge.none, .edge.unknown { stroke-dasharray: 1.5 4; stroke-linecap: round; }
.grid { stroke: var(--line); } .today { stroke: var(--accent); stroke-width: 1.5; stroke-dasharray: 5 3; fill: none; }
.drawing .today-text { fill: var(--accent); font-size: 12px; font-weight: 650; }
.life.good { fill: var(--life); } .life.warn { fill: var(--life-due); } .life.bad { fill: var(--life-expired); } .life.old, .life.mute { fill: var(--life-old); }
.outline { fill: none; stroke: var(--muted); stroke-width: .8; } .hatch { stroke: var(--hatch); stroke-width: 1.4; opacity: .5; } .turn { stroke: var(--ink); stroke-width: 1.5; }
.drawing .date { font-size: 11.5px; fill: var(--muted); paint-order: stroke; stroke: var(--surface); stroke-width: 3px; }
.drawing use.icon-ok { color: var(--good); } .drawing use.icon-finding { color: var(--bad); } .drawing use.icon-waiting { color: var(--warn); }`;

const NARROW = `
@media screen and (max-width: 1000px) {
.drawing { display: none; } }
@supports selector(details::details-content) {
@media print, screen and (max-width: 1000px) { .instead > summary { display: none; } .instead::details-content { content-visibility: visible; block-size: auto; } } }
@media (max-width: 1000px) {
.cards { grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); }
.chain { grid-template-columns: repeat(3, minmax(0, 1fr)); } .link:nth-child(4)::before { display: none; } }
@media screen and (min-width: 901px) { th, td { min-width: 92px; } }
@media print, screen and (min-width: 901px) { #controls table { table-layout: fixed; } #controls th:first-child { width: 23%; } #controls th:nth-child(2) { width: 21%; } }
@media screen and (max-width: 900px) {
table, tbody, tr, th, td, caption { display: block; } thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
tr { padding: 10px 16px; border-top: 1px solid var(--line); } th, td { padding: 3px 0; border: 0; } td { display: grid; grid-template-columns: 108px minmax(0, 1fr); gap: 10px; }
.column { display: block; font-size: 12.5px; font-weight: 600; color: var(--muted); } td.blank { display: none; } }
@media screen and (max-width: 640px) {
.wrap { padding: 0 16px; } .top { padding: 24px 0 16px; } h1 { font-size: 26px; } .state { padding: 18px; } .server { padding: 16px; }
.cards { grid-template-columns: 1fr 1fr; gap: 10px; } .card a { padding: 12px 14px; } .card-value { font-size: 20px; white-space: normal; }
.pair, .changes li { grid-template-columns: minmax(0, 1fr); } .cards > :last-child:nth-child(odd) { grid-column: 1 / -1; } .drawing { padding: 12px; }
.chain { grid-template-columns: 1fr; gap: 14px; }
.link + .link::before, .link:nth-child(4)::before { display: block; left: 24px; top: -15px; width: 0; height: 14px; border-top: 0 !important; border-left: 2px solid var(--strong); } }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } * { transition: none !important; animation: none !important; } }
@media (forced-colors: active) { .badge, .state, .link, .finding { border: 1px solid; } }`;

const PRINT = `
@page { size: A4; margin: 18mm 13mm 17mm; }
@media print {
body { background: #fff; font-size: 9.5pt; print-color-adjust: economy; }
.wrap { max-width: none; padding: 0; } .top { padding: 0 0 10pt; } h1 { font-size: 20pt; } h2 { font-size: 13.5pt; } h3 { font-size: 11pt; } .server-head h3 { font-size: 12pt; }
nav, .skip, summary { display: none; }
#map details { display: none; } .changes li { padding: 4pt 8pt; grid-template-columns: 110pt 60pt minmax(0, 1fr); break-inside: avoid; }
.card a, .changes, .sheet, .server, .finding, #observed .facts { box-shadow: none; }
.state, .badge, .link, .link.finding, .remedy, .reason, .box.finding rect { background: transparent; } .badge { border: 1px solid; }
.link { background: transparent; }
.box rect { fill: #fff; } .card a { padding: 8pt; } .card-value { font-size: 14pt; white-space: normal; } .state { padding: 10pt 12pt; } .state p { font-size: 11pt; }
.cards { grid-template-columns: repeat(5, 1fr); gap: 6pt; }
main > section { margin-top: 20pt; }
h2, h3, h4, caption, .lead { break-after: avoid; } h2, h3, h4, .finding, .chain, .facts div, .drawing, .card, tr, .notices li, .lead { break-inside: avoid; } .server-head { break-after: avoid; }
thead { display: table-header-group; }
.sheet:not(.drawing) { border: 0; border-radius: 0; } .sheet table { border-bottom: 1px solid var(--line); } caption { padding: 0 0 4pt; }
.drawing { padding: 6pt; } .server, .changes, .finding { -webkit-box-decoration-break: clone; box-decoration-break: clone; }
table { font-size: 8pt; } th, td { min-width: 42pt; } thead th, .facts dt, .pair dt { font-size: 7.5pt; } th, td { padding: 4pt 5pt; } td .badge { font-size: 7.5pt; padding: 1pt 4pt; }
.chain { grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 8pt; } .link { padding: 5pt; font-size: 8pt; } .link + .link::before, .link:nth-child(4)::before { display: block; left: -11px; width: 10px; }
.link-detail { font-size: 7pt; } .link-step, .link-state { font-size: 7.5pt; } .link-step .icon { display: none; }
.facts { grid-template-columns: repeat(3, 1fr); gap: 6pt 12pt; font-size: 8.5pt; }
#controls table { font-size: 7.5pt; line-height: 1.4; } #controls td .plain, .source { font-size: 7pt; } #controls th, #controls td { padding: 3pt 5pt; } .source { margin-bottom: 4pt; break-after: avoid; }
footer { padding: 12pt 0 0; break-inside: avoid; }
details::details-content { content-visibility: visible; block-size: auto; }
a { color: inherit; text-decoration: none; } }`;

/** A text as a string of CSS, with everything but letters, digits and spaces as its code point. */
const cssString = (text: string) =>
  `"${text.replace(/[^A-Za-z0-9 ]/gu, (character) => `\\${character.codePointAt(0)!.toString(16)} `)}"`;

/** The head and foot of each printed page. */
export function runningTitle(title: string, source: string, mark: string): string {
  const font = 'font: 7.5pt/1.3 "Segoe UI", system-ui, Arial, sans-serif; color: #4d5768;';
  return `@page {
@top-left { content: ${cssString(title)}; ${font} width: 45%; }
@top-right { content: ${cssString(mark)}; ${font} font-size: 6.5pt; width: 55%; text-align: right; }
@bottom-left { content: ${cssString(source)}; ${font} width: 80%; }
@bottom-right { content: "Page " counter(page) " of " counter(pages); ${font} width: 20%; text-align: right; } }`;
}

/** The whole style sheet. Dark is for screens only: paper is white. */
export const STYLE = [
  `:root { color-scheme: light;${LIGHT} }`,
  `@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark;${DARK} } }`,
  ...[BASE, TOP, CONTENT, DRAWINGS, NARROW, PRINT],
].join("\n");
