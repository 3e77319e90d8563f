/** HTTPS to this machine, trusting the sandbox's certificate authority. */
import * as https from "node:https";
import { loopbackAddress } from "../loopback";

export interface HttpRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

export interface HttpResponse {
  status: number;
  statusText: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

const REQUEST_LIMIT_MS = 60_000;
const CONNECTION_ERRORS: Record<string, string> = {
  ECONNREFUSED: "connect: connection refused",
  ECONNRESET: "connection reset by peer",
};

export class HttpsClient {
  private readonly agent: https.Agent;

  /** @param authorities PEM; the system's if undefined. */
  constructor(authorities: string | undefined) {
    this.agent = new https.Agent({ keepAlive: true, ca: authorities, minVersion: "TLSv1.2" });
  }

  /** @throws for any host other than this machine, and if there is no answer. */
  async send({ method, url, headers = {}, body, signal }: HttpRequest): Promise<HttpResponse> {
    const target = new URL(url);
    if (target.protocol !== "https:") throw new Error(`unsupported protocol scheme "${target.protocol.slice(0, -1)}"`);
    const address = await loopbackAddress("azuread", target.hostname);
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => {
        const reason = CONNECTION_ERRORS[error.code ?? ""];
        reject(new Error(`${method} "${url}": ${reason ? `dial tcp ${target.host}: ${reason}` : error.message}`));
      };
      const request = https.request(
        target,
        {
          method,
          agent: this.agent,
          headers: { ...headers, ...(body !== undefined && { "Content-Length": Buffer.byteLength(body) }) },
          lookup: ((_host: string, options: { all?: boolean }, done: (...answer: unknown[]) => void) => {
            const family = address.includes(":") ? 6 : 4;
            if (options.all) done(null, [{ address, family }]);
            else done(null, address, family);
          }) as never,
          timeout: REQUEST_LIMIT_MS,
          signal,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", fail);
          response.on("end", () =>
            resolve({
              status: response.statusCode!,
              statusText: response.statusMessage ?? "",
              headers: response.headers,
              body: Buffer.concat(chunks).toString("utf8"),
            }),
          );
        },
      );
      request.on("error", fail);
      request.on("timeout", () => request.destroy(new Error("the server does not answer")));
      request.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
