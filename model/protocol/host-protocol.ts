/**
 * The host protocol: what is asked of the host program on a sync server, and what it answers.
 *
 * Requests are one ASCII JSON object on stdin; the answer is one ASCII JSON object between two marker lines on
 * stdout, followed by an exit code. host-program/PROTOCOL.md describes the same for a reader of the PowerShell program.
 */
import { z } from "zod";
import { HostError } from "./host-errors";
import { HostDiagnosis, HostObservation } from "./host-facts";
import { ANSWER_BEGIN, ANSWER_END, PROTOCOL_VERSION, type HostOperation } from "./host-operations";
import {
  CertificateResult,
  LegacyAccountResult,
  RegistrationResult,
  ReleaseResult,
  RemovalResult,
  RollbackResult,
} from "./host-results";
import { harmless } from "../text/encoders/harmless";
import { encodeText } from "../text/encoders/text";

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
} as const satisfies Record<HostOperation, z.ZodType>;

/** The answer of one operation, either `ok` with its result or not `ok` with its error. */
export type HostAnswer<O extends HostOperation> = z.infer<(typeof ANSWERS)[O]>;

/** Longest text of an answer: a certificate is shorter by far. Where one is shown it is cut once more. */
const LONGEST_ANSWER_TEXT = 16_384;

/** Thrown by {@link parseAnswer} if stdout holds no answer of that operation. */
export class HostAnswerError extends Error {}

/**
 * Finds the answer in a host's stdout and parses it against the operation's schema.
 *
 * From here on no text of the host is raw: what is a name or a message in it may travel into resources, which Pulumi prints.
 *
 * @param stdout everything that the host printed; text outside the markers is ignored
 * @throws HostAnswerError if the markers are missing or the answer does not fit the schema
 */
export function parseAnswer<O extends HostOperation>(operation: O, stdout: string): HostAnswer<O> {
  const begin = stdout.lastIndexOf(ANSWER_BEGIN);
  const end = begin < 0 ? -1 : stdout.indexOf(ANSWER_END, begin);
  if (end < 0) {
    throw new HostAnswerError(`no answer of ${operation} among ${stdout.length} characters of output`);
  }
  const text = stdout.slice(begin + ANSWER_BEGIN.length, end).trim();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new HostAnswerError(`the answer of ${operation} is not JSON: ${encodeText((error as Error).message)}`);
  }
  const parsed = ANSWERS[operation].safeParse(json);
  if (!parsed.success) {
    const differs = encodeText(z.prettifyError(parsed.error).replaceAll("\n", " "));
    throw new HostAnswerError(`the answer of ${operation} does not fit the protocol: ${differs}`);
  }
  return harmless(parsed.data, LONGEST_ANSWER_TEXT) as HostAnswer<O>;
}
