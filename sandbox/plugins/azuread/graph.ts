/** Microsoft Graph, with upstream's retries. */
import { setTimeout as sleep } from "node:timers/promises";
import { GraphError } from "./graph-error";
import type { HttpResponse, HttpsClient } from "./https-client";
import type { Session } from "./session";

/** Graph's JSON: it is read field by field, each with its own fallback. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type GraphObject = Record<string, any>;

export interface GraphQuery {
  filter?: string;
  select?: string;
}

export interface GraphRequest {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  version?: "v1.0" | "beta";
  query?: GraphQuery;
  body?: GraphObject;
  /** Other temporary refusals: mostly an object that is not replicated yet. */
  retryWhen?: (error: GraphError) => boolean;
}

const ACCEPT = "application/json; charset=utf-8; IEEE754Compatible=false";
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 61_000;
/** How long one request is repeated: upstream continues until the resource's own limit of several minutes. */
const PATIENCE_MS = { upstream: 5 * 60_000, sandbox: 30_000 };

/** Refusals that upstream repeats for every request. */
function passes(error: GraphError): boolean {
  return [408, 424, 429].includes(error.status) || (error.status >= 500 && error.status !== 501);
}

function retryAfter(response: HttpResponse): number | undefined {
  const seconds = Number(response.headers["retry-after"]);
  return Number.isInteger(seconds) ? seconds * 1000 : undefined;
}

export class Graph {
  /** @param wait whether to be as patient as upstream. */
  constructor(
    private readonly http: HttpsClient,
    readonly session: Session,
    readonly wait: boolean,
    private readonly signal: AbortSignal,
  ) {}

  /** The same access for another call; cancelled with that call. */
  during(signal: AbortSignal): Graph {
    return new Graph(this.http, this.session, this.wait, signal);
  }

  /** Ends with the run. */
  pause(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: this.signal });
  }

  async get(path: string, query?: GraphQuery, version?: "v1.0" | "beta"): Promise<GraphObject> {
    return this.send({ method: "GET", path, query, version });
  }

  /** All elements of a collection, page by page. */
  async list(path: string, query?: GraphQuery): Promise<GraphObject[]> {
    let page = await this.get(path, query);
    const found: GraphObject[] = [...(page.value ?? [])];
    while (typeof page["@odata.nextLink"] === "string") {
      page = await this.repeat({ method: "GET", path }, page["@odata.nextLink"]);
      found.push(...(page.value ?? []));
    }
    return found;
  }

  async patch(path: string, body: GraphObject, retryWhen?: GraphRequest["retryWhen"]): Promise<void> {
    await this.send({ method: "PATCH", path, body, retryWhen });
  }

  async post(path: string, body: GraphObject, retryWhen?: GraphRequest["retryWhen"]): Promise<GraphObject> {
    return this.send({ method: "POST", path, body, retryWhen });
  }

  async delete(path: string): Promise<void> {
    await this.send({ method: "DELETE", path });
  }

  /** @throws GraphError for every unsuccessful answer. */
  async send(request: GraphRequest): Promise<GraphObject> {
    const parameters = new URLSearchParams();
    if (request.query?.filter) parameters.set("$filter", request.query.filter);
    if (request.query?.select) parameters.set("$select", request.query.select);
    const query = parameters.size > 0 ? `?${parameters}` : "";
    return this.repeat(request, `${this.session.graph}/${request.version ?? "v1.0"}${request.path}${query}`);
  }

  private async repeat(request: GraphRequest, url: string): Promise<GraphObject> {
    const deadline = Date.now() + (this.wait ? PATIENCE_MS.upstream : PATIENCE_MS.sandbox);
    for (let attempt = 0; ; attempt++) {
      const response = await this.once(request, url);
      if (response.status >= 200 && response.status < 300) return response.body ? JSON.parse(response.body) : {};
      const error = new GraphError(response);
      const delay = retryAfter(response) ?? Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS);
      const again = passes(error) || (request.retryWhen?.(error) ?? false);
      if (!again || Date.now() + delay > deadline) throw error;
      await this.pause(delay);
    }
  }

  private async once({ method, body }: GraphRequest, url: string): Promise<HttpResponse> {
    const headers: Record<string, string> = {
      Accept: ACCEPT,
      Authorization: `Bearer ${await this.session.bearer()}`,
      "OData-MaxVersion": "4.0",
      "OData-Version": "4.0",
      "Content-Type": "application/json; charset=utf-8",
    };
    return this.http.send({ method, url, headers, body: body && JSON.stringify(body), signal: this.signal });
  }
}
