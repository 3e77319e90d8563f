/** How findings of the guard are collected: each with who caused it, if the audit log could be read. */
import type { Diagnostic } from "../diagnostics/diagnostic";
import { whoChanged, type AuditEntry } from "./guard-audit";
import type { GuardFinding, Removal } from "./guard-findings";

/** What is looked up in the audit log: who brought this, or changed it. */
interface Cause {
  target: string;
  mark: string;
  activity: RegExp;
}

/** Collects findings of one server. */
export class Findings {
  readonly found: GuardFinding[] = [];

  constructor(
    /** Its name in the declaration. */
    readonly server: string,
    private readonly audit: AuditEntry[] | null,
  ) {}

  /** A clause on who brought it, as far as that is known. */
  who({ target, mark, activity }: Cause): string {
    return whoChanged(this.audit, target, mark, activity);
  }

  add(found: Diagnostic, removal: Removal | null = null): void {
    this.found.push({ ...found, removal });
  }
}
