/** How findings of the guard are collected: each with who caused it, where the audit log may be read. */
import { whoChanged, type AuditEntry } from "./guard-audit";
import type { GuardFinding, GuardFindingCode, Removal } from "./guard-findings";

/** The request that takes an object of the directory away. */
export const deletion = (path: string) => `az rest --method DELETE --url 'https://graph.microsoft.com/v1.0/${path}'`;

/** Collects findings of one object of the directory. */
export class Findings {
  readonly found: GuardFinding[] = [];

  constructor(private readonly audit: AuditEntry[] | null) {}

  add(
    code: GuardFindingCode,
    expected: string,
    actual: string,
    remedy: string,
    cause: { target: string; mark: string; activity: RegExp },
    removal: Removal | null = null,
  ): void {
    const who = whoChanged(this.audit, cause.target, cause.mark, cause.activity);
    this.found.push({ code, expected, actual: `${actual}${who}`, remedy, removal });
  }
}
