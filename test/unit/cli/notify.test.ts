/** What is sent to a channel: read back by the parser of Adaptive Cards, held against Slack's limits, and sent by the command. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { cardOf, jsonOf, mailTextOf, slackOf, teamsOf } from "../../../cli/notify/channels";
import { hasNews, messageOf, type Message } from "../../../cli/notify/message";
import type { ReportDocument } from "../../../cli/report/report-document";
import { jsonOf as fileOf } from "../../../cli/report/report-files";
import { liveIn, PLANT, plantedIn } from "../../helpers/planted-texts";
import { runProgram } from "./command-line";
import { healthyReport, longNames, troubledReport } from "./report-cases";

interface Cards {
  AdaptiveCard: new () => { parse(card: object, context: unknown): void; toJSON(): { body: object[] } };
  SerializationContext: new () => { eventCount: number; getEventAt(index: number): { message: string } };
}

/** Its module for Node.js cannot be loaded there; this build can. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- it has no types of its own
const { AdaptiveCard, SerializationContext } = require("adaptivecards/dist/adaptivecards.js") as Cards;

/** The card as the library of Teams' clients reads it, and what it finds wrong. */
function readCard(card: object): { body: object[]; faults: string[] } {
  const read = new AdaptiveCard();
  const context = new SerializationContext();
  read.parse(card, context);
  const faults = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index).message);
  return { body: read.toJSON().body, faults };
}

/** The largest message that a channel of Teams takes, in bytes. */
const TEAMS_BYTES = 28 * 1024;

describe("a message to a channel", function () {
  this.timeout(60_000);
  let healthy: ReportDocument;
  let troubled: ReportDocument;
  let messages: Message[];
  before(async () => {
    [healthy, troubled] = await Promise.all([healthyReport(), troubledReport()]);
    const long = await longNames();
    messages = [healthy, troubled, long].map((report) => messageOf(report, "https://ci.contoso.com/run/7"));
  });

  it("must say in its title how it is, and have findings and what changed since the report before it", () => {
    const [good, bad] = messages;
    assert.equal(good.title, "Entra Connect Sync, stack dev: as declared");
    assert.equal(bad.title, `Entra Connect Sync, stack dev: ${troubled.findings.length} findings`);
    assert.deepEqual([good.findings, good.changes], [[], null]);
    assert.match(bad.findings[0], /^sync01: .* Found .* \[certificate-missing\]$/);
    assert.equal(bad.changes!.title, "Changed since 1 Oct 2026, 12:00 UTC");
    assert.ok(bad.changes!.lines.some((line) => line.includes("sync02: Server could no longer be observed")));
    assert.match(bad.findings.at(-1)!, /^and \d+ more findings in the report$/);
  });

  it("must be news if there is no report before it or something changed, and else none", () => {
    assert.ok(hasNews(healthy) && hasNews(troubled));
    assert.ok(!hasNews({ changes: { since: healthy.takenAt, entries: [] } }));
  });

  it("must be a card that the library of Adaptive Cards reads whole, and of a size that Teams takes", () => {
    for (const message of messages) {
      const card = cardOf(message) as { body: object[] };
      const { body, faults } = readCard(card);
      assert.deepEqual(faults, []);
      assert.equal(body.length, card.body.length);
      assert.ok(Buffer.byteLength(JSON.stringify(teamsOf(message))) < TEAMS_BYTES, message.title);
    }
    const wrong = { type: "AdaptiveCard", version: "1.4", body: [{ type: "TextRunn" }] };
    assert.notDeepEqual(readCard(wrong).faults, [], "it says nothing about a wrong card either");
  });

  it("must have texts in a card in runs only, which know no Markdown", () => {
    const { body } = cardOf(messages[1]) as { body: { type: string }[] };
    assert.deepEqual([...new Set(body.map(({ type }) => type))], ["RichTextBlock"]);
  });

  it("must keep Slack's limits, and have texts of others as plain text only", () => {
    for (const message of messages) {
      const { text, blocks } = slackOf(message);
      assert.doesNotMatch(text, /[<>]|&(?!amp;|lt;|gt;)/);
      assert.ok(blocks.length <= 50);
      for (const block of blocks) {
        if (!("text" in block) || !block.text) continue;
        assert.equal(block.text.type, "plain_text");
        assert.ok(block.text.text.length <= (block.type === "header" ? 150 : 3000) && block.text.text.length > 0);
      }
    }
  });

  it("must have no button without a page of the run", () => {
    const alone = messageOf(troubled, null);
    for (const text of [cardOf(alone), slackOf(alone), mailTextOf(alone)].map((one) => JSON.stringify(one))) {
      assert.doesNotMatch(text, /ci\.contoso\.com|actions/);
    }
  });

  it("must be harmless with planted texts, each in one line of bounded length", () => {
    const fixed = /^(kind|then|code|cloud|state|status|role|step|takenAt|since|from|notAfter|rotationFrom)$/;
    const planted = plantedIn(troubled, (text, name) => fixed.test(name) || /^\d{4}-\d\d-\d\dT/.test(text));
    const message = messageOf(planted, null);
    const lines = [message.title, message.sentence, ...message.findings, ...message.changes!.lines];
    assert.ok(lines.some((line) => line.includes("task.setvariable")));
    for (const line of [...lines, ...message.facts.map(({ value }) => value)]) {
      assert.deepEqual(liveIn(line), []);
      assert.ok(!line.includes("\n") && line.length <= 300, line);
    }
    assert.deepEqual(readCard(cardOf(message)).faults, []);
    assert.ok(jsonOf(message, planted).findings[0].actual.includes(PLANT), "a program gets the values as they are");
  });
});

