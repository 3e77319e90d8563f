/** The Markdown of a report, whole and short, as a renderer takes it: names of others stay text. */
import assert from "node:assert/strict";
import MarkdownIt from "markdown-it";
import { cell, code } from "../../../cli/report/report-markdown-text";
import { reportMarkdown } from "../../../cli/report/report-markdown";
import { SHORT_LINES, shortMarkdown } from "../../../cli/report/report-short";
import { HOSTILE, healthyReport, manyServers, troubledReport } from "./report-cases";
import { hostOf, report, reportFacts } from "./report-facts";

/** As generous as any: HTML is let through, what looks like a link becomes one. */
const renderer = new MarkdownIt({ html: true, linkify: true });

/** All that a renderer made of a text outside of code. */
function outsideCode(markdown: string): string {
  return renderer.render(markdown).replace(/<code>[\s\S]*?<\/code>/g, "");
}

describe("Markdown of a report", () => {
  for (const [index, name] of HOSTILE.entries()) {
    it(`Markdown must show a hostile name as text, in a line and in a table (${index + 1})`, () => {
      for (const markdown of [`- ${code(name)}: after`, `| a | b |\n| --- | --- |\n| ${cell(name)} | after |`]) {
        const rendered = outsideCode(markdown);
        assert.doesNotMatch(rendered, /<(?!\/?(ul|li|table|thead|tbody|tr|th|td)\b)/, rendered);
        assert.doesNotMatch(rendered, /evil|mallory|@|onerror|`/, rendered);
        assert.match(rendered, /after/);
        if (markdown.startsWith("|")) assert.equal(renderer.render(markdown).match(/<td>/g)!.length, 2);
      }
    });
  }

  it("Markdown must show a text unchanged, including backticks", () => {
    assert.match(renderer.render(code("a `b` ``c``")), /<code>a `b` ``c``<\/code>/);
    assert.match(renderer.render(code("` x ")), /<code>` x<\/code>|<code>` x <\/code>/);
    assert.equal(code("  "), "(nothing)");
  });

  for (const [form, write] of Object.entries({ whole: reportMarkdown, short: shortMarkdown })) {
    it(`Markdown must contain no link, mention, picture or HTML in the ${form} form`, async () => {
      const markdown = write(await troubledReport());
      const rendered = outsideCode(markdown);
      assert.doesNotMatch(rendered, /<(a|img|script|iframe|style|svg)\b/i);
      assert.doesNotMatch(rendered, /@|https?:|evil|mallory/i);
      assert.doesNotMatch(markdown, /[\u202A-\u202E\u2066-\u2069\u200B]/);
    });
  }

  it("Markdown must contain the same as the page: findings with remedies, map, certificates, holders, unread parts", async () => {
    const document = await troubledReport();
    const markdown = reportMarkdown(document);
    for (const { code: name, meaning } of document.findings) {
      assert.ok(markdown.includes(`\`${name}\``), name);
      assert.ok(markdown.includes(meaning), meaning);
    }
    for (const { certificates } of document.servers) {
      for (const { sha256 } of certificates) assert.ok(markdown.includes(sha256));
    }
    for (const { id } of document.tenant.holders) assert.ok(markdown.includes(id), id);
    assert.match(markdown, /not shown without `RoleManagement\.Read\.Directory`: who synchronises by a directory role/);
    assert.match(markdown, /Migration of the Berlin forest` until 31 Dec 2026/);
  });
});

describe("short Markdown of a report", () => {
  it("short Markdown must report a healthy stack in a few lines", async () => {
    const markdown = shortMarkdown(await healthyReport());
    assert.match(markdown, /^### Connect Sync identities: `dev`\n\n\*\*Both declared servers are set to sign in/);
    assert.match(markdown, /next rotation from 4 Apr 2027 on \(`sync01`\)/);
    assert.match(markdown, /\| `sync01` \| active \| As declared \| 0 \| 1 Oct 2027 \|/);
    assert.ok(markdown.split("\n").length < 20);
    assert.doesNotMatch(markdown, /Findings\*\*|Changed since/);
  });

  it("short Markdown must never exceed its limit, and count what it leaves out, with findings first", async () => {
    const facts = await reportFacts(50);
    for (let index = 1; index <= 50; index += 1) {
      if (index !== 2) hostOf(facts, index).passwordWriteback = true;
    }
    const markdown = shortMarkdown(report(facts, await manyServers(1)));
    assert.ok(markdown.split("\n").length <= SHORT_LINES, String(markdown.split("\n").length));
    assert.match(markdown, /and 38 more servers in the report/);
    assert.match(markdown, /- and 39 more findings in the report/);
    assert.match(markdown, /- and \d+ more changes in the report/);
    assert.doesNotMatch(markdown, /`sync02` \|/, "a healthy server is told after all others");
    const trouble = shortMarkdown(await troubledReport());
    assert.ok(trouble.split("\n").length <= SHORT_LINES);
  });
});
