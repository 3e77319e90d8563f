/**
 * Reads the one answer to one question from what a host printed.
 *
 * An answer is one line of JSON between two marker lines. A text in it cannot end it: JSON writes a line break as an escape,
 * so no text fills a line. The markers of an answer to a request with a nonce repeat the nonce, and the length of the line.
 */
import { z } from "zod";
import { harmless } from "../text/encoders/harmless";
import { encodeText } from "../text/encoders/text";
import { HOST_ERRORS } from "./host-errors";
import { ANSWER_MARKER, LONGEST_ANSWER_TEXT, type HostOperation } from "./host-operations";
import { ANSWERS, type HostAnswer } from "./host-protocol";
import { withoutUnreadable } from "./unreadable";

/** What is known of the request that an answer must be the answer to. */
export interface Question {
  /** The server as the request names it. */
  server: string;
  /** The request's nonce; absent for one that the command plugin sent, whose text is in state. */
  nonce?: string;
  /** The exit code that came with the answer; absent if the command plugin has judged it. */
  exitCode?: number | null;
}

/** PowerShell as sshd's default shell turns every failure's exit code into this one. */
const FAILED = 1;

const FRAME = new RegExp(
  `-----BEGIN ${ANSWER_MARKER}(?: ([0-9a-f]{32}) (\\d{1,9}))?-----\\r?\\n(.*)\\r?\\n-----END ${ANSWER_MARKER}(?: \\1)?-----`,
  "g",
);
const BEGINS = new RegExp(`-----BEGIN ${ANSWER_MARKER}(?: [^\\r\\n]*)?-----\\r?$`, "gm");

/** Thrown by {@link parseAnswer} if the output holds no answer to that question. */
export class HostAnswerError extends Error {}

interface Framed {
  json: string;
  /** Null for an answer to a request without one, and of an older program. */
  nonce: string | null;
}

/** The one answer in the output. */
function framed(operation: HostOperation, stdout: string): Framed {
  const begins = stdout.match(BEGINS)?.length ?? 0;
  if (begins > 1) throw new HostAnswerError(`${begins} answers of ${operation} instead of one`);
  const [frame] = [...stdout.matchAll(FRAME)];
  if (!frame) throw new HostAnswerError(`no answer of ${operation} among ${stdout.length} characters of output`);
  const [, nonce, length, json] = frame;
  if (length !== undefined && json.length !== Number(length)) {
    throw new HostAnswerError(`the answer of ${operation} has ${json.length} characters instead of ${length}`);
  }
  return { json, nonce: nonce ?? null };
}

/** Why an answer is not the one to this question; null if it is. */
function mismatch(answer: HostAnswer<HostOperation>, given: string | null, question: Question): string | null {
  const { server, nonce, exitCode } = question;
  // A program that knows no nonce refuses the request: that is all it can say without one.
  if (nonce !== undefined && given !== nonce && (given !== null || answer.ok)) return "it answers another request";
  // A request that could not be read names no server.
  if (answer.server !== server && (answer.ok || answer.server !== "")) {
    return `it is of the server ${encodeText(answer.server) || '""'}`;
  }
  if (exitCode === undefined) return null;
  const fitting = answer.ok ? [0] : [HOST_ERRORS[answer.error.code], FAILED];
  if (fitting.includes(exitCode ?? -1)) return null;
  return `it reports ${answer.ok ? "success" : answer.error.code} and the exit code is ${exitCode}`;
}

/** The first text that is longer than any that the host program writes, by its path; null if there is none. */
function tooLong(value: unknown, path: string): string | null {
  if (typeof value === "string") return value.length > LONGEST_ANSWER_TEXT ? path : null;
  if (value === null || typeof value !== "object") return null;
  for (const [key, inner] of Object.entries(value)) {
    const found = tooLong(inner, path === "" ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

/**
 * Finds the answer in a host's stdout and parses it against the operation's schema.
 *
 * From here on no text of the host is raw: what is a name or a message in it may travel into resources, which Pulumi prints.
 *
 * @param stdout everything that the host printed; text outside the markers is ignored
 * @param question what it must be the answer to; without it, any answer of the operation
 * @throws HostAnswerError if there is not exactly one answer, it is not to this question or does not fit the schema
 */
export function parseAnswer<O extends HostOperation>(operation: O, stdout: string, question?: Question): HostAnswer<O> {
  const { json, nonce } = framed(operation, stdout);
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch (error) {
    throw new HostAnswerError(`the answer of ${operation} is not JSON: ${encodeText((error as Error).message)}`);
  }
  const value = operation === "observe" ? withoutUnreadable(raw) : raw;
  const long = tooLong(value, "");
  if (long !== null) {
    throw new HostAnswerError(`the answer of ${operation}: ${encodeText(long)} is longer than ${LONGEST_ANSWER_TEXT}`);
  }
  const parsed = ANSWERS[operation].safeParse(value);
  if (!parsed.success) {
    const differs = encodeText(z.prettifyError(parsed.error).replaceAll("\n", " "));
    throw new HostAnswerError(`the answer of ${operation} does not fit the protocol: ${differs}`);
  }
  const answer = harmless(parsed.data, LONGEST_ANSWER_TEXT) as HostAnswer<O>;
  const why = question ? mismatch(answer, nonce, question) : null;
  if (why !== null) throw new HostAnswerError(`the answer of ${operation} is not the one to this request: ${why}`);
  return answer;
}
