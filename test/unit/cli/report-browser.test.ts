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
import { healthyReport, longNames, manyServers, troubledReport } from "./report-cases";

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };
/** What A4 has within the margins of the page, at 96 pixels an inch. */
const PAPER = { width: 695, height: 1000 };
const VIEWS: Record<string, [BrowserContextOptions, "screen" | "print"]> = {
  "1280 pixels": [{ viewport: WIDE }, "screen"],
  "800 pixels": [{ viewport: { width: 800, height: 900 } }, "screen"],
  "390 pixels": [{ viewport: NARROW }, "screen"],
  A4: [{ viewport: PAPER }, "print"],
};

/** Elements whose box is beyond the page or whose text is beyond their own box, as their names and first words. */
const BEYOND = `(() => {
  const width = document.documentElement.clientWidth;
  const shown = [...document.querySelectorAll("main *")].filter((one) => !one.closest("defs, symbol, thead") && one.checkVisibility());
  const words = (one) => one.tagName + "." + one.getAttribute("class") + ": " + one.textContent.trim().slice(0, 60);
  const wide = shown.filter((one) => { const { left, right, width: own } = one.getBoundingClientRect(); return own > 0 && (right > width + 1 || left < -1); });
  const cut = shown.filter((one) => !one.closest("svg") && getComputedStyle(one).display !== "inline" && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0);
  return { scrolls: document.documentElement.scrollWidth - width, wide: wide.map(words).slice(0, 5), cut: cut.map(words).slice(0, 5) };
})()`;

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
      long: await longNames(),
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

  for (const [where, [options, media]] of Object.entries(VIEWS)) {
    it(`the report's page must fit ${where} without any box or text beyond it, regardless of names and number of servers`, async () => {
      for (const name of ["one", "healthy", "troubled", "many", "long"]) {
        const beyond = await visit(name, options, async (page) => {
          await page.emulateMedia({ media });
          await openAll(page);
          return page.evaluate(BEYOND);
        });
        assert.deepEqual(beyond, { scrolls: 0, wide: [], cut: [] }, name);
      }
    });
  }

  it("a drawing's text must stay within its box, and a screen too narrow for drawings show their tables", async () => {
    const outside = await visit("long", {}, (page) =>
      page.evaluate<string[]>(`[...document.querySelectorAll("g.box")].flatMap((group) => {
        const box = group.querySelector("rect").getBBox();
        return [...group.querySelectorAll("text")].filter((text) => {
          const { x, width } = text.getBBox();
          return text.textContent !== "" && (x < box.x || x + width > box.x + box.width);
        }).map((text) => text.textContent);
      })`),
    );
    assert.deepEqual(outside, []);
    const [drawn, tables] = await visit("troubled", { viewport: NARROW }, (page) =>
      page.evaluate<[number, number]>(
        `[".drawing", "details.instead table"].map((all) => [...document.querySelectorAll(all)].filter((one) => one.checkVisibility({ contentVisibilityAuto: true })).length)`,
      ),
    );
    assert.deepEqual([drawn, tables], [0, 2]);
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

  it("the report's page must lead by keyboard to its parts, its collapsed tables and each finding, with visible focus", async () => {
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
          const label =
            active.getAttribute("aria-labelledby") ?? active.getAttribute("href") ?? active.textContent!.trim();
          return [label, active.computedStyleMap().get("outline-style")!.toString()];
        });
        if (name === "") break;
        assert.notEqual(outline, "none", `${name}: nothing shows where the focus is`);
        reached.add(name);
      }
      for (const name of ["#findings", "#tenant", "The map as a table", "#finding-1"]) {
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
    assert.ok(pages.length >= 2 && pages.length <= 8, `${pages.length} pages`);
    assert.match(text, /\/MediaBox\s*\[0 0 59\d(\.\d+)? 84\d(\.\d+)?\]/);
    const shown = await visit("healthy", {}, async (page) => {
      await page.emulateMedia({ media: "print" });
      return page
        .locator("#timeline details table")
        .evaluate((table) => table.checkVisibility({ contentVisibilityAuto: true }));
    });
    assert.equal(shown, true);
  });

  it("the report's page must print a running title, the tenant, time and page numbers, which the browser accepts", async () => {
    for (const [name, title] of [
      ["troubled", "Connect Sync identities of dev, 1 Oct 2026"],
      ["long", "Connect Sync identities of a-very-long-name-without-any-spa…"],
    ]) {
      const rules = await visit(name, {}, (page) =>
        page.evaluate<string[]>(
          `[...document.styleSheets[0].cssRules].filter((rule) => rule instanceof CSSPageRule).flatMap((rule) => [...rule.cssRules].map((box) => "@" + box.name + ": " + box.style.getPropertyValue("content")))`,
        ),
      );
      assert.equal(rules[0], `@top-left: "${title}"`);
      assert.match(rules[1], /^@top-right: "SHA-256 [0-9a-f]{64}"$/);
      assert.match(rules[2], /^@bottom-left: ".*, observed at 2026-10-01T12:00:00Z"$/);
      assert.equal(rules[3], '@bottom-right: "Page " counter(page) " of " counter(pages)');
    }
  });

  it("the report's tables must repeat their heads on each printed page, and cut no row or border", async () => {
    const styles = await visit("long", {}, async (page) => {
      await page.emulateMedia({ media: "print" });
      return page.evaluate<string[]>(
        `[["thead", "display"], ["tbody tr", "breakInside"], [".server", "boxDecorationBreak"], [".sheet:not(.drawing)", "borderTopWidth"]].map(([all, name]) => [...new Set([...document.querySelectorAll(all)].map((one) => getComputedStyle(one)[name]))].join())`,
      );
    });
    assert.deepEqual(styles, ["table-header-group", "avoid", "clone", "0px"]);
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
      const picture = await visit("troubled", options, async (page) => {
        const { width } = page.viewportSize()!;
        const height = await page.evaluate<number>("document.documentElement.scrollHeight");
        // Chromium takes no higher picture.
        if (pictures) await page.setViewportSize({ width, height: Math.min(height, 16_000) });
        return page.screenshot();
      });
      assert.ok(picture.length > 10_000, `${view}: ${picture.length} bytes`);
      seen.add(picture.toString("base64").slice(-4000));
      if (pictures) fs.writeFileSync(path.join(pictures, `report-${view}.png`), picture);
    }
    assert.equal(seen.size, views.length);
  });
});
