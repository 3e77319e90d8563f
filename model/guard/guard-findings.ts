/** Findings of the guard: credentials, owners and permissions that nobody declared, and who may synchronise. */
import { encodeText, LONGEST_LINE } from "../text/encoders/text";

/**
 * What an `up` does about a finding of the guard:
 * - `removal`: takes it away where `credentialPolicy` is `enforce`, and only tells it where it is `report`;
 * - `lock`: switches the app instance property lock on, under both policies;
 * - `nothing`: a person has to decide; the remedy says what.
 */
export type GuardCure = "removal" | "lock" | "nothing";

/** Every finding of the guard: what it means, and its cure. docs/findings.md is held against this table by a test. */
export const GUARD_FINDINGS = {
  "key-foreign": { cure: "removal", meaning: "The application has a key credential that is not this server's." },
  "secret-foreign": { cure: "removal", meaning: "The application has a client secret." },
  "federated-credential-foreign": {
    cure: "removal",
    meaning: "A workload of another issuer may sign in as the application.",
  },
  "principal-key-foreign": { cure: "removal", meaning: "The service principal has a key credential of its own." },
  "principal-secret-foreign": { cure: "removal", meaning: "The service principal has a client secret of its own." },
  "lock-off": { cure: "lock", meaning: "The app instance property lock is off." },
  "owner-foreign": { cure: "nothing", meaning: "Application or service principal has an owner that is not declared." },
  "owner-missing": { cure: "nothing", meaning: "A declared owner does not own the application any more." },
  "audience-wide": { cure: "nothing", meaning: "Accounts of other tenants may sign in to the application." },
  "principal-disabled": {
    cure: "nothing",
    meaning: "The service principal is disabled, so the server cannot sign in.",
  },
  "principal-missing": { cure: "nothing", meaning: "The service principal is gone from Entra." },
  "role-foreign": { cure: "nothing", meaning: "The service principal has an application role that is not declared." },
  "role-missing": { cure: "nothing", meaning: "The service principal lacks an application role that it was given." },
  "scope-foreign": { cure: "nothing", meaning: "The service principal has a delegated permission." },
  "role-holder-foreign": {
    cure: "nothing",
    meaning: "A principal that is not declared may synchronise into the tenant.",
  },
  "role-holder-expired": { cure: "nothing", meaning: "A principal may synchronise for longer than it was allowed to." },
  "directory-role-foreign": {
    cure: "nothing",
    meaning: "A principal that is no account of a sync server has a directory role that synchronises.",
  },
} as const satisfies Record<string, { cure: GuardCure; meaning: string }>;

/** Code of a finding of the guard: a key of {@link GUARD_FINDINGS}. */
export type GuardFindingCode = keyof typeof GUARD_FINDINGS;

/** A credential that may be taken away, by its id. */
export interface Removal {
  kind: "key" | "secret" | "federated-credential" | "principal-key" | "principal-secret";
  id: string;
}

export interface GuardFinding {
  code: GuardFindingCode;
  expected: string;
  /** What was found, and who brought it there as far as that is known. */
  actual: string;
  remedy: string;
  /** What `enforce` takes away; null where nothing can be, or may be while it is in use. */
  removal: Removal | null;
  /** Object id of what has something that it should not have; told where another object than the guarded one is meant. */
  subject?: string;
}

/** How a finding begins: the server's name, or the stack's part that is meant. */
export function formatGuardFinding(subject: string, { code, expected, actual, remedy }: GuardFinding): string {
  return encodeText(`${subject}: ${code}: expected ${expected}, found ${actual}. ${remedy}`, LONGEST_LINE);
}
