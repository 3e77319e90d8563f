/** The page's pictures: drawn once, used by name, always beside a word that says the same. */
import { Html, html } from "./html";

const PATHS = {
  ok: '<circle cx="8" cy="8" r="7"/><path d="M4.8 8.3l2.2 2.2 4.2-4.8"/>',
  finding: '<path d="M8 1.4l7 12.8H1z"/><path d="M8 6v4M8 12v.1"/>',
  waiting: '<circle cx="8" cy="8" r="7"/><path d="M8 4v4.4l2.8 1.6"/>',
  unknown: '<circle cx="8" cy="8" r="7"/><path d="M6 6.2a2 2 0 1 1 2.9 1.8c-.7.3-.9.7-.9 1.4M8 11.8v.1"/>',
  none: '<circle cx="8" cy="8" r="7" stroke-dasharray="2.6 2.2"/><path d="M5 8h6"/>',
  server:
    '<rect x="1.5" y="2" width="13" height="5" rx="1"/><rect x="1.5" y="9" width="13" height="5" rx="1"/><path d="M4 4.5h.1M4 11.5h.1M7 4.5h5M7 11.5h5"/>',
  connector: '<path d="M1.5 8h4M10.5 8h4M5.5 4.5h3a3.5 3.5 0 0 1 0 7h-3z"/>',
  certificate:
    '<rect x="1.5" y="2" width="13" height="9" rx="1"/><path d="M4 5h6M4 8h3.5"/><circle cx="11" cy="10.5" r="2"/><path d="M10 12.3l-.6 2.4 1.6-.9 1.6.9-.6-2.4"/>',
  key: '<circle cx="5" cy="8" r="3.2"/><path d="M8.2 8h6.3M12 8v2.6M14 8v1.8"/>',
  application:
    '<rect x="1.5" y="1.5" width="5.4" height="5.4" rx="1"/><rect x="9.1" y="1.5" width="5.4" height="5.4" rx="1"/><rect x="1.5" y="9.1" width="5.4" height="5.4" rx="1"/><path d="M11.8 9.1v5.4M9.1 11.8h5.4"/>',
  roles:
    '<circle cx="6" cy="5" r="2.8"/><path d="M1.2 14c.4-3 2.2-4.6 4.8-4.6 1.4 0 2.6.5 3.5 1.4M10 12.6l1.6 1.6 3-3.4"/>',
} as const;

export type Icon = keyof typeof PATHS;

const HATCH =
  '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M1.5 0V6"/></pattern>';

/** Placed once at the beginning of the page. */
export const iconDefinitions = (): Html =>
  new Html(
    `<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false">${Object.entries(PATHS)
      .map(([name, path]) => `<symbol id="icon-${name}" viewBox="0 0 16 16">${path}</symbol>`)
      .join("")}${HATCH}</svg>`,
  );

export const icon = (name: Icon): Html =>
  html`<svg class="icon icon-${name}" width="16" height="16" aria-hidden="true" focusable="false">
    <use href="#icon-${name}" />
  </svg>`;

/** The same within a drawing. */
export const iconAt = (name: Icon, x: number, y: number, size = 14): Html =>
  html`<use class="icon icon-${name}" href="#icon-${name}" x="${x}" y="${y}" width="${size}" height="${size}" />`;
