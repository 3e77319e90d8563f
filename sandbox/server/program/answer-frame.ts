/** The lines that an answer is between: the nonce of its request and the answer's length are in them if it has one. */
import { ANSWER_BEGIN, ANSWER_END } from "../../../model/protocol/host-protocol";

/** An answer in the output of a host, with what is around it. */
interface Framed {
  before: string;
  json: string;
  nonce: string | null;
  after: string;
}

const FRAME =
  /^([\s\S]*?)-----BEGIN CONNECT SYNC HOST ANSWER(?: ([0-9a-f]{32}) \d+)?-----\r?\n(.*)\r?\n-----END [A-Z ]+(?: [0-9a-f]{32})?-----\r?\n([\s\S]*)$/;

/** An answer between its lines. */
export function frame(json: string, nonce: string | null): string {
  if (nonce === null) return `${ANSWER_BEGIN}\n${json}\n${ANSWER_END}\n`;
  const [begin, end] = [ANSWER_BEGIN, ANSWER_END].map((line) => line.slice(0, -"-----".length));
  return `${begin} ${nonce} ${json.length}-----\n${json}\n${end} ${nonce}-----\n`;
}

/** The answer in an output, null if it holds none. */
export function unframe(stdout: string): Framed | null {
  const match = FRAME.exec(stdout);
  return match && { before: match[1], nonce: match[2] ?? null, json: match[3], after: match[4] };
}

/** The nonce of a request, among all that is on stdin. */
export function nonceOf(stdin: string): string | null {
  return /"nonce":\s*"([0-9a-f]{32})"/.exec(stdin)?.[1] ?? null;
}
