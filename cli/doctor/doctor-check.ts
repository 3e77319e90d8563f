/** One line of the doctor: what was checked, its status, and the remedy. */
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import { renderRemedy, type Reader, type Remedy } from "../../model/diagnostics/remedy";

/** `notice`: information, not a problem. `skipped`: something before it failed, or it cannot be known; the text says which. */
export type CheckStatus = "ok" | "problem" | "notice" | "skipped";

/** More than a diagnostic, as a check that passed is none. */
export interface Check {
  /** Stable, for scripts: `host-key`, `permission Application.Read.All`. */
  check: string;
  status: CheckStatus;
  /** What was found. */
  text: string;
  /** The remedy; empty if nothing has to be done. */
  remedy: Remedy;
  /** The line of a stack's file that a person may pin, once it was compared at the server's console. */
  hostKey?: string;
}

/** A check as it is printed. */
export type PrintedCheck = Omit<Check, "remedy"> & { remedy: string };

const passing = { remedy: [] } as const;
export const ok = (check: string, text: string): Check => ({ check, status: "ok", text, ...passing });
export const skipped = (check: string, text: string): Check => ({ check, status: "skipped", text, ...passing });

/** @param remedy in whole sentences, or as parts */
export const problem = (check: string, text: string, remedy: string | Remedy): Check => ({
  check,
  status: "problem",
  text,
  remedy: typeof remedy === "string" ? [remedy] : remedy,
});

/** A problem whose diagnostic comes from another part of this project. */
export const problemOf = (check: string, diagnostic: Diagnostic, text: string): Check =>
  problem(check, text, diagnostic.remedy);

/** A problem in the words that preview and up have for it. */
export const reported = (check: string, diagnostic: Diagnostic): Check => {
  const { actual, expected, code } = diagnostic;
  return problemOf(check, diagnostic, `${actual}; expected ${expected} [${code}]`);
};

/** A notice. */
export const notice = (check: string, { actual, remedy }: Diagnostic): Check => {
  return { check, status: "notice", text: actual, remedy };
};

export function printed({ remedy, ...check }: Check, reader: Reader): PrintedCheck {
  return { ...check, remedy: renderRemedy(remedy, reader) };
}

/** Whether nothing is wrong. What was skipped because of a problem has that problem in the same list. */
export function isHealthy(checks: readonly Pick<Check, "status">[]): boolean {
  return checks.every(({ status }) => status !== "problem");
}
