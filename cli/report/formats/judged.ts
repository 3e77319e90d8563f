/** Findings and notices of a report in one list, for formats that know one kind of result with a level. Pure. */
import { createHash } from "node:crypto";
import { DIAGNOSTICS } from "../../../model/diagnostics/registry";
import type { Registration, Severity } from "../../../model/diagnostics/registration";
import type { ReportDocument } from "../report-document";

export interface Judged {
  /** The same in each report for as long as it is the same finding. */
  id: string;
  /** A server's name, or `tenant`. */
  subject: string;
  code: string;
  severity: Severity;
  /** What is so, in one sentence. */
  meaning: string;
  /** What was expected and found, and what helps. */
  text: string;
}

const sentences = (...parts: readonly string[]) =>
  parts
    .filter((part) => part !== "")
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(" ");

/** Every finding, then every notice. */
export function judgedOf({ findings, notices }: Pick<ReportDocument, "findings" | "notices">): Judged[] {
  return [
    ...findings.map(({ id, subject, code, meaning, expected, actual, remedy, then }): Judged => {
      const severity = then === "stops" ? "error" : "finding";
      const text = sentences(`Expected ${expected}, found ${actual}`, remedy);
      return { id, subject, code, severity, meaning, text };
    }),
    ...notices.map(({ id, server, code, meaning, text, remedy }): Judged => {
      return { id, subject: server, code, severity: "notice", meaning, text: sentences(text, remedy) };
    }),
  ];
}

/** What is registered of a code; undefined for one that only an older or a newer version has. */
export const registeredOf = (code: string): Registration | undefined =>
  Object.hasOwn(DIAGNOSTICS, code) ? DIAGNOSTICS[code as keyof typeof DIAGNOSTICS] : undefined;

/** A mark of one thing in one stack, the same for as long as it is the same thing. */
export function lastingId({ tenantId, stack }: Pick<ReportDocument, "tenantId" | "stack">, id: string): string {
  return createHash("sha256").update([tenantId, stack, id].join("\n")).digest("hex").slice(0, 32);
}
