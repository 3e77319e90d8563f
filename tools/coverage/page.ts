/** `npm run coverage-docs`: writes docs/coverage.md from the rows in this folder. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import { DOCUMENTS } from "./documents";
import type { Coverage, Row, Standing, Test } from "./row";

const PAGE = path.join(__dirname, "..", "..", "docs", "coverage.md");

const TITLES: Record<Standing["is"], string> = {
  done: "done here",
  person: "stays with a person",
  outside: "outside",
};

export const rowsOf = ({ sections }: Coverage): Row[] => sections.flatMap(({ rows }) => [...rows]);

const line = (cells: readonly (string | number)[]) =>
  `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;

function counts(): string[] {
  const kinds = Object.keys(TITLES) as Standing["is"][];
  const count = (rows: readonly Row[]) => [
    ...kinds.map((kind) => rows.filter(({ is }) => is === kind).length),
    rows.length,
  ];
  const table = DOCUMENTS.map((document) => line([`${document.number} ${document.title}`, ...count(rowsOf(document))]));
  const all = line(["all", ...count(DOCUMENTS.flatMap(rowsOf))]);
  return [
    line(["document", ...kinds.map((kind) => TITLES[kind]), "rows"]),
    line(Array<string>(5).fill("---")),
    ...table,
    all,
  ];
}

/** The test's own words; a title with cases is followed by the case. */
function shown([file, title, of]: Test): string {
  return `\`${file}\`: ${title.replaceAll(/[<>*_|]/g, "\\$&")}${of ? ` (${of.replaceAll('"', "")})` : ""}`;
}

function cells(row: Row): [here: string, test: string] {
  if (row.is === "done") return [row.by, row.tests.map(shown).join("; ")];
  if (row.is === "person") return [`**Stays with a person.** ${row.why}`, ""];
  const [page, words] = row.said;
  return [`**Outside.** ${row.why} Said in [${words}](${path.relative("docs", page)}).`, ""];
}

const stepWords = ({ steps }: Row) =>
  steps ? (steps[0] === steps[1] ? `step ${steps[0]}` : `steps ${steps[0]} to ${steps[1]}`) : "";

function document(one: Coverage): string[] {
  const sections = one.sections.flatMap(({ heading, rows }) =>
    rows.map((row, index) => {
      const [here, test] = cells(row);
      const of = stepWords(row) || row.kind;
      return line([index === 0 ? heading.replace(/:$/, "") : "", of, row.what, here, test]);
    }),
  );
  const head = [line(["heading", "", "what", "here", "test"]), line(Array<string>(5).fill("---"))];
  return [`## ${one.number} ${one.title}`, "", ...head, ...sections, ""];
}

function disagreements(): string[] {
  const rows = DOCUMENTS.flatMap((one) =>
    rowsOf(one).flatMap((row) => (row.followed ? [line([one.number, row.what, row.followed])] : [])),
  );
  return [
    "## Where the documents disagree",
    "",
    line(["document", "what", "what is followed"]),
    line(["---", "---", "---"]),
    ...new Set(rows),
    "",
  ];
}

/** docs/coverage.md as the rows make it. */
export async function coveragePage(): Promise<string> {
  const text = [
    ...["# Coverage of Microsoft's documents", "", "<!-- Made by `npm run coverage-docs` from tools/coverage. -->", ""],
    "Every procedure, step, requirement, limit, event and warning of the documents that this project was written after: what",
    "does it here, the test that shows it, or why nothing does. A test compares the headings with the documents, and looks for",
    "each named test. Tests run on an emulated tenant and emulated servers: what only a real server can settle is on",
    "the page [verify on a server](verify-on-server.md).",
    ...["", ...counts(), ""],
    ...disagreements(),
    ...DOCUMENTS.flatMap(document),
  ].join("\n");
  return prettier.format(text, { ...(await prettier.resolveConfig(PAGE)), parser: "markdown" });
}

async function main(): Promise<void> {
  fs.writeFileSync(PAGE, await coveragePage());
}

if (require.main === module) void main();
