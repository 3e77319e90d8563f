/** The OData options that the emulated Graph understands; what it does not understand is refused, never guessed. */
import { graphErrors } from "./graph-error";

export type Query = Record<string, string | undefined>;

const KNOWN_OPTIONS = ["$filter", "$select", "$top", "$count"];

/** A filter on one property, or on the tags. */
export interface Filter {
  property: string;
  value: string;
}

const EQUALS = /^(\w+) eq '((?:[^']|'')*)'$/;
const TAG = /^tags\/any\((\w+):\1 eq '((?:[^']|'')*)'\)$/;

/** Refuses options that are not emulated. */
export function checkOptions(query: Query, request: string): void {
  if (Object.keys(query).some((option) => !KNOWN_OPTIONS.includes(option))) throw graphErrors.unknown(request);
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
  if (!match || !properties.includes(match[1])) throw graphErrors.unknown(request);
  return { property: match[1], value: match[2].replace(/''/g, "'") };
}

/** Names in `$select`, null where all are wanted. */
export function parseSelect(query: Query): string[] | null {
  return query.$select?.split(",").map((name) => name.trim()) ?? null;
}

/** Only the selected properties; those that an object does not have are null. */
export function select(object: Record<string, unknown>, names: string[] | null): Record<string, unknown> {
  if (!names) return object;
  return { id: object.id, ...Object.fromEntries(names.map((name) => [name, object[name] ?? null])) };
}
