/** The emulated Entra tenant: metadata, token endpoint and Graph over HTTPS on loopback. */
import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Clock } from "../surroundings/clock";
import type { Faults } from "../surroundings/faults";
import { readCaller } from "./access-token";
import { answerBatch, type BatchedAnswer } from "./batch";
import { addDiscovery } from "./discovery";
import type { Properties } from "./directory";
import { GraphError, graphErrors } from "./graph-error";
import { checkOptions, type Query } from "./query";
import { answeredRudely, misleadingPage, refuseRudely } from "./rude-answers";
import { ROUTES, type Route } from "./routes";
import { TenantStore } from "./store";
import { answerToken, type Form } from "./token-endpoint";
import { TokenError } from "./token-error";

export interface TenantOptions {
  /** The file of the directory; it survives a restart. */
  file: string;
  clock: Clock;
  faults: Faults;
  /**
   * How many role assignments Graph puts on a page at most. Its own limit is 999.
   * @default few, so that there are several pages
   */
  assignmentsOnPage?: number;
  /** PEM of the server's certificate for localhost, and its key. */
  tls: { key: string; cert: string };
}

/** An answered Graph request, for the benchmark and for tests. */
export interface LoggedRequest {
  method: string;
  /** Path and query. */
  path: string;
  /** Path of the route, such as `/v1.0/applications/:id`; empty if there is none. */
  route: string;
  /** Application id of the caller; empty if it was not authenticated. */
  caller: string;
  status: number;
  /** Part of a batch, which is logged as well. */
  batched?: true;
}

const VERSIONS = ["v1.0", "beta"] as const;
const WRITES = ["POST", "PATCH", "DELETE"];
const BATCH = "/$batch";
/** Distinguishes a part of a batch from a separate request. */
const BATCHED = "x-batched";

