/** For data of others on its way into the program: every text in it as {@link encodeText} writes it. Pure. */
import { encodeText, LONGEST_TEXT } from "./text";

/** A name of a property is foreign text as well if the object is a map from outside. */
export function harmless<T>(value: T, longest = LONGEST_TEXT): T {
  const of = (part: unknown): unknown => {
    if (typeof part === "string") return encodeText(part, longest);
    if (Array.isArray(part)) return part.map(of);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [encodeText(key), of(inner)]));
  };
  return of(value) as T;
}
