/** Every encoder of model/text/encoders, over texts that somebody chose to do harm. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { parse as parseShell } from "shell-quote";
import MarkdownIt from "markdown-it";
import { calendarLine, encodeForCalendar } from "../../../../model/text/encoders/calendar";
import { encodeForAzureLog } from "../../../../model/text/encoders/azure-log";
import { holdsCommand } from "../../../../model/text/encoders/ci-commands";
import { encodeForGitHubLog } from "../../../../model/text/encoders/github-log";
import { harmless } from "../../../../model/text/encoders/harmless";
import { encodeForHtml } from "../../../../model/text/encoders/html";
import { encodeForJson } from "../../../../model/text/encoders/json";
import { encodeForMetrics } from "../../../../model/text/encoders/metrics";
import { encodeForSarif } from "../../../../model/text/encoders/sarif";
import { encodeForXml } from "../../../../model/text/encoders/xml";
import { encodeForKql } from "../../../../model/text/encoders/kql";
import { encodeForMarkdown, encodeForMarkdownCell } from "../../../../model/text/encoders/markdown";
import { encodeForPosixShell } from "../../../../model/text/encoders/posix-shell";
import { encodeForPowerShell } from "../../../../model/text/encoders/powershell";
import { encodeForTerminal } from "../../../../model/text/encoders/terminal";
import { encodeText, LONGEST_LINE, LONGEST_TEXT } from "../../../../model/text/encoders/text";

type Encoder = (text: string) => string;

const LOGS: Record<string, Encoder> = {
  terminal: encodeForTerminal,
  "log of GitHub": encodeForGitHubLog,
  "log of Azure DevOps": encodeForAzureLog,
};
const LINES: Record<string, Encoder> = {
  text: encodeText,
  Markdown: encodeForMarkdown,
  "cell of Markdown": encodeForMarkdownCell,
  HTML: encodeForHtml,
  JSON: (text) => encodeForJson(text),
  "POSIX shell": encodeForPosixShell,
  PowerShell: encodeForPowerShell,
  XML: encodeForXml,
  iCalendar: encodeForCalendar,
  OpenMetrics: encodeForMetrics,
  SARIF: encodeForSarif,
  KQL: encodeForKql,
};
const ALL = { ...LOGS, ...LINES };

const PIECES = [
  ...[
    "##vso[task.setvariable variable=x]1",
    "##[group]",
    "::error::x",
    "::set-output name=a::b",
    "##",
    "#",
    "#vso[",
    ":",
  ],
  ...[
    "::",
    "##v",
    "##vs",
    "##VSO[",
    "vso[",
    "[",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "\u00a0",
    "\u0085",
    "\u2028",
    "\u001b[31m",
  ],
  ...[
    "\u202e",
    "\u200b",
    "\u00ad",
    "\ufeff",
    "\u{e0001}",
    "\ud800",
    "`",
    "``",
    "|",
    "<script>",
    "@all",
    "'",
    "\u2019",
    '"',
  ],
  ...["$(id)", "'; Remove-Item", "\\", "a", "é", "日本"],
];
const hostile = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary" })), { maxLength: 12 });
const text = hostile.map((pieces) => pieces.join(""));
const holds = (property: fc.IProperty<[string]> | fc.IProperty<[string, string]>) =>
  void fc.assert(property as never, { numRuns: 400 });

/** Lines as the rudest reader splits them. */
const linesOf = (output: string) => output.split(/[\r\n\u0085\u2028\u2029\v\f]/);
const UNSEEN = /(?!\n|\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe("encoders", () => {
  for (const [name, encode] of Object.entries(ALL)) {
    it(`must let no command of a CI system through to a ${name}`, () => {
      holds(fc.property(text, (given) => assert.ok(!linesOf(encode(given)).some(holdsCommand), encode(given))));
    });

    it(`must let nothing through to a ${name} that cannot be seen`, () => {
      holds(fc.property(text, (given) => assert.doesNotMatch(encode(given), UNSEEN)));
    });
  }

  for (const [name, encode] of Object.entries({ ...LOGS, text: encodeText })) {
    it(`must not let two pieces become a command in a ${name}`, () => {
      holds(fc.property(text, text, (one, two) => assert.ok(!linesOf(encode(one) + encode(two)).some(holdsCommand))));
    });

    it(`must change nothing in a ${name} that it has encoded already`, () => {
      holds(fc.property(text, (given) => assert.equal(encode(encode(given)), encode(given))));
    });

    it(`must leave readable text as it is in a ${name}`, () => {
      const readable = fc.string({ unit: fc.constantFrom(..."abc XYZ09.,;-_()[]{}<>'\"`|@$%&/\\é日") });
      holds(fc.property(readable, (given) => assert.equal(encode(given), given)));
      for (const given of ["C#", "a::b", "## 1", "https://a.b/c?d=e#f", "sha256:ab"])
        assert.equal(encode(given), given);
    });
  }

  for (const [name, encode] of Object.entries(LINES)) {
    it(`must be one line in a ${name}`, () => {
      holds(fc.property(text, (given) => assert.doesNotMatch(encode(given), /[\r\n\u2028\u2029]/)));
    });
  }

  it("must show a bidirectional mark and an escape sequence by their code points", () => {
    assert.equal(encodeText("a\u202eb \u001b[31m \u{e0001}"), "a\\u202eb \\u001b[31m \\u{e0001}");
  });

  it("must cut what is too long, without a command or half a character at its end", () => {
    for (const end of ["##vso[x]", "\ud83d\ude00", "##"]) {
      for (let before = 980; before <= LONGEST_TEXT; before += 1) {
        const cut = encodeText(`${"a".repeat(before)}${end}${"b".repeat(100)}`);
        assert.doesNotMatch(cut, /\p{Cs}/u);
        assert.ok(cut.length <= LONGEST_TEXT && cut.endsWith("...") && !holdsCommand(cut), cut);
      }
    }
    assert.equal(encodeForGitHubLog(`a\n${"b".repeat(9000)}`).length, LONGEST_LINE + 2);
  });

  it("must keep every value in JSON", () => {
    holds(
      fc.property(text, (given) =>
        assert.deepEqual(JSON.parse(encodeForJson({ [given]: [given] }, 2)), { [given]: [given] }),
      ),
    );
  });

  it("must be a code span and nothing else in Markdown", () => {
    const markdown = new MarkdownIt({ html: true, linkify: true });
    holds(
      fc.property(text, (given) => {
        const [paragraph] = markdown.parseInline(`x ${encodeForMarkdown(given)} x`, {});
        const kinds = (paragraph.children ?? []).map(({ type }) => type).filter((type) => type !== "text");
        if (kinds.length > 0) assert.deepEqual(kinds, ["code_inline"]);
        else assert.equal(encodeForMarkdown(given), "(nothing)");
      }),
    );
  });

  it("must be no markup in HTML", () => {
    holds(fc.property(text, (given) => assert.doesNotMatch(encodeForHtml(given), /[<>"'`]/)));
  });

  it("must be no markup in XML, of characters that XML may hold", () => {
    holds(
      fc.property(text, (given) =>
        assert.doesNotMatch(encodeForXml(given), /[<>"']|[^\t\n\x20-\ud7ff\ue000-\u{10ffff}]/u),
      ),
    );
  });

  it("must end no value of a calendar, a label or a message of SARIF", () => {
    const unescaped = (characters: string) => new RegExp(`(?<!\\\\)(?:\\\\\\\\)*[${characters}]`);
    holds(
      fc.property(text, (given) => {
        assert.doesNotMatch(encodeForCalendar(given), unescaped(";,"));
        assert.doesNotMatch(encodeForMetrics(given), unescaped('"'));
        assert.doesNotMatch(encodeForSarif(given), unescaped("[\\]"));
      }),
    );
  });

  it("must fold a line of a calendar after 75 bytes at most, never within a character, and lose nothing", () => {
    holds(
      fc.property(text, (given) => {
        const line = `SUMMARY:${encodeForCalendar(given.repeat(9))}`;
        const folded = calendarLine(line);
        assert.equal(folded.replaceAll("\r\n ", ""), `${line}\r\n`);
        for (const part of folded.split("\r\n")) {
          assert.ok(Buffer.byteLength(part) <= 75 && !/\p{Cs}/u.test(part), part);
          assert.ok(!holdsCommand(part), part);
        }
      }),
    );
  });

  it("must be one argument for a POSIX shell, the very one where everything in it can be seen", function () {
    this.timeout(20_000);
    void fc.assert(
      fc.property(text, (given) => {
        const argument = encodeForPosixShell(given);
        const said = execFileSync("sh", ["-c", `printf '%s|' ${argument}`], { encoding: "utf8" });
        assert.equal(said.split("|").length, given.split("|").length + 1);
        if (!UNSEEN.test(given) && !/[\n\t]|\p{Co}|\p{DI}/u.test(given)) assert.equal(said, `${given}|`);
      }),
      { numRuns: 60 },
    );
    assert.deepEqual(parseShell(`x ${encodeForPosixShell("$(id); a")}`), ["x", "$(id); a"]);
  });

  it("must double every kind of quote for PowerShell", () => {
    assert.equal(encodeForPowerShell("'; Remove-Item \u2019"), "'''; Remove-Item \u2019\u2019'");
    assert.equal(encodeForPowerShell("a##vso[x]"), "('a#'+'#vso[x]')");
    assert.equal(encodeForPowerShell("sync01"), "sync01");
    holds(
      fc.property(text, (given) => {
        const inner = encodeForPowerShell(given).replaceAll("'+'", "");
        if (inner === given) return;
        const body = inner.replace(/^\(?'/, "").replace(/'\)?$/, "");
        assert.doesNotMatch(body.replaceAll(/(['\u2018-\u201b])\1/g, ""), /['\u2018-\u201b]/);
      }),
    );
  });

  it("must reach every text of an object, names of properties as well", () => {
    const given = { "##[a]": [{ b: "::c::", d: 1, e: null }] };
    assert.deepEqual(harmless(given), { "#\\u0023[a]": [{ b: "\\u003a:c::", d: 1, e: null }] });
  });
});
