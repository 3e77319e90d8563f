/** Answers that are none of Graph's own form: of its gateway, of a proxy on the way, of a connection that ends. Faults by name. */
import { gzipSync } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Faults } from "../surroundings/faults";
import { CHALLENGED_CLAIM, type Caller } from "./access-token";
import type { Properties } from "./directory";
import { graphErrors } from "./graph-error";

const PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>";
const HTML = "text/html; charset=utf-8";
const ELSEWHERE = "https://elsewhere.invalid";

/** Seconds until the date that a throttled answer states. */
const RETRY_SECONDS = 5;

/** One part of the bomb; gzip allows any number of them in a row. */
const PART_BYTES = 16 * 1024 * 1024;
const PARTS = 64;

let bomb: Buffer | undefined;
/** Some kilobytes that unpack to a gigabyte of JSON text. */
function gzipBomb(): Buffer {
  if (!bomb) {
    const part = gzipSync(Buffer.alloc(PART_BYTES, " "), { level: 9 });
    bomb = Buffer.concat([...Array.from({ length: PARTS }, () => part), gzipSync("{}")]);
  }
  return bomb;
}

/**
 * Answers in the place of Graph, if a fault says so.
 * @returns whether the request is answered
 * @throws GraphError for those faults that have Graph's form
 */
export function answeredRudely(faults: Faults, request: FastifyRequest, reply: FastifyReply): boolean {
  const strikes = (name: Parameters<Faults["strikes"]>[1]) => faults.strikes("tenant", name);
  if (strikes("reset")) {
    reply.hijack();
    request.raw.socket.destroy();
    return true;
  }
  if (strikes("server-error")) throw graphErrors.serverError();
  if (strikes("retry-date")) throw graphErrors.throttledUntil(new Date(Date.now() + RETRY_SECONDS * 1000));
  if (strikes("error-page")) void reply.status(502).type(HTML).send(PAGE);
  else if (strikes("html-page")) void reply.status(200).type(HTML).send(PAGE);
  else if (strikes("redirect")) void reply.status(302).header("location", `${ELSEWHERE}${request.originalUrl}`).send();
  else if (strikes("empty-object")) void reply.status(200).send({});
  else if (strikes("gzip-bomb")) {
    void reply.status(200).type("application/json").header("content-encoding", "gzip").send(gzipBomb());
  } else return false;
  return true;
}

/** @throws GraphError for faults that a known caller meets */
export function refuseRudely(faults: Faults, caller: Caller, { method, url }: { method: string; url: string }): void {
  if (faults.holds("tenant", "session-revoked") && !caller.challenged) {
    faults.strikes("tenant", "session-revoked");
    const claims = { access_token: { [CHALLENGED_CLAIM]: { essential: true, value: "1700000000" } } };
    throw graphErrors.sessionRevoked(JSON.stringify(claims));
  }
  if (method !== "GET" && faults.strikes("tenant", "concurrency")) throw graphErrors.concurrency();
  const one = /^\/[^/]+\/applications\/([0-9a-f-]{36})(?:[?/]|$)/.exec(url)?.[1];
  if (one && faults.strikes("tenant", "not-yet-visible")) throw graphErrors.notFound(one);
}

/** A collection whose next page leads nowhere, under a fault. */
export function misleadingPage(faults: Faults, body: Properties | undefined, address: string): Properties | undefined {
  if (!Array.isArray(body?.value)) return body;
  if (faults.strikes("tenant", "endless-pages")) return { ...body, "@odata.nextLink": address };
  if (faults.strikes("tenant", "foreign-page")) {
    return { ...body, "@odata.nextLink": `${ELSEWHERE}${new URL(address).pathname}` };
  }
  return body;
}
