/** The OData options that the emulated Graph supports; others are refused, never guessed. */
import { graphErrors } from "./graph-error";

export type Query = Record<string, string | undefined>;

/** The options of a route. */
export const LIST_OPTIONS = ["$filter", "$select", "$top", "$skiptoken"] as const;
export const RELATION_OPTIONS = ["$select", "$top", "$skiptoken"] as const;
export const OBJECT_OPTIONS = ["$select"] as const;
export const EXPANDED_LIST_OPTIONS = [...LIST_OPTIONS, "$expand"] as const;

/** Objects on a page, unless `$top` sets it; Graph allows at most 999. */
const PAGE = 100;
const LARGEST_PAGE = 999;

/** Graph's maximum number of conditions joined by `or`, and of values after `in`. */
const MOST_CLAUSES = 15;

/**
 * The filters of the emulated Graph; a capital letter is a placeholder for a name. A route lists those that it accepts.
 * Conditions joined by `or` are accepted for tags only.
 */
const FORMS = {
  "P eq V": /^(\w+) eq '((?:[^']|'')*)'$/,
  "P in (V)": /^(\w+) in \((\s*'(?:[^']|'')*'\s*(?:,\s*'(?:[^']|'')*'\s*)*)\)$/,
  "startswith(P,V)": /^startswith\((\w+),\s*'((?:[^']|'')*)'\)$/,
  "tags/any": /^(tags)\/any\((\w+):\s*\2 eq '((?:[^']|'')*)'\)$/,
  "targetResources/any": /^(targetResources)\/any\((\w+):\s*\2\/id eq '((?:[^']|'')*)'\)$/,
} as const;
type Form = keyof typeof FORMS;

/** A form and its property, such as `startswith displayName`. */
export type KnownFilter = `${"eq" | "in" | "startswith"} ${string}` | "any tags" | "any targetResources";

const OPERATORS = {
  "P eq V": "eq",
  "P in (V)": "in",
  "startswith(P,V)": "startswith",
  "tags/any": "any",
  "targetResources/any": "any",
};

/** Matches if any of the values does. */
export interface Filter {
  operator: string;
  property: string;
  values: string[];
}

/** Refuses options that the route does not accept. */
export function checkOptions(query: Query, known: readonly string[], request: string): void {
  if (Object.keys(query).some((option) => !known.includes(option))) throw graphErrors.unknown(request);
}

const plain = (quoted: string) => quoted.replace(/''/g, "'");

function parseClause(text: string): { form: Form; property: string; values: string[] } | null {
  for (const form of Object.keys(FORMS) as Form[]) {
    const match = FORMS[form].exec(text.trim());
    if (!match) continue;
    const found = match.at(-1)!;
    const values = form === "P in (V)" ? [...found.matchAll(/'((?:[^']|'')*)'/g)].map(([, value]) => value) : [found];
    return { form, property: match[1], values: values.map(plain) };
  }
  return null;
}

/** Conditions joined by `or`; a quoted value may contain the word. */
function clausesOf(text: string): string[] {
  return text.split(/ or (?=(?:[^']*'[^']*')*[^']*$)/);
}

/**
 * Reads `$filter`.
 * @param known the permitted filters
 */
export function parseFilter(query: Query, known: readonly KnownFilter[], request: string): Filter | null {
  if (query.$filter === undefined) return null;
  const clauses = clausesOf(query.$filter).map(parseClause);
  const [first] = clauses;
  if (!first || clauses.some((clause) => clause?.form !== first.form)) throw graphErrors.unknown(request);
  if (clauses.length > 1 && first.form !== "tags/any") throw graphErrors.unknown(request);
  const values = clauses.flatMap((clause) => clause!.values);
  if (values.length > MOST_CLAUSES) throw graphErrors.filterTooLong(values.length, MOST_CLAUSES);
  const { property } = first;
  const operator = OPERATORS[first.form];
  if (!(known as readonly string[]).includes(`${operator} ${property}`)) throw graphErrors.unknown(request);
  return { operator, property, values };
}

/** Whether an object as Graph returns it matches; Graph ignores case. */
export function passes(filter: Filter | null, object: Record<string, unknown>): boolean {
  if (!filter) return true;
  const shown = object[filter.property];
  const present = (Array.isArray(shown) ? shown : [shown]).map((value: unknown) => {
    const name = typeof value === "object" && value !== null ? (value as { id?: unknown }).id : value;
    return String(name).toLowerCase();
  });
  const matches = (value: string, wanted: string) =>
    filter.operator === "startswith" ? value.startsWith(wanted) : value === wanted;
  return filter.values.some((wanted) => present.some((value) => matches(value, wanted.toLowerCase())));
}

/** Whether key credentials are requested by name: only then does Graph return the bytes of a single object's keys. */
export function selectsKeys(query: Query): boolean {
  return parseSelect(query)?.includes("keyCredentials") ?? false;
}

/** Names in `$select`; null if all properties are requested. */
export function parseSelect(query: Query): string[] | null {
  return query.$select?.split(",").map((name) => name.trim()) ?? null;
}

/**
 * Only the selected properties and the id.
 * @throws GraphError 501 if the object has no such property
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

/**
 * A page of a collection; `next` is the token of the following page, null on the last one.
 * @param largest maximum objects on a page
 */
export function page<T>(
  query: Query,
  values: readonly T[],
  largest = LARGEST_PAGE,
): { values: T[]; next: string | null } {
  const wanted = query.$top === undefined ? PAGE : Number(query.$top);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > LARGEST_PAGE) {
    throw graphErrors.badRequest(
      `Invalid page size specified: '${query.$top}'. Must be between 1 and ${LARGEST_PAGE}.`,
    );
  }
  const start = Number(query.$skiptoken ?? 0);
  if (!Number.isInteger(start) || start < 0) throw graphErrors.badRequest("The page token is invalid.");
  const end = start + Math.min(wanted, largest);
  return { values: values.slice(start, end), next: end < values.length ? String(end) : null };
}
