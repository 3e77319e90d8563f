/** What a handler of the emulated Graph gets and gives back. */
import type { Clock } from "../clock";
import type { Caller } from "./access-token";
import type { Properties } from "./directory";
import type { Query } from "./query";
import type { TenantStore } from "./store";

export interface GraphRequest {
  store: TenantStore;
  clock: Clock;
  caller: Caller;
  /** Parts of the path that the route names. */
  params: Record<string, string>;
  query: Query;
  body: Properties;
  /** `https://localhost:<port>`. */
  origin: string;
  /** Method and path, for messages. */
  text: string;
}

export interface GraphAnswer {
  status: number;
  body?: Properties;
}

export type Handler = (request: GraphRequest) => GraphAnswer;

export const ok = (body: Properties): GraphAnswer => ({ status: 200, body });
export const created = (body: Properties): GraphAnswer => ({ status: 201, body });
export const noContent: GraphAnswer = { status: 204 };

/** A collection as Graph answers it. */
export function collection({ origin }: GraphRequest, kind: string, value: Properties[]): GraphAnswer {
  return ok({ "@odata.context": `${origin}/v1.0/$metadata#${kind}`, value });
}

/** Object ids out of references such as `https://<host>/v1.0/directoryObjects/<id>`. */
export function referencedIds(references: unknown): string[] {
  const list = Array.isArray(references) ? references : references === undefined ? [] : [references];
  return list.map((reference) =>
    String(reference)
      .split("/")
      .at(-1)!
      .replace(/^directoryObjects\('(.+)'\)$/, "$1"),
  );
}
