/**
 * The bridge between the host program under PowerShell 7 and the model of Windows: one POST per method of
 * {@link Windows}, arguments as a JSON array, on loopback and with a bearer token.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { WindowsError, type Windows } from "../windows";
import { WINDOWS_FUNCTIONS } from "./functions";

/** Largest request in bytes; a certificate is the largest value. */
const MAX_REQUEST = 1024 * 1024;

export interface Bridge {
  url: string;
  /** Bearer token that every request must contain; created for this run. */
  token: string;
  /** Whether the program holds the host's lock. */
  readonly holdsLock: boolean;
  /** Aborts pending requests and stops listening. */
  close(): Promise<void>;
}

/** The bridge's answer to a request. */
interface Reply {
  status: number;
  body: unknown;
}

/** Starts a bridge to a model, for one run of the program. */
export async function startBridge(windows: Windows): Promise<Bridge> {
  const token = randomBytes(32).toString("base64url");
  const lock = { held: false };
  const server = http.createServer((request, response) => {
    void answer(request, windows, token, lock).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  });
  // A cmdlet may take any time; the run itself has a limit.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    get holdsLock() {
      return lock.held;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: http.IncomingMessage,
  windows: Windows,
  token: string,
  lock: { held: boolean },
): Promise<Reply> {
  if (!isAuthorized(request, token))
    return { status: 401, body: { kind: "access-denied", hresult: null, message: "no bearer token" } };
  const method = (request.url ?? "").slice(1);
  if (request.method !== "POST" || !Object.hasOwn(WINDOWS_FUNCTIONS, method)) {
    return {
      status: 501,
      body: { kind: "failed", hresult: null, message: `${request.method} ${request.url} is not a route of the bridge` },
    };
  }
  try {
    const args = JSON.parse(await readBody(request)) as unknown;
    if (!Array.isArray(args)) throw new Error("the arguments are not an array");
    const value = await call(windows, method as keyof Windows, args);
    if (method === "enterLock") lock.held = (value as { acquired: boolean }).acquired;
    if (method === "exitLock") lock.held = false;
    return { status: 200, body: { value: value ?? null } };
  } catch (error) {
    const { kind, hresult } = error instanceof WindowsError ? error : { kind: "failed", hresult: null };
    return { status: 422, body: { kind, hresult, message: (error as Error).message } };
  }
}

function call(windows: Windows, method: keyof Windows, args: unknown[]): unknown {
  return (windows[method] as (...args: unknown[]) => unknown).apply(windows, args);
}

function isAuthorized(request: http.IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? "");
  const expected = Buffer.from(`Bearer ${token}`);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function readBody(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_REQUEST) throw new Error(`a request of more than ${MAX_REQUEST} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
