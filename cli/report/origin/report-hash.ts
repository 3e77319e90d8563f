/**
 * The SHA-256 of a report's data: of the whole JSON but the hash itself, in the canonical form of RFC 8785, so that spaces
 * and the order of properties do not matter. It finds a change; only who keeps the hash elsewhere can prove by it that
 * there was none. Pure.
 */
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/** The property that holds the hash. */
const HASH_PROPERTY = "sha256";

/** The hash of a report's data, lower-case hexadecimal. @param data parsed JSON, with or without its hash */
export function hashOf(data: object): string {
  const rest: Record<string, unknown> = { ...data };
  delete rest[HASH_PROPERTY];
  return createHash("sha256").update(canonicalize(rest)!, "utf8").digest("hex");
}

/** The same data with its hash, which comes last. */
export const withHash = <T extends object>(data: T): T & { sha256: string } => ({ ...data, sha256: hashOf(data) });

export type Verification =
  | { state: "intact" | "changed"; recorded: string; computed: string }
  | { state: "without-hash"; recorded: null; computed: string };

/** Holds a report's data against the hash in it. @param data parsed JSON of a file */
export function verify(data: object): Verification {
  const recorded = (data as Record<string, unknown>)[HASH_PROPERTY];
  const computed = hashOf(data);
  if (typeof recorded !== "string") return { state: "without-hash", recorded: null, computed };
  return { state: recorded.toLowerCase() === computed ? "intact" : "changed", recorded, computed };
}
