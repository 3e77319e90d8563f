/** Answers of a host program, as they appear in its stdout. */
import {
  ANSWER_BEGIN,
  ANSWER_END,
  PROTOCOL_VERSION,
  type HostErrorCode,
  type HostOperation,
} from "../../model/protocol/host-protocol";

/** An answer between its marker lines. */
export function framed(answer: unknown): string {
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  return `${ANSWER_BEGIN}\n${text}\n${ANSWER_END}\n`;
}

export function success(operation: HostOperation, result: unknown, changed = false) {
  return { protocol: PROTOCOL_VERSION, operation, server: "sync01", ok: true, changed, result, error: null };
}

export function refusal(operation: HostOperation, code: HostErrorCode) {
  const error = {
    code,
    message: "It was refused.",
    expected: "one thing",
    actual: "another thing",
    remedy: "Do something.",
    operatorCommand: null,
  };
  return { protocol: PROTOCOL_VERSION, operation, server: "sync01", ok: false, changed: false, result: null, error };
}
