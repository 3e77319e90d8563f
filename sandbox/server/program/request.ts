/** Reads a request as the program does: strict JSON in ASCII, then the operation's schema. */
import { PROTOCOL_VERSION, type HostOperation } from "../../../model/protocol/host-protocol";
import { REQUESTS } from "../../../model/protocol/host-requests";
import { Refusal } from "./refusal";

/** Levels of lists and objects that a request may have. */
const DEPTH = 8;
const STRING = /"(?:[^"\\]|\\.)*"/g;

/** Whether lists and objects are within each other more deeply than a request is. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const mark of text.replace(STRING, "").replace(/[^[\]{}]/g, "")) {
    depth += "[{".includes(mark) ? 1 : -1;
    if (depth > DEPTH) return true;
  }
  return false;
}

/** JSON in which a number counts as whole only if it is written so: 24.0 and 2e1 are none. */
function readJson(text: string): unknown {
  const read = (_name: string, value: unknown, { source }: { source?: string } = {}) =>
    typeof value === "number" && !/^-?[0-9]+$/.test(source ?? "") ? Number.NaN : value;
  if (isDeep(text)) throw new SyntaxError("too many levels");
  return JSON.parse(text, read as (name: string, value: unknown) => unknown);
}

/** The request of an operation; refused with the path of what it may not hold. */
export function readRequest(name: HostOperation, text: string): unknown {
  const invalid = (actual: string): Refusal =>
    new Refusal("INVALID_REQUEST", {
      expected: `a request of protocol ${PROTOCOL_VERSION}`,
      actual,
      detail: [name],
    });
  if (/[^\t\r\n -~]/.test(text)) throw invalid("characters other than ASCII");
  let json: unknown;
  try {
    json = readJson(text);
  } catch {
    throw invalid(`${text.trim().length} characters that are no JSON`);
  }
  const parsed = REQUESTS[name].safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]] : issue.path;
  throw invalid(`${path.length === 0 ? "request" : path.join(".")}: ${issue.message}`);
}
