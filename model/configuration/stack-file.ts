/** A stack's file as Pulumi reads it. Pure. Not for the program: loading the parser takes longer than the rest of its check. */
import { parse } from "yaml";

/** A date without quotes is a moment in YAML, which Pulumi writes as Go does. */
function asPulumiWrites(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace(/T(.{8})\.000Z$/, " $1 +0000 UTC");
  if (Array.isArray(value)) return value.map(asPulumiWrites);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, asPulumiWrites(entry)]));
}

/**
 * Maps, lists and scalars of a file; numbers as a person reads them, which `misreadPorts` compares with what Pulumi makes
 * of them.
 */
export function parseStackFile(text: string): unknown {
  return asPulumiWrites(parse(text, { customTags: ["timestamp"] }));
}
