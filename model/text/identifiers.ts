/**
 * Identifiers, in the one letter case in which they are compared: Entra, Windows and people write them in any. What reads one
 * uses these, so that nothing else has to think of it. Pure.
 */
import { isIPv6 } from "node:net";
import { z } from "zod";

const GUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
const WHOLE_GUID = new RegExp(`^${GUID}$`);
const EVERY_GUID = new RegExp(`(?<![0-9a-zA-Z_-])${GUID}(?![0-9a-zA-Z_-])`, "g");

const lower = (text: string) => text.toLowerCase();
const upper = (text: string) => text.toUpperCase();

/** An object id, application id or tenant id: lower case. */
export const guid = z.string().regex(WHOLE_GUID, "a GUID").transform(lower);

export const isGuid = (text: string) => WHOLE_GUID.test(text);

/** SHA-256 of a certificate: 64 lower-case hexadecimal digits. */
export const sha256 = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, "64 hexadecimal digits")
  .transform(lower);

/** SHA-1 of a certificate, as Windows shows it: upper case. */
export const thumbprint = z.string().transform(upper);

/** A security identifier, `S-1-5-...`: upper case. */
export const sid = z.string().transform(upper);

/** Lower case; but for the zone of an IPv6 address, which is the name of an interface. */
export function lowerHost(name: string): string {
  const [address, ...zone] = name.split("%");
  return [address.toLowerCase(), ...zone].join("%");
}

/** Whether a text is an IPv6 address, with or without a zone of the characters that RFC 6874 has. */
const isAddress6 = (text: string) => isIPv6(text.split("%")[0]) && /^[^%]+(%[\w.~-]+)?$/.test(text);

/** The longest name that DNS has. */
const LONGEST_HOST = 253;

/** A host name, an IPv4 or an IPv6 address; `[::1]` is the address in it. A port is no part of it. */
export const hostName = z
  .string()
  .max(LONGEST_HOST)
  .regex(/^[A-Za-z0-9_.:%~[\]-]+$/)
  .transform((text) => (/^\[.*\]$/.test(text) && isAddress6(text.slice(1, -1)) ? text.slice(1, -1) : text))
  .refine((text) => (text.includes(":") ? isAddress6(text) : /^[A-Za-z0-9_.-]+$/.test(text)))
  .transform(lowerHost);

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