describe("notify", function () {
  this.timeout(120_000);
  const SECRET = "hook-with-a-secret";
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "csi-notify-"));
  const report = path.join(work, "latest.json");
  const received: { url: string; body: string }[] = [];
  let answer = 202;
  let url: string;
  const server = http.createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      received.push({ url: request.url!, body });
      response.writeHead(answer).end(`${SECRET}`);
    });
  });
  before(async () => {
    fs.writeFileSync(report, fileOf(await troubledReport()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${SECRET}`;
  });
  afterEach(() => {
    received.splice(0);
    answer = 202;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    fs.rmSync(work, { recursive: true, force: true });
  });
  const run = (args: string[], env: NodeJS.ProcessEnv = { NOTIFY_URL: url }) =>
    runProgram(["notify", "--report", report, ...args], { env: { ...process.env, ...env } });

  it("must send a card, and print what it sent without the address", async () => {
    const { code, stdout, stderr } = await run(["--to", "teams", "--link", "https://ci.contoso.com/run/7"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^sent to teams: Entra Connect Sync, stack dev: \d+ findings\n$/);
    assert.equal(received.length, 1);
    const { attachments } = JSON.parse(received[0].body) as { attachments: { content: object }[] };
    assert.deepEqual(readCard(attachments[0].content).faults, []);
    assert.ok(!`${stdout}${stderr}`.includes(SECRET));
  });

  it("must send nothing if nothing changed and only changes are wanted", async () => {
    const idle = path.join(work, "idle.json");
    const document = await healthyReport();
    fs.writeFileSync(idle, fileOf({ ...document, changes: { since: document.takenAt, entries: [] } }));
    const { code, stdout } = await run(["--report", idle, "--to", "json", "--only-changes"]);
    assert.deepEqual([code, stdout], [0, "not sent: nothing changed since the report before it\n"]);
    assert.deepEqual(received, []);
  });

  it("must fail with the host alone if the message is refused", async () => {
    answer = 403;
    const { code, stdout, stderr } = await run(["--to", "slack"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /127\.0\.0\.1:\d+ answered 403: \[secret\]/);
    assert.ok(!stderr.includes(SECRET), stderr);
  });

  it("must refuse wrong use before it sends anything, and repeat no secret", async () => {
    const mail = ["--to", "mail", "--from", "a@contoso.com", "--mail-to", "b@contoso.com"];
    const unset = { NOTIFY_URL: "" };
    for (const [args, env, words] of [
      [["--to", "teams"], unset, /NOTIFY_URL is not set/],
      [["--to", "pager"], {}, /--to/],
      [["--to", "json", "--link", "http://x/"], { NOTIFY_URL: url }, /--link is no https address/],
      [["--to", "mail"], {}, /--to mail needs --smtp, --from and --mail-to/],
      [[...mail, "--smtp", "smtp.contoso.com"], {}, /--smtp is no <host>:<port>/],
      [[...mail, "--smtp", "s:25", "--mail-to", "a, b"], {}, /is no mail address/],
      [[...mail, "--smtp", "s:25"], { NOTIFY_SMTP_PASSWORD: SECRET }, /belong together/],
    ] as [string[], NodeJS.ProcessEnv, RegExp][]) {
      const { code, stderr } = await run(args, env);
      assert.equal(code, 2, stderr);
      assert.match(stderr, words);
      assert.ok(!stderr.includes(SECRET), stderr);
    }
    assert.deepEqual(received, []);
  });
});
