/** The pages that are made from the registry of diagnostics are as it says. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { diagnosticsPage, findingsPage, versionsPage } from "../../../tools/diagnostics-docs";

const read = (name: string) => fs.readFileSync(path.join(__dirname, "../../../docs", name), "utf8");
const STALE = 'the page is stale: run "npm run diagnostics-docs"';

describe("pages that are made from the registry", () => {
  it("must be made anew when a diagnostic changes: diagnostics.md", async () => {
    assert.equal(read("diagnostics.md"), await diagnosticsPage(), STALE);
  });

  it("must be made anew when a diagnostic changes: the tables of findings.md", async () => {
    const written = read("findings.md");
    assert.equal(written, await findingsPage(written), STALE);
  });

  it("must be made anew when the table of versions changes: versions.md", async () => {
    assert.equal(read("versions.md"), await versionsPage(), STALE);
  });

  it("must be found stale if a row is missing", async () => {
    const written = read("findings.md");
    const without = written.replace(/^\| \[`key-unusable`\].*\n/m, "");
    assert.notEqual(without, written);
    assert.equal(await findingsPage(without), written);
  });

  it("must explain what `pulumi up` does for each cure that a table names", () => {
    const page = read("findings.md");
    const cures = [...page.matchAll(/^\| \[`[a-z-]+`\]\(\S+\) +\| .+ \| ([a-z]+) +\|$/gm)].map(([, cure]) => cure);
    assert.ok(cures.length > 30);
    for (const cure of new Set(cures)) assert.match(page, new RegExp(`^\\| ${cure} +\\| `, "m"));
  });
});
