/**
 * The rule for Microsoft Sentinel and the hunting query for Defender XDR, with this stack's identities as their parameters.
 * The queries themselves are in detections/, for those who fill them in by hand.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { isMap, parseDocument } from "yaml";
import { CommandError } from "../../../console/errors";
import { DIRECTORY_ROLES } from "../../../model/guard/guard-roles";
import { PASSWORD_WRITEBACK_ROLES, SYNC_ROLE } from "../../../model/tenant/clouds";
import { encodeForKql } from "../../../model/text/encoders/kql";
import { encodeText } from "../../../model/text/encoders/text";
import type { ReportDocument } from "../report-document";
import { lastingId } from "./judged";

const FOLDER = path.resolve(__dirname, "../../../detections");
const BLOCK = /^([ \t]*)\/\/ parameters\n[^]*?^[ \t]*\/\/ end of parameters$/m;

/** Characters that Sentinel takes of a query, and that are left for a stack's name. */
const LONGEST_QUERY = 10_000;
const LONGEST_NAME = 150;

const template = (name: string) => fs.readFileSync(path.join(FOLDER, name), "utf8");

const listOf = (values: readonly string[]) => `dynamic([${[...new Set(values)].map(encodeForKql).join(", ")}])`;
const mapOf = (entries: readonly (readonly [string, string])[]) =>
  `dynamic({${entries.map(([key, value]) => `${encodeForKql(key)}: ${encodeForKql(value)}`).join(", ")}})`;

/**
 * Who may change the applications: their owners, if no owner of the server was found to be undeclared. Without any, every
 * change is reported.
 */
function expectedInitiators({ servers, findings }: ReportDocument): string[] {
  const foreign = new Set(findings.filter(({ code }) => code === "owner-foreign").map(({ subject }) => subject));
  return servers
    .filter(({ name }) => !foreign.has(name))
    .flatMap(({ application }) => application?.owners.map(({ id }) => id) ?? []);
}

/** Keys that the report shows as the servers' own: of certificates that it lists as such, and no other credential. */
function knownKeys({ servers }: ReportDocument): string[] {
  return servers.flatMap(({ application, certificates }) => {
    const own = new Set(certificates.filter(({ current }) => current).map(({ sha256 }) => sha256));
    const keys = (application?.credentials ?? []).filter(
      ({ kind, sha256 }) => kind === "key" && sha256 && own.has(sha256),
    );
    return keys.map(({ keyId }) => keyId);
  });
}

/**
 * The lines between the marks, the marks included.
 * @param named whether the result shall have names of servers, which take the most room
 */
export function parametersOf(report: ReportDocument, named = true): string[] {
  const known = report.servers.flatMap(({ name, application }) => (application ? [{ name, application }] : []));
  const idsOf = ({ application: { objectId, principalId } }: (typeof known)[number]) => [
    objectId,
    ...(principalId ? [principalId] : []),
  ];
  const names = known.flatMap((one) => [one.application.appId, ...idsOf(one)].map((id) => [id, one.name] as const));
  return [
    "// parameters",
    `let AppIds = ${listOf(known.map(({ application }) => application.appId))};`,
    `let ObjectIds = ${listOf(known.flatMap(idsOf))};`,
    `let PrincipalIds = ${listOf(known.flatMap(({ application }) => application.principalId ?? []))};`,
    `let KnownKeys = ${listOf(knownKeys(report))};`,
    `let ExpectedInitiators = ${listOf(expectedInitiators(report))};`,
    `let SyncRoles = ${listOf([SYNC_ROLE, ...PASSWORD_WRITEBACK_ROLES])};`,
    `let DirectoryRoles = ${listOf(DIRECTORY_ROLES.flatMap(({ id, name }) => [id, name]))};`,
    `let Names = ${mapOf(named ? names : [])};`,
    "// end of parameters",
  ];
}

/** @throws Error if the query has no marks */
function filled(query: string, parameters: readonly string[]): string {
  if (!BLOCK.test(query)) throw new Error("the query has no parameters");
  return query.replace(BLOCK, (_, indent: string) => parameters.map((line) => indent + line).join("\n"));
}

/** @throws CommandError if Sentinel would refuse it for its length */
function withinLimit(query: string, report: ReportDocument): string {
  const found = [true, false]
    .map((named) => filled(query, parametersOf(report, named)))
    .find((text) => text.length <= LONGEST_QUERY);
  if (found !== undefined) return found;
  throw new CommandError(
    `a rule for ${report.servers.length} servers has more than ${LONGEST_QUERY} characters, which Sentinel refuses; ` +
      "fill detections/sentinel.yaml in by hand with a watchlist instead of lists",
  );
}

/** An id of a rule that one stack of one tenant has for good: a UUID of version 8, which is made by whom it is from. */
function ruleId(report: ReportDocument): string {
  const digits = lastingId(report, "detections/sentinel");
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`];
  return [...parts, digits.slice(20, 32)].join("-");
}

/** The rule in the YAML of Microsoft's own repository of rules. @throws CommandError if it is too long */
export function sentinelOf(report: ReportDocument): string {
  const rule = parseDocument(template("sentinel.yaml"));
  if (!isMap(rule.contents)) throw new Error("the rule is no map");
  rule.commentBefore = ` A scheduled analytics rule for Microsoft Sentinel, made from the report of ${report.takenAt}.`;
  rule.set("id", ruleId(report));
  rule.set("name", `${rule.get("name") as string} (${encodeText(report.stack, LONGEST_NAME)})`);
  rule.set("query", withinLimit(rule.get("query") as string, report));
  return rule.toString({ lineWidth: 0, blockQuote: "literal" });
}

/** The hunting query. */
export const defenderOf = (report: ReportDocument): string => filled(template("defender.kql"), parametersOf(report));
