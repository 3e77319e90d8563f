/** The OData options that the emulated Graph understands; what it does not understand is refused, never guessed. */
import { graphErrors } from "./graph-error";

export type Query = Record<string, string | undefined>;

/** Options that a route takes. */
export const LIST_OPTIONS = ["$filter", "$select", "$top", "$skiptoken"] as const;
export const RELATION_OPTIONS = ["$select", "$top", "$skiptoken"] as const;
export const OBJECT_OPTIONS = ["$select"] as const;

/** Objects on a page, unless `$top` says otherwise; Graph allows 999 at most. */
const PAGE = 100;
const LARGEST_PAGE = 999;

/** A filter on one property, or on the tags. */
export interface Filter {
  property: string;
  value: string;
}

const EQUALS = /^(\w+) eq '((?:[^']|'')*)'$/;
const TAG = /^tags\/any\((\w+):\s*\1 eq '((?:[^']|'')*)'\)$/;

/** Refuses options that the route does not take. */
export function checkOptions(query: Query, known: readonly string[], request: string): void {
  if (Object.keys(query).some((option) => !known.includes(option))) throw graphErrors.unknown(request);
}

/**
 * Reads `$filter`.
 * @param properties the properties that may be filtered on here
 */
export function parseFilter(query: Query, properties: readonly string[], request: string): Filter | null {
  const text = query.$filter?.trim();
  if (text === undefined) return null;
  const tag = TAG.exec(text);
  const match = tag ? ["", "tags", tag[2]] : EQUALS.exec(text);
  if (!match || !properties.includes(match[1]) || (match[1] === "tags") !== (tag !== null)) {
    throw graphErrors.unknown(request);
  }
  return { property: match[1], value: match[2].replace(/''/g, "'") };
}

/** Whether an object as Graph shows it passes; Graph compares without case. */
export function passes(filter: Filter | null, object: Record<string, unknown>): boolean {
  if (!filter) return true;
  const shown = object[filter.property];
  const values = Array.isArray(shown) ? shown : [shown];
  return values.some((value) => String(value).toLowerCase() === filter.value.toLowerCase());
}

/** Names in `$select`, null where all are wanted. */
export function parseSelect(query: Query): string[] | null {
  return query.$select?.split(",").map((name) => name.trim()) ?? null;
}

/**
 * Only the selected properties, and the id.
 * @throws GraphError 501 where the object has no such property
 */
export function select(
  object: Record<string, unknown>,
  names: string[] | null,
  request: string,
): Record<string, unknown> {
  if (!names) return object;
  if (names.some((name) => !(name in object))) throw graphErrors.unknown(request);
  return { id: object.id, ...Object.fromEntries(names.map((name) => [name, object[name]])) };
}

/** Cuts a page out of a collection; `next` is the token of the page after it, null on the last one. */
export function page<T>(query: Query, values: readonly T[]): { values: T[]; next: string | null } {
  const size = query.$top === undefined ? PAGE : Number(query.$top);
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_PAGE) {
    throw graphErrors.badRequest(
      `Invalid page size specified: '${query.$top}'. Must be between 1 and ${LARGEST_PAGE}.`,
    );
  }
  const start = Number(query.$skiptoken ?? 0);
  if (!Number.isInteger(start) || start < 0) throw graphErrors.badRequest("The page token is invalid.");
  const end = start + size;
  return { values: values.slice(start, end), next: end < values.length ? String(end) : null };
}
