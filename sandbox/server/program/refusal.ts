/** Failures that a person can act on, and their messages. */
import type { HostError, HostErrorCode } from "../../../model/protocol/host-protocol";

type Detail = Omit<HostError, "code" | "operatorCommand"> & { operatorCommand?: string };

/** Ends an operation with an answer that is not `ok`. */
export class Refusal extends Error {
  readonly error: HostError;

  constructor(code: HostErrorCode, detail: Detail) {
    super(detail.message);
    this.error = { operatorCommand: null, ...detail, actual: detail.actual.trim().replace(/\.+$/, ""), code };
  }
}

/** A truth value in PowerShell's spelling. */
export const asText = (value: boolean): string => (value ? "True" : "False");

/** Maximum characters of the actual value in the line below; the answer contains all of it. */
const LONGEST_ACTUAL = 300;

/** One plain line in ASCII for people who read stderr: server, code, message, expected, found, remedy. */
export function errorLine(server: string, error: HostError): string {
  const { code, message, expected, actual, remedy } = error;
  const found = actual.length > LONGEST_ACTUAL ? `${actual.slice(0, LONGEST_ACTUAL)}...` : actual;
  const line = `${server}: ${code}: ${message} Expected ${expected}; found ${found}. ${remedy}`;
  return line.replace(/\s+/g, " ").replace(/[^ -~]/g, "?");
}
