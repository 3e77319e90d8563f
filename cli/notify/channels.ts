/** A message in the form of each channel. Texts of others are in fields that know no markup, no link and no mention. Pure. */
import type { ReportDocument } from "../report/report-document";
import type { Message } from "./message";

/** The newest version of cards that every client of Teams shows. */
const CARD_VERSION = "1.4";

type Run = { text: string; weight?: "Bolder"; size?: "Large"; color?: "Good" | "Attention" };

/** A paragraph of a card. A TextBlock would read Markdown in it. */
const paragraph = (runs: readonly Run[], spacing: "Small" | "Medium" = "Small") => ({
  type: "RichTextBlock",
  spacing,
  inlines: runs.map((run) => ({ type: "TextRun", ...run })),
});

const section = (title: string, lines: readonly string[]) => [
  paragraph([{ text: title, weight: "Bolder" }], "Medium"),
  ...lines.map((text) => paragraph([{ text }])),
];

/** An Adaptive Card. */
export function cardOf({ title, healthy, sentence, facts, findings, changes, link }: Message): object {
  const color = healthy ? "Good" : "Attention";
  return {
    ...{ $schema: "http://adaptivecards.io/schemas/adaptive-card.json", type: "AdaptiveCard", version: CARD_VERSION },
    msteams: { width: "Full" },
    body: [
      paragraph([{ text: title, weight: "Bolder", size: "Large", color }]),
      paragraph([{ text: sentence }]),
      ...facts.map(({ name, value }) => paragraph([{ text: `${name}: `, weight: "Bolder" }, { text: value }])),
      ...(findings.length === 0 ? [] : section("Findings", findings)),
      ...(changes === null ? [] : section(changes.title, changes.lines)),
    ],
    ...(link === null ? {} : { actions: [{ type: "Action.OpenUrl", title: "Open the run", url: link }] }),
  };
}

/** What a workflow of Teams takes ("Post to a channel when a webhook request is received"). */
export const teamsOf = (message: Message) => ({
  type: "message",
  attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: cardOf(message) }],
});

/** The longest texts that Slack takes in a header and in a section. */
const SLACK_HEADER = 150;
const SLACK_SECTION = 3000;

const cut = (text: string, longest: number) => (text.length > longest ? `${text.slice(0, longest - 3)}...` : text);
const plain = (text: string, longest: number) => ({ type: "plain_text", text: cut(text, longest), emoji: false });
const slackSection = (lines: readonly string[]) => ({ type: "section", text: plain(lines.join("\n"), SLACK_SECTION) });

/** Blocks of Slack, with a line for its notifications. */
export function slackOf({ title, sentence, facts, findings, changes, link }: Message) {
  const escaped = cut(`${title}. ${sentence}`, SLACK_SECTION)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
  const button = { type: "button", text: plain("Open the run", 75), url: link };
  return {
    ...{ text: escaped, mrkdwn: false },
    blocks: [
      { type: "header", text: plain(title, SLACK_HEADER) },
      slackSection([sentence, ...facts.map(({ name, value }) => `${name}: ${value}`)]),
      ...(findings.length === 0 ? [] : [slackSection(["Findings", ...findings])]),
      ...(changes === null ? [] : [slackSection([changes.title, ...changes.lines])]),
      ...(link === null ? [] : [{ type: "actions", elements: [button] }]),
    ],
  };
}

/** For a program: what the message says, and findings and changes as the report has them. */
export function jsonOf({ title, link }: Message, report: ReportDocument) {
  const { stack, tenantId, cloud, takenAt, healthy, sentence, findings, notices, changes } = report;
  const whole = { stack, tenantId, cloud, takenAt, healthy, sentence, findings, notices, changes };
  return { version: 1, title, link, ...whole };
}

/** Lines of a mail. */
export function mailTextOf({ sentence, facts, findings, changes, link }: Message): string {
  return [
    sentence,
    "",
    ...facts.map(({ name, value }) => `${name}: ${value}`),
    ...(findings.length === 0 ? [] : ["", "Findings", ...findings.map((text) => `- ${text}`)]),
    ...(changes === null ? [] : ["", changes.title, ...changes.lines.map((text) => `- ${text}`)]),
    ...(link === null ? [] : ["", link]),
    "",
  ].join("\n");
}
