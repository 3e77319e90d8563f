/** The emulated tenant without HTTPS: its token logic and its Graph routes, called in the same process. */
import { RestError, type HttpClient } from "@azure/core-rest-pipeline";
import type { Clock } from "../../sandbox/surroundings/clock";
import type { Faults } from "../../sandbox/surroundings/faults";
import { Graph, type GraphObject, type GraphQuery, type GraphRequest } from "../../sandbox/plugins/azuread/graph";
import { GraphError as PluginGraphError } from "../../sandbox/plugins/azuread/graph-error";
import type { Session } from "../../sandbox/plugins/azuread/session";
import type { FormAnswer } from "../../sandbox/server/token-client";
import type { Caller } from "../../sandbox/tenant/access-token";
import { answerBatch } from "../../sandbox/tenant/batch";
import { GraphError } from "../../sandbox/tenant/graph-error";
import type { GraphAnswer } from "../../sandbox/tenant/graph-request";
import { ROUTES } from "../../sandbox/tenant/routes";
import type { TenantStore } from "../../sandbox/tenant/store";
import { answerToken } from "../../sandbox/tenant/token-endpoint";
import { TokenError } from "../../sandbox/tenant/token-error";
import { clientOf, json } from "../helpers/fetching";

export const ORIGIN = "https://localhost:1";

export interface TenantParts {
  store: TenantStore;
  clock: Clock;
  faults: Faults;
}

const PATTERNS = ROUTES.map(([method, path, handler]) => ({
  method,
  handler,
  pattern: new RegExp(`^${path.replace(/\$/g, "\\$").replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`),
}));

const WRITES = ["POST", "PATCH", "DELETE"];

/** One Graph request; never throws, as a service does not. */
function callGraph(
  { store, clock, faults }: TenantParts,
  caller: Caller,
  method: string,
  url: string,
  body: object | undefined,
): GraphAnswer {
  const target = new URL(url, ORIGIN);
  const [, version, path] = /^\/(v1\.0|beta)(\/.*)$/.exec(decodeURIComponent(target.pathname)) ?? [];
  const plain = (path ?? "").replace(/\(appId='([^']+)'\)/g, "/appId/$1");
  const route = PATTERNS.find((entry) => entry.method === method && entry.pattern.test(plain));
  try {
    if (WRITES.includes(method) && faults.strikes("tenant", "forbidden")) {
      throw new GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
    }
    if (!route) throw new GraphError(501, "NotImplemented", `no route for ${method} ${url}`);
    return route.handler({
      ...{
        store,
        clock,
        faults,
        assignmentsOnPage: undefined,
        caller,
        origin: ORIGIN,
        url: target.pathname + target.search,
        text: `${method} ${url}`,
      },
      version: version as "v1.0" | "beta",
      params: { ...route.pattern.exec(plain)!.groups },
      query: Object.fromEntries(target.searchParams),
      body: body ? (structuredClone(body) as Record<string, unknown>) : {},
    });
  } catch (error) {
    if (error instanceof GraphError) {
      return { status: error.status, body: error.body("request", "client", clock.now()) as Record<string, unknown> };
    }
    throw error;
  }
}

/** A batch of reads, each answered as if it had come alone. */
async function callBatch(parts: TenantParts, caller: Caller, url: string, body: object): Promise<object> {
  const version = new URL(url, ORIGIN).pathname.split("/")[1];
  return answerBatch(body as Record<string, unknown>, `POST ${url}`, async (path) => {
    const { status, body: shown } = callGraph(parts, caller, "GET", `/${version}${path}`, undefined);
    return { status, headers: { "Content-Type": "application/json" }, body: shown };
  });
}

/** The plugin stand-in's Graph client, which needs no token and does not wait. */
export class GraphLine extends Graph {
  constructor(
    private readonly parts: TenantParts,
    private readonly caller: Caller,
  ) {
    const session = { graph: ORIGIN, callerId: caller.objectId } as unknown as Session;
    super(undefined as never, session, false, new AbortController().signal);
  }

  override pause(): Promise<void> {
    return Promise.resolve();
  }

  override async list(path: string, query?: GraphQuery): Promise<GraphObject[]> {
    return ((await this.send({ method: "GET", path, query })).value ?? []) as GraphObject[];
  }

  override async send({ method, path, query, version = "v1.0", body }: GraphRequest): Promise<GraphObject> {
    const parameters = new URLSearchParams();
    if (query?.filter) parameters.set("$filter", query.filter);
    if (query?.select) parameters.set("$select", query.select);
    const search = parameters.size > 0 ? `?${parameters}` : "";
    const answer = callGraph(this.parts, this.caller, method, `/${version}${path}${search}`, body);
    if (answer.status < 300) return answer.body ?? {};
    const response = { status: answer.status, statusText: "", headers: {}, body: JSON.stringify(answer.body) };
    throw new PluginGraphError(response as never);
  }
}

/** A form posted to the token endpoint. */
export async function postToTenant(
  parts: TenantParts,
  url: string,
  form: Record<string, string>,
  reachable = true,
): Promise<FormAnswer> {
  if (!reachable) return { reached: false, status: 0, body: "", date: null, problem: "connect ECONNREFUSED" };
  const date = parts.clock.now().toUTCString();
  const tenant = new URL(url).pathname.split("/")[1];
  try {
    const body = await answerToken({ ...parts, origin: ORIGIN }, tenant, form);
    return { reached: true, status: 200, body: JSON.stringify(body), date, problem: null };
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    const body = JSON.stringify(error.body(ORIGIN, "trace", "correlation", parts.clock.now()));
    return { reached: true, status: error.status, body, date, problem: null };
  }
}

/** What sends the pipeline's requests; it reaches only this tenant's Graph. */
export function pipelineClient(parts: TenantParts, caller: Caller, reachable: () => boolean): HttpClient {
  return clientOf(async ({ method, url, body }) => {
    if (!reachable()) throw new RestError("connect ECONNREFUSED", { code: "ECONNREFUSED" });
    const sent = (body ?? undefined) as object | undefined;
    if (url.endsWith("/$batch")) return json(await callBatch(parts, caller, url, sent ?? {}));
    const answer = callGraph(parts, caller, method, url, sent);
    return new Response(answer.body ? JSON.stringify(answer.body) : null, {
      status: answer.status,
      headers: { "content-type": "application/json" },
    });
  });
}
