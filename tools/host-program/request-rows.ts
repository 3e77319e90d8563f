/** The requests' schemas as data for the program: for each property its kind, bounds and the words of its refusal. */
import { z } from "zod";
import { REQUESTS } from "../../model/protocol/host-requests";
import type { PowerShellTable } from "./data-file";

/** What JSON Schema says of a value, as far as requests use it. */
interface Schema {
  type?: string;
  anyOf?: Schema[];
  const?: string | number;
  enum?: string[];
  pattern?: string;
  minLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
}

/** A pattern of JavaScript for .NET, where $ also matches before a last line feed. */
export function netPattern(source: string): string {
  const inner = /^\^(.*)\$$/s.exec(source)?.[1];
  if (inner === undefined || /\\[dDwWsSbB]|\(\?<|\[\^/.test(inner))
    throw new Error(`not for both languages: ${source}`);
  return `\\A(?:${inner.replaceAll("\\/", "/")})\\z`;
}

/** The pattern of a text, null if any will do. */
function patternOf({ pattern, enum: values, const: only }: Schema): string | null {
  const allowed = only === undefined ? values : [String(only)];
  if (allowed?.some((value) => !/^[a-z-]+$/.test(value))) throw new Error(`not plain: ${allowed.join()}`);
  if (allowed) return netPattern(`^${allowed.join("|")}$`);
  return pattern === undefined ? null : netPattern(pattern);
}

function kind(schema: Schema): PowerShellTable {
  const { type, description: words = "" } = schema;
  switch (type) {
    case "boolean":
      return { Kind: "truth", Words: words };
    case "integer":
    case "number": {
      const { minimum = schema.const as number, maximum = schema.const as number } = schema;
      return { Kind: "number", Words: words, Least: minimum, Most: maximum };
    }
    case "string": {
      const pattern = patternOf(schema);
      return {
        Kind: "text",
        Words: words,
        ...(schema.minLength === undefined ? {} : { Least: schema.minLength }),
        ...(pattern === null ? {} : { Pattern: pattern }),
      };
    }
    case "array":
      return { Kind: "list", Words: words, Least: schema.minItems ?? 0, Element: kind(schema.items!) };
    case "object":
      return { Kind: "object", Words: words, Properties: rows(schema) };
  }
  throw new Error(`no kind for ${JSON.stringify(schema)}`);
}

/** The properties of an object in their order. */
function rows({ properties = {}, required = [] }: Schema): PowerShellTable[] {
  return Object.entries(properties).map(([name, schema]) => {
    const given = schema.anyOf?.find(({ type }) => type !== "null");
    return {
      Name: name,
      ...kind(given ?? schema),
      ...(given ? { Nullable: true } : {}),
      ...(required.includes(name) ? {} : { Optional: true }),
    };
  });
}

/** The request of each operation. */
export function requestRows(): PowerShellTable {
  return Object.fromEntries(
    Object.entries(REQUESTS).map(([operation, schema]) => [
      operation,
      kind(z.toJSONSchema(schema, { io: "input" }) as Schema),
    ]),
  );
}
