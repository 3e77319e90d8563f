/** The input and output of a handler of the emulated Graph. */
import type { Clock } from "../surroundings/clock";
import type { Faults } from "../surroundings/faults";
import type { Caller } from "./access-token";
import type { Principal, Properties } from "./directory";
import { page, parseSelect, select, type Query } from "./query";
import type { TenantStore } from "./store";

export interface GraphRequest {
  store: TenantStore;
  clock: Clock;
  faults: Faults;
  /** See {@link TenantOptions}. */
  assignmentsOnPage: number | undefined;
  caller: Caller;
  version: "v1.0" | "beta";
  /** The path's parameters in the route. */
  params: Record<string, string>;
  query: Query;
  body: Properties;
  /** `https://localhost:<port>`. */
  origin: string;
  /** Path and query as the caller sent them. */
  url: string;
  /** Method and URL, for messages. */
  text: string;
}

export interface GraphAnswer {
  status: number;
  body?: Properties;
}

export type Handler = (request: GraphRequest) => GraphAnswer;

/** The calling service principal. */
export const callerOf = ({ store, caller }: GraphRequest): Principal => store.principal(caller.objectId)!;

export const noContent: GraphAnswer = { status: 204 };

const context = ({ origin, version }: GraphRequest, kind: string) => ({
  "@odata.context": `${origin}/${version}/$metadata#${kind}`,
});

/** One object, reduced to the properties in `$select`. */
export function object(request: GraphRequest, kind: string, shown: Properties, status = 200): GraphAnswer {
  const body = select(shown, parseSelect(request.query), request.text);
  return { status, body: { ...context(request, `${kind}/$entity`), ...body } };
}

/**
 * A page of a collection, each object reduced to the properties in `$select`.
 * @param largestPage maximum objects on a page, even if `$top` requests more. @default Graph's own limit
 */
export function collection(
  request: GraphRequest,
  kind: string,
  shown: readonly Properties[],
  largestPage?: number,
): GraphAnswer {
  const names = parseSelect(request.query);
  const { values, next } = page(request.query, shown, largestPage);
  const body: Properties = { ...context(request, kind) };
  if (next !== null) {
    const url = new URL(request.url, request.origin);
    url.searchParams.set("$skiptoken", next);
    body["@odata.nextLink"] = url.href;
  }
  body.value = values.map((value) => select(value, names, request.text));
  return { status: 200, body };
}

/** Object ids from references such as `https://<host>/v1.0/directoryObjects/<id>`. */
export function referencedIds(references: unknown): string[] {
  const list = Array.isArray(references) ? references : references === undefined ? [] : [references];
  return list.map((reference) =>
    String(reference)
      .split("/")
      .at(-1)!
      .replace(/^directoryObjects\('(.+)'\)$/, "$1")
      .toLowerCase(),
  );
}