/** Path and query with `(appId='x')` as further parts of the path, for the router. */
function routable(url: string): string {
  return url.replace(/^([^?]*)\(appId=(?:'|%27)([^'%/?]*)(?:'|%27)\)/, "$1/appId/$2");
}

/** A JSON object; clients set a content type even if they send nothing. */
function parseJson(body: string): Properties {
  if (body === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw graphErrors.unreadable();
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw graphErrors.unreadable();
  return parsed as Properties;
}

/** What is made by a request whose answer the fault `answer-lost` loses. */
const LOSABLE = ["/servicePrincipals", "/servicePrincipals/:id/appRoleAssignedTo"];
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Ids are not compared by case in Graph, and it promises none. */
function withCapitalIds(body: Properties | undefined): Properties | undefined {
  if (body === undefined) return undefined;
  const capital = (_key: string, value: unknown) =>
    typeof value === "string" && GUID.test(value) ? value.toUpperCase() : value;
  return JSON.parse(JSON.stringify(body), capital) as Properties;
}

export class Tenant {
  readonly store: TenantStore;
  /** Graph requests since the start, or since this list was last emptied. */
  readonly requests: LoggedRequest[] = [];
  private server: FastifyInstance | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly callers = new WeakMap<FastifyRequest, string>();
  private origin = "";
  private readonly batchMark = randomUUID();

  constructor(private readonly options: TenantOptions) {
    this.store = new TenantStore(options.file);
  }

  /**
   * Listens on 127.0.0.1.
   *
   * @param port 0 chooses a free one
   * @param published the port in the tenant's own addresses. @default the one on which it listens
   */
  async listen(port: number, published?: number): Promise<number> {
    const { key, cert } = this.options.tls;
    const server = fastify({
      https: { key, cert },
      forceCloseConnections: true,
      exposeHeadRoutes: false,
      routerOptions: { ignoreDuplicateSlashes: true },
      rewriteUrl: ({ url = "/" }) => routable(url),
    }) as unknown as FastifyInstance;
    server.server.on("connection", (socket: Socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
    });
    this.addParsers(server);
    this.addHeaders(server);
    addDiscovery(server, this.store, () => this.origin);
    this.addTokenEndpoint(server);
    for (const route of ROUTES) this.addGraphRoute(server, route);
    this.addBatch(server);
    server.setNotFoundHandler((request, reply) =>
      this.fail(graphErrors.unknown(`${request.method} ${request.originalUrl}`), request, reply),
    );
    server.setErrorHandler((error: Error, request, reply) => this.fail(error, request, reply));
    await server.listen({ port, host: "127.0.0.1" });
    this.server = server;
    const address = server.server.address();
    const actual = typeof address === "object" && address ? address.port : port;
    this.origin = `https://localhost:${published ?? actual}`;
    return actual;
  }

  /** Ends all connections, including those that never sent a request. */
  async close(): Promise<void> {
    const closed = this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
    this.server = undefined;
  }

  private addParsers(server: FastifyInstance): void {
    server.removeContentTypeParser("application/json");
    server.addContentTypeParser(
      "application/json",
      { parseAs: "string" },
      async (_request: FastifyRequest, body: string) => parseJson(body),
    );
    const form = "application/x-www-form-urlencoded";
    server.addContentTypeParser(form, { parseAs: "string" }, async (_request: FastifyRequest, body: string) =>
      Object.fromEntries(new URLSearchParams(body)),
    );
  }

  /** Every answer contains the sandbox's time, with which sync servers compare their clocks. */
  private addHeaders(server: FastifyInstance): void {
    server.addHook("onSend", async (request, reply) => {
      const clientRequestId = request.headers["client-request-id"];
      reply.header("date", this.options.clock.now().toUTCString()).header("request-id", request.id);
      if (clientRequestId) reply.header("client-request-id", clientRequestId);
    });
    server.setGenReqId(() => randomUUID());
  }

  private addTokenEndpoint(server: FastifyInstance): void {
    server.post<{ Params: { tenant: string } }>("/:tenant/oauth2/v2.0/token", (request, reply) => {
      const { store, origin } = this;
      const { clock, faults } = this.options;
      void reply.header("cache-control", "no-store");
      return answerToken({ store, clock, faults, origin }, request.params.tenant, (request.body ?? {}) as Form);
    });
  }

  private addGraphRoute(server: FastifyInstance, route: Route): void {
    const [method, path] = route;
    for (const version of VERSIONS) {
      const handler = (request: FastifyRequest, reply: FastifyReply) =>
        this.answerGraph(route, version, request, reply);
      server.route({ method, url: `/${version}${path}`, handler });
    }
  }

  private addBatch(server: FastifyInstance): void {
    for (const version of VERSIONS) {
      server.post(`/${version}${BATCH}`, async (request, reply) => {
        const { faults } = this.options;
        if (faults.strikes("tenant", "unavailable")) throw graphErrors.unavailable();
        if (answeredRudely(faults, request, reply)) return reply;
        const { authorization } = request.headers;
        const caller = await readCaller(this.store, this.origin, authorization);
        this.callers.set(request, caller.appId);
        refuseRudely(faults, caller, { method: "GET", url: request.originalUrl });
        const text = `${request.method} ${request.originalUrl}`;
        const answer = await answerBatch((request.body ?? {}) as Properties, text, (path, headers) =>
          this.answerPart(server, `/${version}${path}`, { ...headers, authorization, [BATCHED]: this.batchMark }),
        );
        this.log(request, 200);
        return reply.send(answer);
      });
    }
  }

  private async answerPart(
    server: FastifyInstance,
    url: string,
    headers: Record<string, string | undefined>,
  ): Promise<BatchedAnswer> {
    const answer = await server.inject({ method: "GET", url, headers });
    const shown = Object.entries(answer.headers).filter(([name]) => ["content-type", "retry-after"].includes(name));
    const capital = (name: string) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(shown.map(([name, value]) => [capital(name), String(value)])),
      body: answer.json(),
    };
  }

  private async answerGraph(
    [, path, handler, options = []]: Route,
    version: (typeof VERSIONS)[number],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { faults, clock, assignmentsOnPage } = this.options;
    const { store, origin } = this;
    if (faults.strikes("tenant", "throttled")) throw graphErrors.throttled();
    const alone = request.headers[BATCHED] !== this.batchMark;
    if (alone && faults.strikes("tenant", "unavailable")) throw graphErrors.unavailable();
    if (alone && answeredRudely(faults, request, reply)) return;
    const caller = await readCaller(store, origin, request.headers.authorization);
    this.callers.set(request, caller.appId);
    refuseRudely(faults, caller, { method: request.method, url: request.originalUrl });
    if (WRITES.includes(request.method) && faults.strikes("tenant", "forbidden")) throw graphErrors.forbidden();
    const query = request.query as Query;
    const url = request.originalUrl;
    const text = `${request.method} ${url}`;
    checkOptions(query, options, text);
    const params = request.params as Record<string, string>;
    const body = (request.body ?? {}) as Properties;
    const asked = { caller, version, params, query, body, origin, url, text } as const;
    const answer = handler({ ...{ store, clock, faults, assignmentsOnPage }, ...asked });
    this.log(request, answer.status);
    if (request.method === "POST" && LOSABLE.includes(path) && faults.strikes("tenant", "answer-lost")) {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    const capital = request.method === "GET" && faults.strikes("tenant", "capital-ids");
    const shown = capital ? withCapitalIds(answer.body) : answer.body;
    await reply.status(answer.status).send(misleadingPage(faults, shown, `${origin}${url}`));
  }

  private log(request: FastifyRequest, status: number): void {
    const { method, originalUrl: path } = request;
    const caller = this.callers.get(request) ?? "";
    const route = request.routeOptions.url ?? "";
    const batched = request.headers[BATCHED] === this.batchMark ? ({ batched: true } as const) : {};
    this.requests.push({ method, path, route, caller, status, ...batched });
  }

  private fail(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const now = this.options.clock.now();
    const clientRequestId = String(request.headers["client-request-id"] ?? request.id);
    if (error instanceof TokenError) {
      return reply.status(error.status).send(error.body(this.origin, request.id, clientRequestId, now));
    }
    const known = error instanceof GraphError ? error : this.unforeseen(error);
    this.log(request, known.status);
    return reply
      .status(known.status)
      .headers(known.headers)
      .send(known.body(request.id, clientRequestId, now));
  }

  /** A refusal by the web server is the caller's error; every other failure is ours. */
  private unforeseen(error: Error): GraphError {
    const status = (error as FastifyError).statusCode ?? 500;
    return status < 500 ? graphErrors.badRequest(error.message) : graphErrors.unexpected(error.message);
  }
}
