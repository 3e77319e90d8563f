/** The emulated Entra tenant: metadata, token endpoint and Graph over HTTPS on loopback. */
import { randomUUID } from "node:crypto";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Clock } from "../clock";
import type { Faults } from "../faults";
import { issuer, publicKeys, readCaller } from "./access-token";
import type { Properties } from "./directory";
import { GraphError, graphErrors, TokenError } from "./graph-error";
import type { Handler } from "./graph-request";
import { checkOptions, type Query } from "./query";
import { ROUTES, WRITES } from "./routes";
import { TenantStore } from "./store";
import { answerToken, type Form } from "./token-endpoint";

export interface TenantOptions {
  /** File that holds the directory; survives a restart. */
  file: string;
  clock: Clock;
  faults: Faults;
  /** PEM of the server's certificate for localhost, and its key. */
  tls: { key: string; cert: string };
}

/** A Graph request as it was answered, for the bench and for tests. */
export interface LoggedRequest {
  method: string;
  path: string;
  /** Application id of the caller, empty where it was not proven. */
  caller: string;
  status: number;
}

export class Tenant {
  readonly store: TenantStore;
  /** Graph requests since the start or the last reset of this list. */
  readonly requests: LoggedRequest[] = [];
  private server: FastifyInstance | undefined;
  private origin = "";

  constructor(private readonly options: TenantOptions) {
    this.store = new TenantStore(options.file);
  }

  /** Listens on 127.0.0.1; 0 picks a port. */
  async listen(port: number): Promise<number> {
    const { key, cert } = this.options.tls;
    const server = fastify({
      https: { key, cert },
      forceCloseConnections: true,
      routerOptions: { ignoreDuplicateSlashes: true },
      rewriteUrl: ({ url = "/" }) => url.replace(/\(appId='([^']*)'\)/, "/appId/$1"),
    });
    const form = "application/x-www-form-urlencoded";
    server.addContentTypeParser(form, { parseAs: "string" }, async (_request: FastifyRequest, body: string) =>
      Object.fromEntries(new URLSearchParams(body)),
    );
    // Clients name a content type where they send nothing as well.
    server.removeContentTypeParser("application/json");
    server.addContentTypeParser(
      "application/json",
      { parseAs: "string" },
      async (_request: FastifyRequest, body: string) => (body === "" ? {} : (JSON.parse(body) as unknown)),
    );
    server.addHook(
      "onSend",
      async (_request, reply) => void reply.header("date", this.options.clock.now().toUTCString()),
    );
    this.addEndpoints(server);
    for (const [method, path, handler] of ROUTES) {
      for (const version of ["/v1.0", "/beta"]) {
        server.route({
          method,
          url: `${version}${path}`,
          handler: (request, reply) => this.answerGraph(handler, request, reply),
        });
      }
    }
    server.setNotFoundHandler((request, reply) =>
      this.fail(graphErrors.unknown(`${request.method} ${request.url}`), request, reply),
    );
    server.setErrorHandler((error, request, reply) => this.fail(error, request, reply));
    await server.listen({ port, host: "127.0.0.1" });
    this.server = server;
    const address = server.server.address();
    const actual = typeof address === "object" && address ? address.port : port;
    this.origin = `https://localhost:${actual}`;
    return actual;
  }

  async close(): Promise<void> {
    await this.server?.close();
    this.server = undefined;
  }

  private get graphResource(): string {
    return `${this.origin}/`;
  }

  private addEndpoints(server: FastifyInstance): void {
    server.get("/metadata/endpoints", async () => ({
      name: "emulated",
      portal: `${this.origin}/portal`,
      authentication: {
        loginEndpoint: `${this.origin}/`,
        audiences: [`${this.origin}/management`],
        tenant: "common",
        identityProvider: "AAD",
      },
      resourceManager: `${this.origin}/management/`,
      microsoftGraphResourceId: this.graphResource,
      suffixes: {},
    }));
    server.get("/:tenant/v2.0/.well-known/openid-configuration", async (request) => {
      const { tenant } = request.params as { tenant: string };
      const base = `${this.origin}/${tenant}`;
      return {
        issuer: issuer(this.origin, this.store.data.tenantId),
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
        token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
        response_types_supported: ["token"],
        subject_types_supported: ["pairwise"],
        id_token_signing_alg_values_supported: ["RS256"],
      };
    });
    server.get("/:tenant/discovery/v2.0/keys", async () => publicKeys(this.store));
    server.post("/:tenant/oauth2/v2.0/token", (request) => {
      const { store, origin, graphResource } = this;
      const { clock, faults } = this.options;
      const { tenant } = request.params as { tenant: string };
      return answerToken({ store, clock, faults, origin, graphResource }, tenant, request.body as Form);
    });
  }

  private async answerGraph(handler: Handler, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const text = `${request.method} ${request.url}`;
    const { faults, clock } = this.options;
    if (faults.strikes("tenant", "throttled")) throw graphErrors.throttled();
    if (faults.strikes("tenant", "unavailable")) throw graphErrors.unavailable();
    const caller = await readCaller(this.store, this.graphResource, request.headers.authorization);
    (request as { caller?: string }).caller = caller.appId;
    if (WRITES.includes(request.method) && faults.strikes("tenant", "forbidden")) throw graphErrors.forbidden();
    const query = request.query as Query;
    checkOptions(query, text);
    const params = request.params as Record<string, string>;
    const body = (request.body ?? {}) as Properties;
    const answer = handler({ store: this.store, clock, caller, params, query, body, origin: this.origin, text });
    this.log(request, answer.status);
    await reply.status(answer.status).send(answer.body);
  }

  private log(request: FastifyRequest, status: number): void {
    const caller = (request as { caller?: string }).caller ?? "";
    this.requests.push({ method: request.method, path: request.url, caller, status });
  }

  private fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const id = randomUUID();
    const now = this.options.clock.now();
    if (error instanceof TokenError) return reply.status(error.status).send(error.body(id, now));
    const known = error instanceof GraphError ? error : graphErrors.badRequest((error as Error).message);
    this.log(request, known.status);
    return reply
      .status(known.status)
      .headers({ ...known.headers, "request-id": id })
      .send(known.body(id, now));
  }
}
