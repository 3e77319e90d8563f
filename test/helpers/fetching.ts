/** Replaces the process's `fetch`: no test sends requests, and each test provides the answers. */

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

/**
 * Runs a function while the test answers `fetch`.
 * @returns its result, and the requests in order
 */
export async function withFetch<T>(
  respond: Responder,
  work: () => Promise<T>,
): Promise<{ result: T; requests: Fetched[] }> {
  const original = globalThis.fetch;
  const requests: Fetched[] = [];
  globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const headers = Object.fromEntries(new Headers(init?.headers).entries());
    const body: unknown = typeof init?.body === "string" && init.body.startsWith("{") ? JSON.parse(init.body) : null;
    const request = { method: init?.method ?? "GET", url, headers, body };
    requests.push(request);
    return respond(request, requests.length);
  };
  try {
    return { result: await work(), requests };
  } finally {
    globalThis.fetch = original;
  }
}
