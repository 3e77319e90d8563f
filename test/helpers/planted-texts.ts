/** Texts that somebody would choose who wants more from a name than to be one, and what none of our outputs may hold. */
import { z } from "zod";
import { azureReader, githubReader, LogStream, type LineReader } from "../../sandbox/pipeline/log-commands";

const PLANTS = [
  "##vso[task.setvariable variable=x]1",
  "::error::x",
  "\n::set-output name=a::b",
  "\u001b[31mred",
  "\u202egnitset",
  "\r\n##[group]g",
  "`tick` ``ticks``",
  "<script>alert(1)</script>",
  "a | b",
  "@mention",
  "https://evil.example/x",
  "$(id)",
  "'; Remove-Item C:\\",
] as const;

/** All of them in one text, which holds for each reader what it looks for. */
export const PLANT = PLANTS.join(" ");

/** What only a reader of a log would find in a text: the commands of both CI systems, and what cannot be seen. */
export function liveIn(text: string): string[] {
  const found: string[] = [];
  const take = (reader: LineReader) => {
    const log = new LogStream((line) => {
      const command = reader(line);
      if (command) found.push(`${command.name} in ${line.slice(0, 200)}`);
    });
    log.write(text);
    log.end();
  };
  take(githubReader());
  take(azureReader);
  const unseen = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(text);
  if (unseen)
    found.push(`${JSON.stringify(unseen[0])} in ${JSON.stringify(text.slice(unseen.index - 40, unseen.index + 80))}`);
  return found;
}

/** The same of every text of a value, names of properties as well. */
export function liveWithin(value: unknown): string[] {
  if (typeof value === "string") return [...liveIn(value), ...(value.includes("\n") ? [`a line end in ${value}`] : [])];
  if (Array.isArray(value)) return value.flatMap(liveWithin);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => [...liveIn(key), ...liveWithin(inner)]);
}

interface JsonSchema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
}

/** What has a format of its own, as these schemas know it. */
const FORMATTED = ["0".repeat(64), "11111111-2222-4333-8444-555555555555", "2026-10-01T12:00:00Z"];

function madeFrom(schema: JsonSchema, base: unknown): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum.includes(base) ? base : schema.enum[0];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices)
    return madeFrom(
      choices.find(({ type }) => type !== "null")!,
      base,
    );
  const types = [schema.type ?? []].flat();
  switch (types.find((type) => type !== "null") ?? types[0]) {
    case "string": {
      if (schema.pattern === undefined) return `${typeof base === "string" ? base : ""} ${PLANT}`;
      const pattern = new RegExp(schema.pattern);
      return [base, ...FORMATTED].find((value) => typeof value === "string" && pattern.test(value));
    }
    case "boolean":
      return typeof base === "boolean" ? base : true;
    case "integer":
    case "number":
      return typeof base === "number" ? base : 1;
    case "array": {
      const items = Array.isArray(base) && base.length > 0 ? base : [undefined];
      return items.map((item) => madeFrom(schema.items!, item));
    }
    case "object": {
      const own = (base ?? {}) as Record<string, unknown>;
      const entries = Object.entries(schema.properties ?? {});
      return Object.fromEntries(entries.map(([key, inner]) => [key, madeFrom(inner, own[key])]));
    }
    case "null":
      return null;
    default:
      throw new Error(`a schema that nobody plants in: ${JSON.stringify(schema)}`);
  }
}

/**
 * A value of a schema with {@link PLANT} in every text that has no format: also in what the schema will have tomorrow.
 *
 * @param base what formats, numbers and switches are taken from
 */
export function plantedFrom<T>(schema: z.ZodType<T>, base?: unknown): T {
  return madeFrom(z.toJSONSchema(schema, { io: "input" }) as JsonSchema, base) as T;
}

/** A copy with {@link PLANT} behind every text, but for those that `keep` wants as they are. */
export function plantedIn<T>(value: T, keep: (text: string, key: string) => boolean): T {
  const of = (part: unknown, key: string): unknown => {
    if (typeof part === "string") return keep(part, key) ? part : `${part} ${PLANT}`;
    if (Array.isArray(part)) return part.map((inner) => of(inner, key));
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, of(inner, name)]));
  };
  return of(value, "") as T;
}
