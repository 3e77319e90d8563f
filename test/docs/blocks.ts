/** What a page of the documentation holds beside its prose: fenced and indented blocks, and code within lines. */
import * as fs from "node:fs";
import * as path from "node:path";

export const ROOT = path.resolve(__dirname, "../..");

export interface Block {
  page: string;
  line: number;
  /** The word after the fence; empty where there is none, or where the block is only indented. */
  language: string;
  text: string;
  /** What a comment before the block says: `run: sandbox` or `run: sandbox, line 2 fails`. */
  directive: string;
}

export interface Inline {
  page: string;
  line: number;
  text: string;
}

/** What tools make in the folders of examples. */
const MADE = ["node_modules", "sdks", "venv", ".sandbox"];

function markdownFiles(folder: string): string[] {
  const entries = fs.readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !MADE.includes(name));
  return entries.flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? markdownFiles(file) : entry.name.endsWith(".md") ? [file] : [];
  });
}

/** Made from docstrings, whose examples are compiled and whose text is held against them by tests of their own. */
const GENERATED = path.join("docs", "api");

/** README and everything below docs and examples, wherever it stands, but what is generated. */
export function pages(): string[] {
  const own = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map((name) => path.join(ROOT, name));
  return [...own, ...["docs", "examples"].flatMap((folder) => markdownFiles(path.join(ROOT, folder)))]
    .map((file) => path.relative(ROOT, file))
    .filter((page) => !page.startsWith(GENERATED))
    .sort();
}

const DIRECTIVE = /^<!--\s*(run:.*?)\s*-->$/;

/** All blocks of a page. An indented block is one that follows an empty line, in a list by four more than the item's text. */
export function blocksOf(page: string, content = fs.readFileSync(path.join(ROOT, page), "utf8")): Block[] {
  const lines = content.split("\n");
  const blocks: Block[] = [];
  let directive = "";
  for (let index = 0; index < lines.length; index += 1) {
    const fence = /^(\s*)(`{3,})(\S*)/.exec(lines[index]);
    const before = lines[index - 1] ?? "";
    if (DIRECTIVE.test(lines[index])) directive = DIRECTIVE.exec(lines[index])![1];
    else if (fence) {
      const end = lines.findIndex((line, at) => at > index && line.trim() === fence[2]);
      if (end < 0) throw new Error(`${page}:${index + 1}: a fence that does not end`);
      const text = lines.slice(index + 1, end).map((line) => line.slice(fence[1].length));
      blocks.push({ page, line: index + 1, language: fence[3], text: text.join("\n"), directive });
      directive = "";
      index = end;
    } else if (before.trim() === "" && indentOf(lines[index]) === codeIndent(lines, index)) {
      const indent = indentOf(lines[index]);
      let end = index;
      while (end < lines.length && (lines[end].trim() === "" || indentOf(lines[end]) >= indent)) end += 1;
      const text = lines.slice(index, end).map((line) => line.slice(indent));
      blocks.push({ page, line: index + 1, language: "", text: text.join("\n").trimEnd(), directive });
      directive = "";
      index = end - 1;
    } else if (lines[index].trim() !== "") directive = "";
  }
  return blocks;
}

const indentOf = (line: string) => line.search(/\S/);

/** How far a block is indented at this line: four, or four more than the text of the list's item. */
function codeIndent(lines: readonly string[], index: number): number {
  const start = lines.slice(0, index).findLast((line) => /^\S/.test(line)) ?? "";
  return 4 + (/^([-*]|\d+\.)\s+/.exec(start)?.[0].length ?? 0);
}

/** Code within lines, of prose and tables. */
export function inlinesOf(page: string, content = fs.readFileSync(path.join(ROOT, page), "utf8")): Inline[] {
  const outside = content.replace(/^(\s*)(`{3,})[\s\S]*?^\s*\2\s*$/gm, (block) => block.replace(/[^\n]/g, ""));
  // Code may go on in the next line, but not over an empty one.
  return [...outside.matchAll(/(?<!`)`([^`\n]+(?:\n[^`\n]+)*)`(?!`)/g)].map((match) => ({
    page,
    line: outside.slice(0, match.index).split("\n").length,
    text: match[1].replace(/\s*\n\s*/g, " ").replaceAll("\\|", "|"),
  }));
}
