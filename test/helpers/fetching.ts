/** Replaces what sends the product's requests: no test reaches the network, and each test provides the answers. */
import { Readable } from "node:stream";
import { createHttpHeaders, RestError, type HttpClient, type PipelineRequest } from "@azure/core-rest-pipeline";
import * as transport from "../../remote/http-transport";
import { replace } from "./replaced";

/** A request as it would have been sent. */
export interface Fetched {
  method: string;
  url: string;
  /** Parsed; null if there is none. */
  body: unknown;
  headers: Record<string, string>;
}

export type Responder = (request: Fetched, count: number) => Response | Promise<Response>;

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });

/** Instead of an answer: the connection ends. */
export function reset(): never {
  throw new RestError("socket hang up", { code: "ECONNRESET" });
}

const fetched = ({ method, url, headers, body }: PipelineRequest): Fetched => {
  const parsed: unknown = typeof body === "string" && /^[{[]/.test(body) ? JSON.parse(body) : null;
  return { method, url, headers: headers.toJSON(), body: parsed };
};

/** What sends, with answers of a test. */
export function clientOf(respond: (request: Fetched) => Response | Promise<Response>): HttpClient {
  return {
    async sendRequest(request) {
      const response = await respond(fetched(request));
      return {
        ...{ request, status: response.status, headers: createHttpHeaders(Object.fromEntries(response.headers)) },
        readableStreamBody: Readable.from([Buffer.from(await response.arrayBuffer())]),
      };
    },
  };
}

/**
 * Runs a function while the test answers its requests.
 * @returns its result, and the requests in order
 */
export async function withFetch<T>(
  respond: Responder,
  work: () => Promise<T>,
): Promise<{ result: T; requests: Fetched[] }> {
  const requests: Fetched[] = [];
  const client = clientOf((request) => {
    requests.push(request);
    return respond(request, requests.length);
  });
  const restore = replace(transport, "httpClient", async () => client);
  try {
    return { result: await work(), requests };
  } finally {
    restore();
  }
}
