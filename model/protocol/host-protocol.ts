/**
 * The host protocol: what is asked of the host program on a sync server, and what it answers.
 *
 * Requests are one ASCII JSON object on stdin (request-text.ts); the answer is one ASCII JSON object between two marker
 * lines on stdout, followed by an exit code (host-answer.ts). host-program/PROTOCOL.md describes the same for a reader of
 * the PowerShell program.
 */
import { z } from "zod";
import { HostError } from "./host-errors";
import { HostDiagnosis, HostObservation } from "./host-facts";
import { PROTOCOL_VERSION, type HostOperation } from "./host-operations";
import {
  CertificateResult,
  LegacyAccountResult,
  MachineIdentifierResult,
  RegistrationResult,
  ReleaseResult,
  RemovalResult,
  RollbackResult,
} from "./host-results";

export * from "./host-errors";
export * from "./host-facts";
export * from "./host-operations";
export * from "./host-requests";
export * from "./host-results";

const answer = <O extends HostOperation, R extends z.ZodType>(operation: O, result: R) =>
  z.discriminatedUnion("ok", [
    z.object({
      protocol: z.literal(PROTOCOL_VERSION),
      operation: z.literal(operation),
      server: z.string(),
      ok: z.literal(true),
      changed: z.boolean(),
      result,
      error: z.null(),
    }),
    z.object({
      protocol: z.literal(PROTOCOL_VERSION),
      operation: z.literal(operation),
      server: z.string(),
      ok: z.literal(false),
      changed: z.boolean(),
      result: z.null(),
      error: HostError,
    }),
  ]);

/** The answer schema of each operation. */
export const ANSWERS = {
  observe: answer("observe", HostObservation),
  diagnose: answer("diagnose", HostDiagnosis),
  "ensure-certificate": answer("ensure-certificate", CertificateResult),
  "remove-certificate": answer("remove-certificate", RemovalResult),
  release: answer("release", ReleaseResult),
  register: answer("register", RegistrationResult),
  rollback: answer("rollback", RollbackResult),
  "remove-legacy-account": answer("remove-legacy-account", LegacyAccountResult),
  "reset-machine-identifier": answer("reset-machine-identifier", MachineIdentifierResult),
} as const satisfies Record<HostOperation, z.ZodType>;

/** The answer of one operation, either `ok` with its result or not `ok` with its error. */
export type HostAnswer<O extends HostOperation> = z.infer<(typeof ANSWERS)[O]>;
