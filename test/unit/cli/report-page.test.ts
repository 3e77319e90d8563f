/** The report's page as text: nothing of it from elsewhere, everything of others escaped. How it looks and is used: report-browser.test.ts. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { html } from "../../../cli/report/page/html";
import { fit, fitMiddle } from "../../../cli/report/page/build-parts";
import { STYLE } from "../../../cli/report/page/style";
import { reportPage } from "../../../cli/report/report-page";
import { HOSTILE, healthyReport, manyServers, troubledReport } from "./report-cases";

describe("the report's page", () => {
  it("the report's page must escape everything that it did not create itself", () => {
    const name = HOSTILE[1];
    assert.equal(
      html`<b title="${name}">${[name, html`<i>${"&"}</i>`, null, false, 3]}</b>`.markup,
      '<b title="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;">&quot;&gt;&lt;img src=x onerror=alert(1)&gt;<i>&amp;</i>3</b>',
    );
  });

  it("the report's page must contain no foreign markup, script, handler or address, whatever the names", async () => {
    const page = reportPage(await troubledReport());
    const tags = page.match(/<[a-zA-Z!/][^>]*>/g)!;
    const names = new Set(tags.map((tag) => tag.match(/^<\/?([a-zA-Z]+|!doctype)/i)![1].toLowerCase()));
    for (const name of ["script", "img", "iframe", "object", "embed", "form", "base", "input", "foreignobject"]) {
      assert.ok(!names.has(name), name);
    }
    for (const tag of tags) {
      assert.doesNotMatch(tag, /\son[a-z]+\s*=\s*["']?[a-z]/i, tag);
      assert.doesNotMatch(tag, /\s(style|srcset|src|action)=/i, tag);
      const address = /\s(?:xlink:)?href="([^"]*)"/.exec(tag)?.[1];
      assert.ok(address === undefined || address.startsWith("#"), tag);
    }
    assert.doesNotMatch(page, /[\u202A-\u202E\u2066-\u2069\u200B\u200D]/, "what turns or hides text is shown");
    assert.match(page, /\\u202eexe\.txt/);
    assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
  });

  it("the report's page must allow only its own style sheet", async () => {
    const page = reportPage(await healthyReport());
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page)!;
    const hash = createHash("sha256").update(style).digest("base64");
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1];
    assert.equal(policy, `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
    assert.ok(page.indexOf("Content-Security-Policy") < page.indexOf("<style>"));
    assert.doesNotMatch(STYLE, /url\(|@import|@font-face/);
    assert.match(page, /^<!doctype html>\s*<html lang="en">/);
  });

  it("the report's page must refer to each of its pictures and anchors by an existing, unique name", async () => {
    for (const document of [await healthyReport(), await troubledReport(), await manyServers(20)]) {
      const page = reportPage(document);
      const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
      assert.deepEqual(ids, [...new Set(ids)]);
      const used = [...page.matchAll(/href="#([^"]+)"|url\(#([^)]+)\)/g)].map(([, href, url]) => href ?? url);
      const labels = [...page.matchAll(/aria-labelledby="([^"]+)"/g)].flatMap(([, list]) => list.split(" "));
      for (const id of [...used, ...labels]) assert.ok(ids.includes(id), id);
    }
  });

  it("the report's page must show each state in words as well as in colour", async () => {
    const page = reportPage(await troubledReport());
    for (const words of ["Differs from the declaration", "Not observed", "Waiting for a sign-in", "Not set up yet"]) {
      assert.match(page, new RegExp(`class="badge [a-z]+"[^]{0,200}>${words}<`), words);
    }
    for (const words of ["Valid", "Rotation due", "Expired", "A person has to decide", "Not declared", "Allowed"]) {
      assert.ok(page.includes(words), words);
    }
  });

  it("the report's page must say plainly that there is nothing to report", async () => {
    const page = reportPage(await healthyReport());
    assert.match(page, /Nothing that was observed differs from the declaration\./);
    assert.match(page, /There is no earlier report of this stack to compare with\./);
    assert.doesNotMatch(page, /<h3>Notices|Not read<\/h3>/);
  });

  it("the report's page must stay small enough to send with 50 servers", async () => {
    assert.ok(reportPage(await manyServers(50)).length < 1_500_000);
  });

  it("the report's page must shorten texts that do not fit a drawing, at the end or in the middle", () => {
    assert.equal(fit("short", 6), "short");
    assert.equal(fit("too long a name", 6), "too l…");
    assert.equal(fitMiddle("Entra Connect Sync - sync01", 12), "Entra…sync01");
    assert.equal(fitMiddle("short", 6), "short");
  });
});

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(left: string, right: string): number {
  const [dark, light] = [luminance(left), luminance(right)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Text and what it stands on, drawings included, which axe does not look into. */
const PAIRS: [text: string, on: string][] = [
  ...["page", "surface", "raised"].flatMap((on): [string, string][] => [
    ["ink", on],
    ["muted", on],
    ["accent", on],
  ]),
  ...["good", "warn", "bad", "mute"].flatMap((tone): [string, string][] => [
    [tone, `${tone}-soft`],
    [tone, "surface"],
    ["ink", `${tone}-soft`],
  ]),
  ...["good", "bad"].map((tone): [string, string] => [tone, "raised"]),
];

describe("colours of the report's page", () => {
  const palettes = [...STYLE.matchAll(/:root \{ color-scheme: (light|dark);([^}]*)\}/g)];
  it("the report's colours must be two sets, for light and dark mode", () => {
    assert.deepEqual(
      palettes.map(([, name]) => name),
      ["light", "dark"],
    );
  });
  for (const [, name, text] of palettes) {
    it(`the report's colours must have a contrast of at least 4.5 in ${name} mode`, () => {
      const colours = Object.fromEntries(
        [...text.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, key, value]) => [key, value]),
      );
      for (const [words, on] of PAIRS) {
        const found = contrast(colours[words], colours[on]);
        assert.ok(found >= 4.5, `${words} on ${on}: ${found.toFixed(2)}`);
      }
      // Parts of drawings that carry meaning, and the mark of the focus.
      for (const part of ["accent", "bad", "warn", "good"])
        assert.ok(contrast(colours[part], colours.surface) >= 3, part);
    });
  }
});
