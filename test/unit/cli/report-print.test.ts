/** The report's page as a PDF that a real browser prints, read back with a reader of others: what an auditor receives. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import type { ReportDocument } from "../../../cli/report/report-document";
import { reportPage } from "../../../cli/report/report-page";
import { openBrowser, type TestBrowser } from "../../helpers/browser";
import { readPdf, withoutSpace, type PdfPage } from "../../helpers/pdf-reader";
import { healthyReport, longNames, troubledReport } from "./report-cases";

/** Margins of the printed page in points, of 18, 13 and 17 millimetres. */
const [TOP, SIDE, BOTTOM] = [51, 36.8, 48.2];
const HEADS = ["Control", "State here", "Shown here", "Not shown here"].join("");

describe("the report's page in print", function () {
  this.timeout(120_000);
  let opened: TestBrowser;
  let folder: string;
  const printed: Record<string, { document: ReportDocument; pages: PdfPage[] }> = {};

  async function print(name: string, page: string): Promise<PdfPage[]> {
    const file = path.join(folder, `${name}.html`);
    fs.writeFileSync(file, page);
    const context = await opened.browser.newContext();
    try {
      const view = await context.newPage();
      await view.goto(pathToFileURL(file).href);
      return await readPdf(await view.pdf({ preferCSSPageSize: true }));
    } finally {
      await context.close();
    }
  }

  before(async function () {
    const found = await openBrowser();
    if (typeof found === "string") {
      console.log(`      skipped: ${found}`);
      this.skip();
    }
    opened = found;
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-print-"));
    const cases = { healthy: await healthyReport(), troubled: await troubledReport(), long: await longNames() };
    for (const [name, document] of Object.entries(cases)) {
      printed[name] = { document, pages: await print(name, reportPage(document)) };
    }
  });
  after(async () => {
    await opened?.close();
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });

  it("must be A4, of a few pages for two servers without findings", () => {
    const { pages } = printed.healthy;
    assert.ok(pages.length >= 4 && pages.length <= 8, `${pages.length} pages`);
    for (const { width, height } of pages) assert.deepEqual([Math.round(width), Math.round(height)], [595, 842]);
  });

  it("each page must have the tenant, the time, the whole hash and its number in its margins", () => {
    for (const [name, { document, pages }] of Object.entries(printed)) {
      pages.forEach(({ pieces, height }, index) => {
        const inMargin = pieces.filter(({ y }) => y > height - TOP || y < BOTTOM).map(({ text }) => text);
        const text = withoutSpace(inMargin.join(""));
        const wanted = [
          `SHA-256 ${document.sha256!}`,
          `observed at ${document.takenAt}`,
          `Page ${index + 1} of ${pages.length}`,
          ...(name === "long" ? [] : [document.organization.name ?? "name not read"]),
        ];
        for (const part of wanted) assert.ok(text.includes(withoutSpace(part)), `${name}, page ${index + 1}: ${part}`);
      });
    }
  });

  it("no text must be beyond the paper's margins at the sides, and no page be almost empty", () => {
    for (const [name, { pages }] of Object.entries(printed)) {
      pages.forEach(({ pieces, width, height, text }, index) => {
        const beyond = pieces.filter(
          (piece) => piece.text.trim() !== "" && (piece.x < SIDE - 1 || piece.x + piece.width > width - SIDE + 1),
        );
        assert.deepEqual(
          beyond.map((piece) => piece.text),
          [],
          `${name}, page ${index + 1}`,
        );
        const body = pieces.filter(({ y }) => y <= height - TOP && y >= BOTTOM);
        assert.ok(body.length > 5, `${name}, page ${index + 1} of ${pages.length}: ${text.slice(0, 200)}`);
      });
    }
  });

  it("no cell of a table must be cut by the end of a page, and the table's head be on each of its pages", () => {
    for (const [name, { document, pages }] of Object.entries(printed)) {
      for (const { id, shows, notShown } of document.controls.entries) {
        // The words of a row are drawn cell by cell.
        const on = pages.filter(
          ({ text }) => text.includes(withoutSpace(shows)) && text.includes(withoutSpace(notShown)),
        );
        assert.ok(on.length >= 1, `${name}: the row of ${id} is on no page as a whole`);
        assert.ok(
          on.some(({ text }) => text.includes(withoutSpace(HEADS))),
          `${name}: ${id} is without its head`,
        );
      }
    }
  });

  it("must hold what is collapsed on a screen, and no navigation", () => {
    const { document, pages } = printed.healthy;
    const all = pages.map(({ text }) => text).join("");
    const { application } = document.servers[0];
    for (const part of [
      application!.objectId,
      application!.credentials[0].keyId,
      document.takenFrom.principal!.objectId,
    ]) {
      assert.ok(all.includes(part), part);
    }
    assert.ok(!all.includes("Skiptothereport"));
  });

  it("another hash, a text beyond the margin and a table without its head must be noticed", async () => {
    const { document } = printed.healthy;
    const worse = reportPage({ ...document, sha256: "0".repeat(64) }).replace(
      "</style>",
      ".wrap { width: 1200px; } thead { display: none !important; }</style>",
    );
    const open = worse.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
    const pages = await print("worse", open);
    assert.ok(!pages[0].text.includes(document.sha256!));
    const beyond = pages.flatMap(({ pieces, width }) =>
      pieces.filter(({ x, width: own }) => x + own > width - SIDE + 1),
    );
    assert.ok(beyond.length > 0);
    assert.ok(!pages.some(({ text }) => text.includes(withoutSpace(HEADS))));
  });
});
