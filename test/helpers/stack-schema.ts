/** The published schema of a stack's file, in a validator that is not ours, and values that are made from it. */
import * as fs from "node:fs";
import Ajv from "ajv";
import fc from "fast-check";
import { SCHEMA_FILE, type Schema } from "../../tools/stack-schema";

const whole = JSON.parse(fs.readFileSync(SCHEMA_FILE, "utf8")) as Schema & {
  definitions: { settings: Schema & { properties: Record<string, Schema> } };
};

/** The settings of a stack, by their names without a namespace. */
export const SETTINGS = whole.definitions.settings;

const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
ajv.addSchema(whole, "stack");
const takesFile = ajv.getSchema("stack")!;
const takesSettings = ajv.compile({ $ref: "stack#/definitions/settings" });

/** What the schema says of a whole file; empty if it takes it. */
export function schemaProblems(file: unknown): string[] {
  if (takesFile(file) as boolean) return [];
  return takesFile.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Whether the schema takes these settings. */
export const schemaTakes = (settings: unknown): boolean => takesSettings(settings) as boolean;

const isReference = (schema: Schema) => schema.$ref !== undefined;

function textOf({ pattern, examples = [], maxLength = 300 }: Schema): fc.Arbitrary<unknown> {
  const made = fc.stringMatching(new RegExp(String(pattern ?? "^[ -~]{1,9}$"), "u"));
  const shown = examples as unknown[];
  return fc.oneof(
    { weight: 1, arbitrary: made.filter((text) => text.length <= Number(maxLength)) },
    ...(shown.length > 0 ? [{ weight: 6, arbitrary: fc.constantFrom(...shown) }] : []),
  );
}

/** Values that the schema takes; what is encrypted, or comes from the environment, is left to tests of their own. */
export function taken(schema: Schema): fc.Arbitrary<unknown> {
  const { anyOf, properties, items, required = [] } = schema;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...(schema.enum as unknown[]));
  if (anyOf) {
    const { examples } = schema;
    return fc.oneof(...anyOf.filter((one) => !isReference(one)).map((one) => taken({ examples, ...one })));
  }
  if (properties) {
    const left = (name: string) => ((required as string[]).includes(name) || name === "servers" ? 0 : 4);
    const fields = Object.entries(properties).map(([name, inner]) => {
      const open = { weight: left(name), arbitrary: fc.constant(undefined) };
      return fc.oneof(open, { weight: 1, arbitrary: taken(inner) }).map((value): [string, unknown] => [name, value]);
    });
    return fc.tuple(...fields).map((entries) => Object.fromEntries(entries.filter(([, value]) => value !== undefined)));
  }
  if (items) return fc.array(taken(items), { maxLength: 2 });
  if (typeof schema.additionalProperties === "object") {
    const names = fc.constantFrom("sync01", "sync02", "a", "lab-7");
    return fc.dictionary(names, taken(schema.additionalProperties as Schema), { minKeys: 1, maxKeys: 2 });
  }
  if (schema.type === "integer")
    return fc.integer({ min: Number(schema.minimum ?? 0), max: Number(schema.maximum ?? 99) });
  return schema.type === "boolean" ? fc.boolean() : textOf(schema);
}

/** What people write by mistake. */
const MISTAKES = [
  null,
  true,
  0,
  -1,
  1.5,
  65536,
  "",
  " ",
  "x",
  " x",
  "a b",
  "yes",
  "2027-06-30 00:00:00 +0000 UTC",
  [],
  ["x"],
  {},
  { x: 1 },
  "0x16",
  "\u200b",
  "pipeline",
];

type Parent = Record<string, unknown>;

/** The places in a value, as the map or list and the key in it. */
function placesIn(value: unknown): [Parent, string][] {
  if (value === null || typeof value !== "object") return [];
  const own = Object.keys(value).map((key): [Parent, string] => [value as Parent, key]);
  return [...own, ...Object.values(value).flatMap(placesIn)];
}

/** The same with one mistake: another value, a setting too few, a setting too many. */
export function mistaken(settings: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const mistake = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom("value", "value", "gone", "more"),
    wrong: fc.constantFrom(...MISTAKES),
    key: fc.constantFrom("x", "hostkey", "mode", "certificate", "port", "sha256", "template", "proxy"),
  });
  return fc.tuple(settings, mistake).map(([value, { at, kind, wrong, key }]) => {
    const copy = structuredClone(value);
    const places = placesIn(copy);
    const [parent, name] = places[at % places.length];
    const inner = parent[name];
    if (kind === "gone" && !Array.isArray(parent)) delete parent[name];
    else if (kind === "more" && inner !== null && typeof inner === "object" && !Array.isArray(inner))
      (inner as Parent)[key] = wrong;
    else parent[name] = wrong;
    return copy;
  });
}
