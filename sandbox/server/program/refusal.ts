/** Failures that a person can act on, in the sentences that the host program has too. */
import { LONGEST_FOUND } from "../../../model/protocol/host-constants";
import { codeOfMessage, HOST_MESSAGES, type HostMessageId } from "../../../model/protocol/host-messages";
import type { HostError } from "../../../model/protocol/host-protocol";

interface Detail {
  expected: string;
  actual: string;
  /** Fills {0}, {1} ... of sentence and remedy. */
  detail?: readonly string[];
  /** The command that an administrator runs at the desktop of the server. */
  operatorCommand?: string;
}

/** Ends an operation with an answer that is not `ok`. */
export class Refusal extends Error {
  readonly error: HostError;

  constructor(id: HostMessageId, { expected, actual, detail = [], operatorCommand }: Detail) {
    const fill = (text: string) => text.replace(/\{(\d)\}/g, (_, index: string) => detail[Number(index)] ?? "");
    const message = fill(HOST_MESSAGES[id].message);
    super(message);
    this.error = {
      code: codeOfMessage(id),
      message,
      expected,
      actual: withoutEnd(actual.trim()),
      remedy: fill(HOST_MESSAGES[id].remedy),
      operatorCommand: operatorCommand ?? null,
    };
  }
}

/** A text that goes on, without its full stop. */
export const withoutEnd = (text: string): string => text.replace(/\.+$/, "");

/** A truth value in PowerShell's spelling. */
export const asText = (value: boolean): string => (value ? "True" : "False");

/** One plain line in ASCII for people who read stderr: server, code, message, expected, found, remedy. */
export function errorLine(server: string, error: HostError): string {
  const { code, message, expected, actual, remedy } = error;
  const found = actual.length > LONGEST_FOUND ? `${actual.slice(0, LONGEST_FOUND)}...` : actual;
  const line = `${server}: ${code}: ${message} Expected ${expected}; found ${found}. ${remedy}`;
  return line.replace(/\s+/g, " ").replace(/[^ -~]/g, "?");
}
