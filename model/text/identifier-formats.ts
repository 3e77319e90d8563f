/** Identifiers as schemas read them: in the one letter case in which identifiers.ts compares them. Pure. */
import { z } from "zod";
import { isAddress6, WHOLE_GUID, lowerHost } from "./identifiers";

const lower = (text: string) => text.toLowerCase();
const upper = (text: string) => text.toUpperCase();

/** An object id, application id or tenant id: lower case. */
export const guid = z.string().regex(WHOLE_GUID, "a GUID").transform(lower);

/** SHA-256 of a certificate: 64 lower-case hexadecimal digits. */
export const sha256 = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, "64 hexadecimal digits")
  .transform(lower);

/** SHA-1 of a certificate, as Windows shows it: upper case. */
export const thumbprint = z.string().transform(upper);

/** A security identifier, `S-1-5-...`: upper case. */
export const sid = z.string().transform(upper);

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
