/**
 * Definitions of a resource's properties, under their Pulumi names.
 *
 * The real plugin takes them from its Terraform provider's schema; checks, differences and previews follow from it.
 */
import type { PropertyValue } from "../property-values";

export type FieldKind = "string" | "boolean" | "integer" | "strings" | "map" | "object" | "objects";

export interface Field {
  kind: FieldKind;
  /** Whether a program may set it; otherwise it is only an output. */
  input: boolean;
  required?: boolean;
  /** Entra chooses the value if the program does not set it. */
  computed?: boolean;
  /** Whether a change replaces the resource. */
  forceNew?: boolean;
  default?: PropertyValue;
  /** Whether the order of the elements is irrelevant. */
  unordered?: boolean;
  /** Properties of an object, or of each object of a list. */
  fields?: Fields;
  /** @returns what is wrong with a known value. */
  validate?: (value: PropertyValue) => string | undefined;
}

export type Fields = Record<string, Field>;

type Options = Omit<Partial<Field>, "kind">;

function field(kind: FieldKind, options: Options = {}): Field {
  return { kind, input: true, ...options };
}

export const string = (options?: Options): Field => field("string", options);
export const boolean = (options?: Options): Field => field("boolean", options);
export const integer = (options?: Options): Field => field("integer", options);
/** A set of strings. */
export const strings = (options?: Options): Field => field("strings", { unordered: true, ...options });
export const object = (fields: Fields, options?: Options): Field => field("object", { fields, ...options });
export const objects = (fields: Fields, options?: Options): Field => field("objects", { fields, ...options });
/** An output, which no program can set. */
export const output = (kind: FieldKind, options?: Options): Field =>
  field(kind, { input: false, computed: true, ...options });

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export function isUuid(value: PropertyValue): string | undefined {
  return typeof value === "string" && UUID.test(value) ? undefined : `expected a valid UUID, got ${String(value)}`;
}

export function isNotEmpty(value: PropertyValue): string | undefined {
  return value === "" ? "expected it to not be an empty string" : undefined;
}

export function isTime(value: PropertyValue): string | undefined {
  const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
  const valid = typeof value === "string" && pattern.test(value) && !Number.isNaN(Date.parse(value));
  return valid ? undefined : `expected a valid RFC3339 date, got ${String(value)}`;
}

export function isOneOf(...allowed: string[]): (value: PropertyValue) => string | undefined {
  return (value) =>
    allowed.includes(value as string)
      ? undefined
      : `expected it to be one of ${JSON.stringify(allowed)}, got ${String(value)}`;
}
