/** The idle preview by the number of servers, as an SVG: small enough to be drawn here. */
import type { Measurement } from "../measurement";

const WIDTH = 680;
const HEIGHT = 340;
const LEFT = 50;
const RIGHT = 190;
const TOP = 20;
const BOTTOM = 45;

const LINES: readonly { name: string; className: string; of: (one: Measurement) => number }[] = [
  { name: "this project", className: "own", of: ({ preview }) => preview.seconds },
  { name: "the bare engine", className: "floor", of: ({ floor }) => floor.preview.seconds },
  { name: "a hand-written program", className: "hand", of: ({ handWritten }) => handWritten.preview.seconds },
];

const STYLE = `
  svg { font: 13px system-ui, sans-serif; background: #fff; } text { fill: #333; } .grid { stroke: #ddd; }
  polyline { fill: none; stroke-width: 2.5; } .own { stroke: #0b5cad; } .floor { stroke: #767676; stroke-dasharray: 6 4; }
  .hand { stroke: #b3541e; stroke-dasharray: 2 3; }
  @media (prefers-color-scheme: dark) {
    svg { background: #111; } text { fill: #ddd; } .grid { stroke: #333; } .own { stroke: #6cb2ff; } .floor { stroke: #aaa; }
    .hand { stroke: #f0a070; }
  }`;

/** @param measurements at one distance; both axes are logarithmic, so that a straight line of 45 degrees grows with the fleet */
export function chart(measurements: readonly Measurement[]): string {
  const ordered = [...measurements].sort((left, right) => left.servers - right.servers);
  const counts = ordered.map(({ servers }) => servers);
  const values = ordered.flatMap((one) => LINES.map(({ of }) => of(one)));
  const bottom = 2 ** Math.floor(Math.log2(Math.min(...values)));
  const top = 2 ** Math.ceil(Math.log2(Math.max(...values) * 1.01));
  const part = (value: number, least: number, most: number) =>
    least === most ? 0.5 : Math.log(value / least) / Math.log(most / least);
  const x = (servers: number) =>
    Math.round(LEFT + part(servers, counts[0], counts[counts.length - 1]) * (WIDTH - LEFT - RIGHT));
  const y = (seconds: number) => Math.round(HEIGHT - BOTTOM - part(seconds, bottom, top) * (HEIGHT - TOP - BOTTOM));

  const steps = Array.from({ length: Math.round(Math.log2(top / bottom)) + 1 }, (_, index) => bottom * 2 ** index);
  const grid = steps.map((step) => {
    const line = `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(step)}" y2="${y(step)}"/>`;
    return `${line}<text x="${LEFT - 8}" y="${y(step) + 4}" text-anchor="end">${step} s</text>`;
  });
  const marks = counts.map((count) => `<text x="${x(count)}" y="${HEIGHT - 22}" text-anchor="middle">${count}</text>`);
  const lines = LINES.map(({ name, className, of }, index) => {
    const points = ordered.map((one) => `${x(one.servers)},${y(of(one))}`).join(" ");
    const key = TOP + 14 + index * 22;
    const [from, to] = [WIDTH - RIGHT + 12, WIDTH - RIGHT + 36];
    const legend = `<polyline class="${className}" points="${from},${key} ${to},${key}"/><text x="${to + 6}" y="${key + 4}">${name}</text>`;
    return `<polyline class="${className}" points="${points}"/>${legend}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">`,
    `<title>Seconds of an idle preview by the number of servers</title><style>${STYLE}</style>`,
    ...grid,
    ...marks,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 4}" text-anchor="middle">servers</text>`,
    ...lines,
    "</svg>\n",
  ].join("\n");
}
