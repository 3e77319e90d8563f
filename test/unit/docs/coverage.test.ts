/**
 * docs/coverage.md: each row has a test that exists, or a reason, and each heading of the documents has a row. The documents
 * are not part of the repository; if they are beside it, headings and steps are compared with them.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { AREAS } from "../../../model/diagnostics/registry";
import { DOCUMENTS } from "../../../tools/coverage/documents";
import { coveragePage, rowsOf } from "../../../tools/coverage/page";
import type { Coverage, Row, Section, Test } from "../../../tools/coverage/row";

const ROOT = path.join(__dirname, "../../..");
const read = (...names: string[]) => fs.readFileSync(path.join(ROOT, ...names), "utf8");

/** The documents beside the repository, if they are there. */
const BESIDE = path.join(ROOT, "../shared/reference");

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Cases of a test may be in a table beside it. */
const HELPERS = fs
  .readdirSync(path.join(ROOT, "test/helpers"))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => read("test/helpers", name))
  .join("\n");

/** Why a test is not there; null if it is. */
function missing([file, title, of]: Test): string | null {
  const whole = path.join(ROOT, "test", file);
  if (!fs.existsSync(whole)) return `no file test/${file}`;
  const source = fs.readFileSync(whole, "utf8");
  const declared = new RegExp(`(?:\\b(?:it|scenario)\\(|\\btitle:|\\bIt )\\s*(["'\`])${escaped(title)}\\1`);
  if (!declared.test(source)) return `no test "${title}" in test/${file}`;
  return of && !source.includes(of) && !HELPERS.includes(of) ? `no case ${of} of "${title}"` : null;
}

function faults(row: Row): string[] {
  if (row.is === "done") {
    if (row.tests.length === 0) return ["no test"];
    return row.tests.flatMap((test) => missing(test) ?? []);
  }
  if (row.is === "outside") {
    const [page, words] = row.said;
    return read(page).replace(/\s+/g, " ").includes(words) ? [] : [`${page} does not say "${words}"`];
  }
  return row.why.endsWith(".") ? [] : ["no reason"];
}

/** The numbers of a section's steps that no row is about. */
function withoutRow({ steps = 0, rows }: Section): number[] {
  const covered = (step: number) => rows.some(({ steps: of }) => of && of[0] <= step && step <= of[1]);
  return Array.from({ length: steps }, (_, index) => index + 1).filter((step) => !covered(step));
}

/** A document without its blocks of code, by its headings. */
function partsOf(text: string): { heading: string; body: string }[] {
  const plain = text.replace(/^---\n[\s\S]*?\n---\n/, "").replace(/^ *```[\s\S]*?^ *``` *$/gm, "");
  const parts = plain.split(/^#+ (.*)$/m).slice(1);
  return parts.flatMap((part, index) =>
    index % 2 === 0 ? [{ heading: part.replace(/^\[(.*)\]\(.*\)$/, "$1").trim(), body: parts[index + 1] }] : [],
  );
}

/** Steps that are called so, or else the outer numbers of a list. */
function stepsOf(body: string): number {
  const named = body.match(/^\*\*Step \d+:\*\*/gm)?.length ?? 0;
  return named || (body.match(/^ {0,2}\d+\.\s/gm)?.length ?? 0);
}

function documentBeside({ number }: Coverage): string | null {
  const name = fs.existsSync(BESIDE) && fs.readdirSync(BESIDE).find((file) => file.startsWith(`${number}_`));
  return name ? fs.readFileSync(path.join(BESIDE, name), "utf8").replaceAll("\r", "") : null;
}

describe("the page of coverage", () => {
  it("must be made anew when a row changes", async () => {
    assert.equal(read("docs/coverage.md"), await coveragePage(), 'the page is stale: run "npm run coverage-docs"');
  });

  for (const document of DOCUMENTS) {
    it(`must name only tests that exist, and give a reason for every other row: ${document.title}`, () => {
      const found = rowsOf(document).flatMap((row) => faults(row).map((fault) => `${row.what}: ${fault}`));
      assert.deepEqual(found, []);
    });

    it(`must have a row for each heading and each step: ${document.title}`, () => {
      const empty = document.sections.filter(({ rows }) => rows.length === 0).map(({ heading }) => heading);
      assert.deepEqual(empty, []);
      const steps = document.sections.flatMap((section) =>
        withoutRow(section).map((step) => `${section.heading} ${step}`),
      );
      assert.deepEqual(steps, []);
    });

    it(`must have the headings and steps of the document, if that is beside the repository: ${document.title}`, function () {
      const text = documentBeside(document);
      if (text === null) return this.skip();
      if (document.form === "marked") {
        const parts = partsOf(text).map(({ heading, body }) => [heading, stepsOf(body)]);
        assert.deepEqual(
          document.sections.map(({ heading, steps = 0 }) => [heading, steps]),
          parts,
        );
        return;
      }
      // Without marks, only that each recorded heading is a line, in this order.
      const lines = text.split("\n").map((one) => one.trim());
      let from = 0;
      for (const { heading } of document.sections) {
        from = lines.indexOf(heading, from) + 1;
        assert.ok(from > 0, `no line "${heading}" after the one before`);
      }
    });

    it(`must repeat no sentence of the document, if that is beside the repository: ${document.title}`, function () {
      const text = documentBeside(document)?.replace(/\s+/g, " ").toLowerCase();
      if (text === undefined) return this.skip();
      const words = rowsOf(document).flatMap((row) => [row.what, row.followed ?? "", row.is === "done" ? row.by : ""]);
      const sentences = words.flatMap((one) => one.split(/(?<=[.:;]) /)).filter((one) => one.split(" ").length >= 8);
      assert.deepEqual(
        sentences.filter((one) => text.includes(one.toLowerCase().replace(/[.:;]$/, ""))),
        [],
      );
    });
  }

  it("must name only codes that are registered", () => {
    const known = new Set(Object.values(AREAS).flatMap((area) => Object.keys(area)));
    const named = DOCUMENTS.flatMap(rowsOf).flatMap((row) => [
      ...JSON.stringify(row).matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g),
    ]);
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.map(([, code]) => code).filter((code) => !known.has(code)),
      [],
    );
  });

  it("must find a test that does not exist, and a step without a row", () => {
    const [file, title] = DOCUMENTS.flatMap(rowsOf).flatMap((row) => (row.is === "done" ? [row.tests[0]] : []))[0];
    assert.equal(missing([file, title]), null);
    assert.match(missing([file, `${title}!`]) ?? "", /^no test /);
    assert.match(missing([`no-${file}`, title]) ?? "", /^no file /);
    assert.match(missing([file, title, "no such case at all"]) ?? "", /^no case /);
    assert.deepEqual(withoutRow({ heading: "", steps: 2, rows: [] }), [1, 2]);
  });
});
