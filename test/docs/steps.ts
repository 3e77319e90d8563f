/** What a page asks its reader to do: commands and settings in its blocks, in order, and commands within its lines. */
import * as fs from "node:fs";
import * as path from "node:path";
import { blocksOf, inlinesOf, ROOT } from "./blocks";
import { kindOf, OUTSIDE } from "./kinds";
import { commandLines } from "./shell";

export interface Step {
  kind: "command" | "powershell" | "settings";
  line: number;
  /** A line of a block, or a whole block of settings; without the comment at its end. */
  text: string;
  /** Within a line of prose or of a table: named there, wherever it is done. */
  inline: boolean;
}

const SITUATIONS = path.join("docs", "situations");

/** The pages' names, without the folder and the ending. */
export const situationPages = () =>
  fs.readdirSync(path.join(ROOT, SITUATIONS)).map((file) => path.basename(file, ".md"));

/** Programs that a page names within a line; a name alone is prose. */
const PROGRAMS = ["npm", "npx", "pulumi", "pkill", "w32tm", "certutil", ...Object.keys(OUTSIDE)];
const NAME = /^\S+$|^npx \S+ [\w-]+$/;
const isCommand = (text: string) => PROGRAMS.includes(text.split(" ")[0]) && !NAME.test(text);

const KINDS: Readonly<Record<string, Step["kind"]>> = {
  shell: "command",
  powershell: "powershell",
  "stack-file": "settings",
};

const uncommented = (line: string) => line.replace(/\s+#\s.*$/, "");

/** The steps of a page of docs/situations, but for blocks that test/end-to-end/docs.test.ts runs as they are. */
export function stepsOf(name: string): Step[] {
  const page = path.join(SITUATIONS, `${name}.md`);
  const blocks = blocksOf(page).flatMap((block): Step[] => {
    const kind = KINDS[kindOf(block) ?? ""];
    if (kind === undefined || block.directive !== "") return [];
    const texts = kind === "settings" ? [block.text] : commandLines(block.text).map(uncommented);
    return texts.map((text) => ({ kind, line: block.line, text, inline: false }));
  });
  const inlines = inlinesOf(page)
    .filter(({ text }) => isCommand(text))
    .map(({ line, text }): Step => ({ kind: "command", line, text, inline: true }));
  return [...blocks, ...inlines];
}
