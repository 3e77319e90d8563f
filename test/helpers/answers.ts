/** Answers of a host program, as they appear in its stdout. */
import {
  ANSWER_BEGIN,
  ANSWER_END,
  PROTOCOL_VERSION,
  type HostErrorCode,
  type HostOperation,
} from "../../model/protocol/host-protocol";

/** An answer between its marker lines; with the nonce of the request that is on that stdin. */
export function framed(answer: unknown, stdin = ""): string {
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  const nonce = /"nonce":"([0-9a-f]{32})"/.exec(stdin)?.[1];
  if (nonce) {
    return `${ANSWER_BEGIN.slice(0, -5)} ${nonce} ${text.length}-----\n${text}\n${ANSWER_END.slice(0, -5)} ${nonce}-----\n`;
  }
  return `${ANSWER_BEGIN}\n${text}\n${ANSWER_END}\n`;
}

export function success(operation: HostOperation, result: unknown, changed = false, server = "sync01") {
  return { protocol: PROTOCOL_VERSION, operation, server, ok: true, changed, result, error: null };
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
