/**
 * Property values as they travel between the engine and a plugin.
 *
 * On the wire a secret, an asset or an archive is an object with a signature, and an unknown value is one of a few
 * agreed strings. Here secrets and unknowns have their own types; assets and archives remain unchanged.
 */

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
export const ASSET = "c44067f5952c0a294b673a41bacd8c17";
export const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** The placeholders for an unknown boolean, number, string, array, asset, archive or object. */
const UNKNOWNS = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export class Unknown {
  readonly unknown = true;
}
export class Secret {
  constructor(readonly value: PropertyValue) {}
}
export type PropertyValue = null | boolean | number | string | Unknown | Secret | PropertyValue[] | PropertyMap;
export interface PropertyMap {
  [name: string]: PropertyValue;
}

/** A value that becomes known only when the resource that it depends on is created. */
export const UNKNOWN = new Unknown();

export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Secret)
  );
}

/** The signature of an asset, an archive or a resource reference; undefined for any other value. */
export function signatureOf(value: PropertyValue | undefined): string | undefined {
  return isMap(value) && typeof value[SIGNATURE] === "string" ? value[SIGNATURE] : undefined;
}

/** Reads a value from its wire form. Nulls in objects are left out, as providers do not distinguish them from absent values. */
function decodeValue(wire: unknown): PropertyValue {
  if (typeof wire === "string") return UNKNOWNS.has(wire) ? UNKNOWN : wire;
  if (Array.isArray(wire)) return wire.map(decodeValue);
  if (typeof wire !== "object" || wire === null) return (wire ?? null) as PropertyValue;
  const fields = wire as Record<string, unknown>;
  if (fields[SIGNATURE] === SECRET) return new Secret(decodeValue(fields.value));
  if (fields[SIGNATURE] === OUTPUT) {
    const value = "value" in fields ? decodeValue(fields.value) : UNKNOWN;
    return fields.secret === true ? new Secret(value) : value;
  }
  return decodeMap(fields);
}

export function decodeMap(wire: Record<string, unknown> | undefined): PropertyMap {
  const entries = Object.entries(wire ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, decodeValue(value)]));
}

/** The wire form of a value. */
function encodeValue(value: PropertyValue): unknown {
  if (value instanceof Unknown) return UNKNOWN_STRING;
  if (value instanceof Secret) return { [SIGNATURE]: SECRET, value: encodeValue(value.value) };
  if (Array.isArray(value)) return value.map(encodeValue);
  return isMap(value) ? encodeMap(value) : value;
}

export function encodeMap(map: PropertyMap): Record<string, unknown> {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, encodeValue(value)]));
}

/** The value without the mark of a secret, at the top only. */
export function unwrapSecret(value: PropertyValue | undefined): PropertyValue | undefined {
  return value instanceof Secret ? unwrapSecret(value.value) : value;
}

/** The value without any mark of a secret. */
export function revealSecrets(value: PropertyValue): PropertyValue {
  if (value instanceof Secret) return revealSecrets(value.value);
  if (Array.isArray(value)) return value.map(revealSecrets);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, nested]) => [name, revealSecrets(nested)]));
}

/** Whether the value or anything in it is unknown. */
export function containsUnknowns(value: PropertyValue | undefined): boolean {
  if (value instanceof Unknown) return true;
  if (value instanceof Secret) return containsUnknowns(value.value);
  if (Array.isArray(value)) return value.some(containsUnknowns);
  return isMap(value) && Object.values(value).some(containsUnknowns);
}

/** Whether two values are equal, secrets compared by their content; an unknown equals nothing. */
export function sameValue(left: PropertyValue | undefined, right: PropertyValue | undefined): boolean {
  return same(unwrapSecret(left), unwrapSecret(right), sameValue);
}

/** Like sameValue, but a value that becomes or ceases to be secret has changed. */
export function identicalValue(left: PropertyValue | undefined, right: PropertyValue | undefined): boolean {
  if (left instanceof Secret && right instanceof Secret) return identicalValue(left.value, right.value);
  if (left instanceof Secret || right instanceof Secret) return false;
  return same(left, right, identicalValue);
}

function same(a: PropertyValue | undefined, b: PropertyValue | undefined, nested: typeof sameValue): boolean {
  if (a instanceof Unknown || b instanceof Unknown) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => nested(value, b[index]));
  }
  if (isMap(a) && isMap(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => nested(a[name], b[name]));
  }
  return (a ?? null) === (b ?? null);
}
