/**
 * Identifiers, in the one letter case in which they are compared: Entra, Windows and people write them in any. What is read by a
 * schema uses identifier-formats.ts, so that nothing else has to think of it. Pure, and without a library: the rules of the
 * dynamic resources load it.
 */
import { isIPv6 } from "node:net";

const GUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
export const WHOLE_GUID = new RegExp(`^${GUID}$`);
const EVERY_GUID = new RegExp(`(?<![0-9a-zA-Z_-])${GUID}(?![0-9a-zA-Z_-])`, "g");

const lower = (text: string) => text.toLowerCase();

export const isGuid = (text: string) => WHOLE_GUID.test(text);

/** Lower case; but for the zone of an IPv6 address, which is the name of an interface. */
export function lowerHost(name: string): string {
  const [address, ...zone] = name.split("%");
  return [address.toLowerCase(), ...zone].join("%");
}

/** Whether a text is an IPv6 address, with or without a zone of the characters that RFC 6874 has. */
export const isAddress6 = (text: string) => isIPv6(text.split("%")[0]) && /^[^%]+(%[\w.~-]+)?$/.test(text);

/** Every GUID in a text in lower case; the rest of the text stays. */
const withLowerGuids = (text: string) => text.replaceAll(EVERY_GUID, lower);

/**
 * A copy of plain data with every GUID in lower case, wherever it is: an id, a scope `<id> <name>`, a line of a log. What a
 * service means for itself, `@odata.nextLink` for instance, stays as it is.
 */
export function normalised<T>(value: T): T {
  const copy = (part: unknown): unknown => {
    if (typeof part === "string") return withLowerGuids(part);
    if (Array.isArray(part)) return part.map(copy);
    if (part === null || typeof part !== "object") return part;
    if (Object.getPrototypeOf(part) !== Object.prototype) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, inner]) => [key, key.startsWith("@") ? inner : copy(inner)]),
    );
  };
  return copy(value) as T;
}
