/** Every link from one page of the repository to another leads somewhere. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "../../..");

function pages(folder: string): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory())
      return ["node_modules", ".git", ".sandbox", "dist"].includes(entry.name) ? [] : pages(file);
    return entry.name.endsWith(".md") ? [file] : [];
  });
}

/** The targets of a page's links, without those that leave the repository or stay on the page. */
function targets(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target)
    .filter((target) => !/^(\w+:|#)/.test(target));
}

describe("documentation", () => {
  const all = pages(ROOT);

  it("the documentation must not link to a missing page", () => {
    const links = all.flatMap((page) =>
      targets(fs.readFileSync(page, "utf8")).map((target) => ({ page, target: target.replace(/#.*/, "") })),
    );
    assert.ok(links.length > 10, "the links were not found");
    const broken = links.filter(({ page, target }) => !fs.existsSync(path.resolve(path.dirname(page), target)));
    assert.deepEqual(
      broken.map(({ page, target }) => `${path.relative(ROOT, page)}: ${target}`),
      [],
    );
  });

  it("the documentation must name only npm scripts of package.json", () => {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const named = all.flatMap((page) =>
      [...fs.readFileSync(page, "utf8").matchAll(/npm run ([a-z][a-z-]*)/g)].map(([, script]) => ({ page, script })),
    );
    assert.ok(named.length > 5, "the scripts were not found");
    assert.deepEqual(
      named
        .filter(({ script }) => !(script in scripts))
        .map(({ page, script }) => `${path.relative(ROOT, page)}: ${script}`),
      [],
    );
  });
});
