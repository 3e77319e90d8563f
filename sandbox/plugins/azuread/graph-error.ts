/** A refusal by Graph, in upstream's words. */
import { STATUS_CODES } from "node:http";
import type { HttpResponse } from "./https-client";

interface ODataError {
  code?: string;
  message?: string | { value?: string };
  innerError?: ODataError;
}

function describe({ code, message, innerError }: ODataError): string {
  const text = typeof message === "object" ? message.value : message;
  return [code, text, innerError && describe(innerError)].filter((part) => part).join(": ");
}

function readError(body: string): string | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: ODataError };
    return error ? describe(error) || undefined : undefined;
  } catch {
    return undefined;
  }
}

export class GraphError extends Error {
  readonly status: number;
  /** Code and message of the answer's body, empty if it has none. */
  readonly reason: string;

  constructor(response: HttpResponse) {
    const { status, body } = response;
    const reason = readError(body);
    const text = response.statusText || STATUS_CODES[status];
    const shown = text ? `${status} (${status} ${text})` : `${status}`;
    const empty = body === "" ? "received with no body" : `with response: ${body}`;
    super(`unexpected status ${shown} ${reason === undefined ? empty : `with error: ${reason}`}`);
    this.status = status;
    this.reason = reason ?? "";
  }
}

/** Whether the error is Graph's "there is no such object". */
export function isNotFound(error: unknown): boolean {
  return error instanceof GraphError && error.status === 404;
}
