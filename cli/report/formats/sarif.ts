/** Findings and notices as SARIF 2.1.0, as code scanning services show them beside the stack's file. Pure. */
import { pageOf, type DiagnosticCode } from "../../../model/diagnostics/registry";
import type { Severity } from "../../../model/diagnostics/registration";
import { encodeForJson } from "../../../model/text/encoders/json";
import { encodeForSarif } from "../../../model/text/encoders/sarif";
import { encodeText } from "../../../model/text/encoders/text";
import type { ReportDocument } from "../report-document";
import { judgedOf, lastingId, registeredOf, type Judged } from "./judged";
import type { ReportPlace } from "./report-place";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const LEVELS: Record<Severity, "error" | "warning" | "note"> = { error: "error", finding: "warning", notice: "note" };

/** `certificate-missing` and `HOST_KEY_MISMATCH` as the name of a rule. */
const nameOf = (code: string) =>
  code
    .toLowerCase()
    .split(/[-_]/)
    .map((word) => word.replace(/^./, (letter) => letter.toUpperCase()))
    .join("");

function ruleOf({ code, meaning, severity }: Judged, { address }: ReportPlace) {
  const registered = registeredOf(code);
  const page = registered ? pageOf(code as DiagnosticCode) : "docs/diagnostics.md";
  return {
    id: encodeText(code),
    name: nameOf(encodeText(code)),
    shortDescription: { text: encodeForSarif(meaning) },
    fullDescription: { text: encodeForSarif(registered?.why ?? meaning) },
    help: { text: `Meaning, reason and remedy: ${page}` },
    ...(address === null ? {} : { helpUri: `${address}${page}` }),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ["security", "entra-connect-sync"] },
  };
}

function resultOf(report: ReportDocument, judged: Judged, ruleIndex: number, place: ReportPlace) {
  const { id, subject, code, severity, meaning, text } = judged;
  const mark = lastingId(report, id);
  const startLine = place.lines[subject] ?? 1;
  return {
    ...{ ruleId: encodeText(code), ruleIndex, level: LEVELS[severity] },
    message: { text: encodeForSarif(`${subject}: ${meaning} ${text}`) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: encodeURI(place.stackFile) }, region: { startLine } },
        logicalLocations: [{ name: encodeText(subject), kind: "resource" }],
      },
    ],
    // The first is what GitHub compares; a line that moves makes no new alert.
    partialFingerprints: { primaryLocationLineHash: `${mark}:1`, "connectSyncIdentity/v1": mark },
  };
}

/** The file's text. */
export function sarifOf(report: ReportDocument, place: ReportPlace): string {
  const all = judgedOf(report);
  const codes = [...new Set(all.map(({ code }) => code))].sort();
  const rules = codes.map((code) =>
    ruleOf(
      all.find((one) => one.code === code)!,
      place,
    ),
  );
  const driver = {
    name: "connect-sync-identity",
    ...(report.tool === null ? {} : { semanticVersion: report.tool.version }),
    rules,
  };
  const run = {
    tool: { driver },
    // One category for each stack: the upload of one does not close the alerts of another.
    automationDetails: { id: `connect-sync-identity/${encodeURIComponent(report.stack)}/` },
    invocations: [{ executionSuccessful: true, endTimeUtc: report.takenAt }],
    results: all.map((one) => resultOf(report, one, codes.indexOf(one.code), place)),
  };
  return `${encodeForJson({ $schema: SCHEMA, version: "2.1.0", runs: [run] }, 2)}\n`;
}
