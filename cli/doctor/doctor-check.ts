/** One line of the doctor's: what was looked at, how it stands, and what helps. */
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import { renderRemedy, type Reader, type Remedy } from "../../model/diagnostics/remedy";

/** `skipped`: something before it failed, or it cannot be known; the text says which. */
export type CheckStatus = "ok" | "problem" | "skipped";

/** More than a diagnostic, as a check that passed is none. */
export interface Check {
  /** Stable, for scripts: `host-key`, `permission Application.Read.All`. */
  check: string;
  status: CheckStatus;
  /** What was found. */
  text: string;
  /** What helps; empty if nothing has to be done. */
  remedy: Remedy;
  /** What a check with a problem found, by registered codes. */
  diagnostics: readonly Diagnostic[];
  /** The line of a stack's file that a person may pin, once it was compared at the server's console. */
  hostKey?: string;
}

/** A check as it is printed. */
export type PrintedCheck = Omit<Check, "remedy" | "diagnostics"> & { remedy: string };

const passing = { remedy: [], diagnostics: [] } as const;
export const ok = (check: string, text: string): Check => ({ check, status: "ok", text, ...passing });
export const skipped = (check: string, text: string): Check => ({ check, status: "skipped", text, ...passing });

/** @param remedy in whole sentences, or as parts */
export const problem = (
  check: string,
  text: string,
  remedy: string | Remedy,
  diagnostics: readonly Diagnostic[] = [],
): Check => ({ check, status: "problem", text, remedy: typeof remedy === "string" ? [remedy] : remedy, diagnostics });

/** A problem that another part of this project has put into words. */
export const problemOf = (check: string, diagnostic: Diagnostic, text: string): Check =>
  problem(check, text, diagnostic.remedy, [diagnostic]);

export function printed({ diagnostics: _, remedy, ...check }: Check, reader: Reader): PrintedCheck {
  return { ...check, remedy: renderRemedy(remedy, reader) };
}

/** Whether nothing is wrong. What was skipped because of a problem has that problem in the same list. */
export function isHealthy(checks: readonly Pick<Check, "status">[]): boolean {
  return checks.every(({ status }) => status !== "problem");
}
