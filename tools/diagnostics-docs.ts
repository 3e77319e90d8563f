/** `npm run diagnostics-docs`: writes the pages that are made from the registry of diagnostics. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import type { Cure, Registration, Registrations, Severity } from "../model/diagnostics/registration";
import { AREAS } from "../model/diagnostics/registry";
import { renderCommand, type RemedyTemplate, type RemedyTemplatePart } from "../model/diagnostics/remedy";
import { FACTS, type FactUse } from "../model/server/fact-uses";
import { controlsPage, CONTROLS_PAGE } from "./controls-docs";
import { versionsMarkdown } from "./versions-page";

const DOCS = path.join(__dirname, "..", "docs");
const PAGE = path.join(DOCS, "diagnostics.md");
const FINDINGS_PAGE = path.join(DOCS, "findings.md");
const FACTS_PAGE = path.join(DOCS, "observed-facts.md");
const VERSIONS_PAGE = path.join(DOCS, "versions.md");

const TITLES: Record<keyof typeof AREAS, [title: string, about: string]> = {
  findings: ["Findings about a server", "What differs between the declaration, Entra and a server."],
  guard: [
    "Findings of the guard",
    "Credentials, owners and permissions that are not declared, and who may synchronise.",
  ],
  notices: ["Notices", "Worth knowing, and no difference from the declaration: no drift alarm is red."],
  managed: [
    "Servers that Entra Connect manages",
    "What differs from what the product promises. Nothing of such a server is changed: a person acts.",
  ],
  configuration: [
    "Configuration",
    "What is wrong with a stack's configuration, a program's arguments or the environment.",
  ],
  connection: ["The way to a server", "What stops a run before the host program has answered."],
  host: ["The host program", "What a server answers, and what an observation shows would stop it."],
  tenant: ["The tenant and the fleet", "What stops a run in Entra, and what two servers must not share."],
  stacks: ["Several stacks", "What `report` finds over several stacks together."],
  commands: ["Commands", "What `adopt`, `leave`, `remove-legacy-account` and `reset-machine-identifier` refuse."],
};

const SEVERITIES: Record<Severity, string> = {
  error: "Error: it stops the work",
  finding: "Finding: it makes a drift alarm red",
  notice: "Notice: it only informs",
};

const CURES: Record<Cure, string> = {
  certificate: "makes a new generation of key and certificate, switches to it, and then removes the old one",
  registration: "runs the registration on the server again",
  program: "copies the host program to the server again",
  repetition: "removes the second entry of the certificate",
  removal: "removes it under `credentialPolicy: enforce`; under `report` it changes nothing",
  lock: "switches the app instance property lock on, under both policies",
  nothing: "does not change it: a person has to act",
};

/** Markdown's own characters in plain text, and `{name}` as what it stands for. */
const prose = (text: string) => text.replace(/[*_<>|\\]/g, "\\$&").replace(/\{(\w+)\}/g, "‹$1›");
const code = (text: string) => `\`${text.replace(/\{(\w+)\}/g, "‹$1›")}\``;

function command(part: Exclude<RemedyTemplatePart, string>): string {
  if (part.kind === "given") return code(part.text);
  if (part.kind === "shell") return code(part.words.join(" "));
  return code(renderCommand(part, { stack: "STACK", sandbox: false, folder: null }).replaceAll("STACK", "‹stack›"));
}

const remedyText = (template: RemedyTemplate) =>
  template.map((part) => (typeof part === "string" ? prose(part) : command(part))).join("");

function remedyLines({ remedy }: Registration): string[] {
  const several = Array.isArray(remedy)
    ? [remedy as RemedyTemplate]
    : Object.values(remedy as Readonly<Record<string, RemedyTemplate>>);
  const texts = several.map(remedyText).filter((text) => text !== "" && text !== "‹help›");
  if (texts.length === 0) return [];
  if (texts.length === 1) return [`- What to do: ${texts[0]}`];
  return ["- What to do, as the case may be:", ...texts.map((text) => `  - ${text}`)];
}

function sentence({ expected, actual }: Registration): string[] {
  if (expected === "{expected}" && actual === "{actual}") return [];
  if (expected === "") return [`- Says: ${code(actual)}`];
  return [`- Expected ${code(expected)}, found ${code(actual)}`];
}

function entry(name: string, registration: Registration): string {
  const { title, why, severity, cure, guide, since } = registration;
  return [
    `### \`${name}\``,
    "",
    `${prose(title)} ${prose(why)}`,
    "",
    `- ${SEVERITIES[severity]}; since ${since}`,
    ...sentence(registration),
    ...(severity === "finding" ? [`- \`pulumi up\` ${CURES[cure]}`] : []),
    ...remedyLines(registration),
    ...(guide ? [`- More: [${guide}](${guide})`] : []),
    "",
  ].join("\n");
}

