/** One line of the doctor's: what was looked at, how it stands, and what helps. */

/** `notice`: worth knowing, and no problem. `skipped`: something before it failed, or it cannot be known; the text says which. */
export type CheckStatus = "ok" | "problem" | "notice" | "skipped";

export interface Check {
  /** Stable, for scripts: `host-key`, `permission Application.Read.All`. */
  check: string;
  status: CheckStatus;
  /** What was found. */
  text: string;
  /** What helps; empty where nothing has to be done. */
  remedy: string;
  /** The line of a stack's file that a person may pin, once it was compared at the server's console. */
  hostKey?: string;
}

export const ok = (check: string, text: string): Check => ({ check, status: "ok", text, remedy: "" });
export const problem = (check: string, text: string, remedy: string): Check => ({
  check,
  status: "problem",
  text,
  remedy,
});
export const notice = (check: string, text: string, remedy: string): Check => ({
  check,
  status: "notice",
  text,
  remedy,
});
export const skipped = (check: string, text: string): Check => ({ check, status: "skipped", text, remedy: "" });

/** Whether nothing is wrong. What was skipped because of a problem has that problem in the same list. */
export function isHealthy(checks: readonly Check[]): boolean {
  return checks.every(({ status }) => status !== "problem");
}
