/** How an emulated server calls the token endpoint: real HTTPS, to loopback only. */
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as https from "node:https";
import { ASSERTION_SECONDS } from "../../model/protocol/host-constants";
import type { Windows } from "./windows";

export type FormAnswer = Awaited<ReturnType<Windows["postForm"]>>;

/** Longest wait for an answer, in milliseconds. */
const TIMEOUT = 15_000;
const LOOPBACK = ["localhost", "127.0.0.1", "::1", "[::1]"];

/** POST of a form. Never rejects: a failure is in `problem`. */
export function postForm(
  url: string,
  form: Record<string, string>,
  caFile: string,
  timeout = TIMEOUT,
): Promise<FormAnswer> {
  return send(url, new URLSearchParams(form).toString(), caFile, timeout);
}

/** GET without credentials. Never rejects: a failure is in `problem`. */
export function getPage(url: string, caFile: string, timeout = TIMEOUT): Promise<FormAnswer> {
  return send(url, null, caFile, timeout);
}

/** @param body a form; null for a GET */
function send(url: string, body: string | null, caFile: string, timeout: number): Promise<FormAnswer> {
  const unreached = (problem: string): FormAnswer => ({ reached: false, status: 0, body: "", date: null, problem });
  return new Promise((resolve) => {
    let request;
    try {
      const target = new URL(url);
      if (!LOOPBACK.includes(target.hostname)) {
        return resolve(unreached(`${target.host} is not loopback: an emulated server contacts only loopback`));
      }
      const headers =
        body === null
          ? {}
          : { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) };
      const ca = fs.readFileSync(caFile);
      const method = body === null ? "GET" : "POST";
      request = https.request(target, { method, headers, ca, agent: false, timeout }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", (error) => resolve(unreached(error.message)));
        response.on("end", () =>
          resolve({
            reached: true,
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString("utf8"),
            date: isoDate(response.headers.date),
            problem: null,
          }),
        );
      });
      request.on("timeout", () => request!.destroy(new Error(`no answer within ${timeout / 1000} s`)));
      request.on("error", (error) => resolve(unreached(error.message || error.name)));
      request.end(body ?? undefined);
    } catch (error) {
      resolve(unreached((error as Error).message));
    }
  });
}

/** A Date header in ISO 8601; null if there is none or it is no date, as in .NET. */
function isoDate(header: string | undefined): string | null {
  const date = new Date(header ?? "");
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

const base64url = (value: Buffer | string) => Buffer.from(value).toString("base64url");

/** The parts of a client assertion. */
export interface AssertionParts {
  appId: string;
  certificateSha256: string;
  tokenEndpoint: string;
  now: Date;
  /** PS256 signature over the bytes. */
  sign: (data: Buffer) => Buffer;
}

/** The form of a token request with a client assertion (RFC 7523): PS256, x5t#S256, ten minutes, a fresh jti. */
export function tokenRequest(parts: AssertionParts, resourceAppId: string): Record<string, string> {
  const issuedAt = Math.floor(parts.now.getTime() / 1000);
  const header = { alg: "PS256", typ: "JWT", "x5t#S256": base64url(Buffer.from(parts.certificateSha256, "hex")) };
  const claims = {
    aud: parts.tokenEndpoint,
    iss: parts.appId,
    sub: parts.appId,
    jti: randomUUID(),
    nbf: issuedAt,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_SECONDS,
  };
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return {
    grant_type: "client_credentials",
    client_id: parts.appId,
    scope: `${resourceAppId}/.default`,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: `${signed}.${base64url(parts.sign(Buffer.from(signed)))}`,
  };
}

/** The token endpoint's answer to a request. */
export type TokenAnswer =
  | { kind: "token"; roles: string[] }
  /** Entra refused it; `reason` is the first line of its error. */
  | { kind: "refused"; reason: string }
  /** No answer, or one that says nothing about the request. */
  | { kind: "unavailable"; reason: string };

/** Reads an answer of the token endpoint, and discards the token itself. */
export function readTokenAnswer(answer: FormAnswer): TokenAnswer {
  if (!answer.reached) return { kind: "unavailable", reason: answer.problem ?? "" };
  if (answer.status === 429 || answer.status >= 500) return { kind: "unavailable", reason: `HTTP ${answer.status}` };
  const body = readObject(answer.body);
  if (!body) return { kind: "unavailable", reason: `HTTP ${answer.status} without JSON` };
  if (typeof body.access_token !== "string") {
    const texts = [body.error_description, body.error].filter((text) => typeof text === "string" && text !== "");
    return {
      kind: "refused",
      reason: (texts[0] as string | undefined)?.split(/\r?\n/, 1)[0] ?? `HTTP ${answer.status}`,
    };
  }
  const claims = readClaims(body.access_token);
  if (!claims) return { kind: "refused", reason: "an access token that cannot be read" };
  const { roles } = claims;
  return { kind: "token", roles: (Array.isArray(roles) ? roles : [roles]).filter((role) => typeof role === "string") };
}

/** An object in JSON; null if the text is anything else. */
function readObject(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

function readClaims(token: string): Record<string, unknown> | null {
  const [, payload] = token.split(".");
  if (payload === undefined || !/^[\w-]*$/.test(payload) || payload.length % 4 === 1) return null;
  return readObject(Buffer.from(payload, "base64url").toString("utf8"));
}