const entries = (area: Registrations) => Object.entries(area).map(([name, one]) => entry(name, one));

async function formatted(text: string, file: string): Promise<string> {
  return prettier.format(text, { ...(await prettier.resolveConfig(file)), parser: "markdown" });
}

/** docs/diagnostics.md: an entry for each code. */
export async function diagnosticsPage(): Promise<string> {
  const areas = Object.entries(AREAS).flatMap(([name, area]) => {
    const [title, about] = TITLES[name as keyof typeof AREAS];
    return [`## ${title}`, "", about, "", ...entries(area)];
  });
  const head = [
    "# Diagnostics",
    "",
    "<!-- Made by `npm run diagnostics-docs` from model/diagnostics/registry. -->",
    "",
    "Every code that this project reports, in one list: preview, `up`, doctor, report, comment and alarm all take it from the",
    "same registry. Codes are stable: scripts may rely on them. `‹name›` stands for a value of the case.",
    "",
  ];
  return formatted([...head, ...areas].join("\n"), PAGE);
}

/** Titles hold code of their own; a bar would end the cell. */
const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

function table(area: Registrations, withCure: boolean): string {
  const head = withCure ? ["code", "meaning", "`pulumi up`"] : ["code", "meaning"];
  const rows = Object.entries(area).map(([name, { title, cure }]) => {
    const link = `[\`${name}\`](diagnostics.md#${name.toLowerCase()})`;
    return withCure ? [link, title, cure] : [link, title];
  });
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}

/** docs/findings.md with its tables made anew: each is between two comments. */
export async function findingsPage(written: string): Promise<string> {
  const tables = {
    findings: table(AREAS.findings, true),
    guard: table(AREAS.guard, true),
    notices: table(AREAS.notices, false),
    managed: table(AREAS.managed, false),
  };
  const text = Object.entries(tables).reduce((page, [name, made]) => {
    const place = new RegExp(`(<!-- codes: ${name} -->\n)[\\s\\S]*?(\n<!-- /codes -->)`);
    if (!place.test(page)) throw new Error(`${FINDINGS_PAGE} has no place for the codes of ${name}`);
    return page.replace(place, (_, before: string, after: string) => `${before}\n${made}\n${after}`);
  }, written);
  return formatted(text, FINDINGS_PAGE);
}

const FACTS_TITLES: Record<keyof typeof FACTS, string> = {
  host: "A server, as the host program reads it",
  application: "Its application and service principal",
  tenant: "The tenant",
  policies: "Policies for certificates",
};

function factRow([name, use]: [string, FactUse]): string {
  if ("notJudged" in use) return row([`\`${name}\``, `not compared: ${use.notJudged}`, ""]);
  const codes = use.by.map((code) => `[\`${code}\`](diagnostics.md#${code.toLowerCase()})`);
  return row([`\`${name}\``, use.heldAgainst, codes.join(", ")]);
}

/** docs/observed-facts.md: every fact of an observation with what it is held against. */
export async function factsPage(): Promise<string> {
  const parts = Object.entries(FACTS).flatMap(([name, facts]) => [
    ...[`## ${FACTS_TITLES[name as keyof typeof FACTS]}`, ""],
    ...[row(["fact", "held against", "codes"]), row(["---", "---", "---"])],
    ...(Object.entries(facts) as [string, FactUse][]).map(factRow),
    "",
  ]);
  const head = [
    ...["# Observed facts", "", "<!-- Made by `npm run diagnostics-docs` from model/server/fact-uses.ts. -->", ""],
    "What a run reads of a server, its application and the tenant, what each fact is held against, and which codes come of it.",
    "A fact that is compared with nothing has its reason here.",
    "",
  ];
  return formatted([...head, ...parts].join("\n"), FACTS_PAGE);
}

/** docs/versions.md: what is known of versions and days, with sources. */
export async function versionsPage(): Promise<string> {
  return formatted(versionsMarkdown(), VERSIONS_PAGE);
}

async function main(): Promise<void> {
  fs.writeFileSync(VERSIONS_PAGE, await versionsPage());
  fs.writeFileSync(FACTS_PAGE, await factsPage());
  fs.writeFileSync(CONTROLS_PAGE, await controlsPage());
  fs.writeFileSync(PAGE, await diagnosticsPage());
  fs.writeFileSync(FINDINGS_PAGE, await findingsPage(fs.readFileSync(FINDINGS_PAGE, "utf8")));
}

if (require.main === module) void main();
