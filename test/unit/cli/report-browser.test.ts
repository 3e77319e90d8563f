/**
 * The report's page in a real browser, without a window: that it needs nothing from elsewhere and no script, is usable by
 * keyboard and screen reader as far as axe can tell, keeps to 360 pixels, and prints. How good it looks is for people:
 * REPORT_PICTURES names a folder for its screenshots.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import { reportPage } from "../../../cli/report/report-page";
import { openBrowser, type TestBrowser } from "../../helpers/browser";
import { healthyReport, manyServers, troubledReport } from "./report-cases";

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 740 };

describe("the report's page in a browser", function () {
  this.timeout(120_000);
  let opened: TestBrowser;
  let folder: string;

  before(async function () {
    const found = await openBrowser();
    if (typeof found === "string") {
      console.log(`      skipped: ${found}`);
      this.skip();
    }
    opened = found;
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-page-"));
    for (const [name, report] of Object.entries({
      healthy: await healthyReport(),
      troubled: await troubledReport(),
      many: await manyServers(50),
      one: await manyServers(1),
    })) {
      fs.writeFileSync(path.join(folder, `${name}.html`), reportPage(report));
    }
  });
  after(async () => {
    await opened?.close();
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Opens one of the pages; whatever it asks for or complains about is an error. */
  async function visit<T>(name: string, options: BrowserContextOptions, work: (page: Page) => Promise<T>): Promise<T> {
    const context = await opened.browser.newContext({ viewport: WIDE, ...options });
    try {
      const page = await context.newPage();
      const heard: string[] = [];
      page.on("console", (message) => heard.push(message.text()));
      page.on("pageerror", (error) => heard.push(error.message));
      page.on("request", (request) => heard.push(request.url()));
      const url = pathToFileURL(path.join(folder, `${name}.html`)).href;
      await page.goto(url);
      const result = await work(page);
      assert.deepEqual(
        heard.filter((text) => text !== url),
        [],
      );
      return result;
    } finally {
      await context.close();
    }
  }

  const openAll = (page: Page) =>
    page.locator("details").evaluateAll((all) => all.forEach((one) => one.setAttribute("open", "")));

  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const found = await page.evaluate(async () => {
      const engine = (globalThis as unknown as { axe: typeof axe }).axe;
      return engine.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    });
    assert.ok(
      found.passes.some(({ id }) => id === "color-contrast"),
      "contrast was not looked at",
    );
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }

  it("the report's page must load nothing from elsewhere, and be complete without scripts", async () => {
    const text = await visit("troubled", { javaScriptEnabled: false, offline: true }, (page) => page.innerText("main"));
    assert.match(text, /Needs attention/);
    assert.match(text, /The certificate is gone from the server's machine store\./);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    it(`the report's page must have no accessibility violation, including contrast, in ${colorScheme} mode`, async () => {
      for (const name of colorScheme === "light" ? ["healthy", "troubled"] : ["troubled"]) {
        const found = await visit(name, { colorScheme }, async (page) => {
          await openAll(page);
          return violations(page);
        });
        assert.deepEqual(found, [], name);
      }
    });
  }

  it("the report's page must have no accessibility violation in print", async () => {
    const onPaper = await visit("troubled", { colorScheme: "dark" }, async (page) => {
      await page.emulateMedia({ media: "print" });
      return violations(page);
    });
    assert.deepEqual(onPaper, []);
  });

  it("the report's page must be dark on request, and always white in print", async () => {
    const background = (page: Page) => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    const [dark, paper] = await visit("healthy", { colorScheme: "dark" }, async (page) => {
      const screen = await background(page);
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      return [screen, await background(page)];
    });
    assert.equal(paper, "rgb(255, 255, 255)");
    assert.equal(dark, "rgb(14, 19, 26)");
  });

  it("the report's page must fit a screen of 360 pixels, whatever the names and the number of servers", async () => {
    for (const name of ["one", "healthy", "troubled", "many"]) {
      const over = await visit(name, { viewport: NARROW }, async (page) => {
        await openAll(page);
        return page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      });
      assert.equal(over, 0, name);
    }
  });

  it("the report's page must keep every text of a card within its card", async () => {
    const boxes = ".link, .finding, .card a, .changes li, .facts div";
    const outside = await visit("troubled", { viewport: NARROW }, (page) =>
      page.locator(boxes).evaluateAll((all) => {
        return all.flatMap((box) => (box.scrollWidth > box.clientWidth + 1 ? [box.textContent] : []));
      }),
    );
    assert.deepEqual(outside, []);
  });

  it("the report's page must lead by keyboard to its parts, its tables and each finding, with visible focus", async () => {
    await visit("troubled", {}, async (page) => {
      await page.keyboard.press("Tab");
      const skip = page.locator(".skip");
      assert.equal(
        await page.evaluate<boolean>("document.activeElement.matches('.skip')"),
        true,
        "the skip link comes first",
      );
      assert.ok((await skip.boundingBox())!.x >= 0, "the skip link is seen when it has the focus");
      await page.keyboard.press("Enter");
      assert.equal(new URL(page.url()).hash, "#main");
      const reached = new Set<string>();
      for (let step = 0; step < 200; step += 1) {
        await page.keyboard.press("Tab");
        const [name, outline] = await page.locator(":focus").evaluateAll(([active]) => {
          if (!active) return ["", ""];
          const label = active.getAttribute("aria-labelledby") ?? active.getAttribute("href") ?? active.textContent;
          return [label, active.computedStyleMap().get("outline-style")!.toString()];
        });
        if (name === "") break;
        assert.notEqual(outline, "none", `${name}: nothing shows where the focus is`);
        reached.add(name);
      }
      for (const name of ["#findings", "#tenant", "map-1-title", "timeline-1-title", "holders-table", "#finding-1"]) {
        assert.ok(reached.has(name), `${name} is not reached: ${[...reached].join(", ")}`);
      }
    });
  });

  it("the report's page must describe its drawings to a screen reader, and repeat them as tables", async () => {
    await visit("troubled", {}, async (page) => {
      for (const id of ["map-1", "timeline-1"]) {
        const drawing = page.locator(`svg[aria-labelledby="${id}-title ${id}-description"]`);
        assert.equal(await drawing.getAttribute("role"), "img");
        assert.ok((await drawing.locator("> desc").textContent())!.length > 40);
      }
      await openAll(page);
      const servers = await page.locator("table:has(#map-table) tbody th").allInnerTexts();
      assert.equal(servers.length, 6);
      const hash = await page.locator("table:has(#timeline-table) tbody code").first().innerText();
      assert.match(hash, /^[0-9a-f]{64}$/);
    });
  });

  it("the report's page must have headings in order and each id once", async () => {
    await visit("troubled", {}, async (page) => {
      const levels = await page
        .locator("h1, h2, h3, h4")
        .evaluateAll((all) => all.map((heading) => Number(heading.tagName.slice(1))));
      assert.equal(levels[0], 1);
      levels.slice(1).forEach((level, index) => assert.ok(level - levels[index] <= 1 && level > 1, levels.join()));
      const ids = await page.locator("[id]").evaluateAll((all) => all.map(({ id }) => id));
      assert.deepEqual(ids, [...new Set(ids)]);
    });
  });

  it("the report's page must not move if less motion is requested", async () => {
    const styles =
      "[getComputedStyle(document.documentElement).scrollBehavior, getComputedStyle(document.querySelector('.card a')).transitionDuration]";
    const moving = await visit("healthy", { reducedMotion: "reduce" }, (page) => page.evaluate<string[]>(styles));
    assert.deepEqual(moving, ["auto", "0s"]);
  });

  it("the report's page must print on a few pages of A4, including its collapsed parts", async () => {
    const pdf = await visit("healthy", {}, (page) => page.pdf({ preferCSSPageSize: true }));
    const text = pdf.toString("latin1");
    assert.equal(text.slice(0, 5), "%PDF-");
    const pages = text.match(/\/Type\s*\/Page\b/g) ?? [];
    assert.ok(pages.length >= 2 && pages.length <= 6, `${pages.length} pages`);
    assert.match(text, /\/MediaBox\s*\[0 0 59\d(\.\d+)? 84\d(\.\d+)?\]/);
    const shown = await visit("healthy", {}, async (page) => {
      await page.emulateMedia({ media: "print" });
      return page
        .locator("#timeline details table")
        .evaluate((table) => table.checkVisibility({ contentVisibilityAuto: true }));
    });
    assert.equal(shown, true);
  });

  it("the pictures of the report's page must not be empty, in light, dark and narrow mode", async () => {
    const pictures = process.env.REPORT_PICTURES;
    if (pictures) fs.mkdirSync(pictures, { recursive: true });
    const views: [string, BrowserContextOptions][] = [
      ["light", { colorScheme: "light" }],
      ["dark", { colorScheme: "dark" }],
      ["narrow", { viewport: NARROW }],
    ];
    const seen = new Set<string>();
    for (const [view, options] of views) {
      const picture = await visit("troubled", options, (page) => page.screenshot({ fullPage: pictures !== undefined }));
      assert.ok(picture.length > 10_000, `${view}: ${picture.length} bytes`);
      seen.add(picture.toString("base64").slice(-4000));
      if (pictures) fs.writeFileSync(path.join(pictures, `report-${view}.png`), picture);
    }
    assert.equal(seen.size, views.length);
  });
});
