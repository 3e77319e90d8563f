/**
 * Writes schema/stack.schema.json anew, for editors: `npm run stack-schema`. The shape is that of the check of a run, the words
 * are those of its messages and of setting-words.ts.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import { z } from "zod";
import { LONGEST, expectationAt, stackSchema } from "../model/configuration/configuration-schema";
import { SERVER_NAME } from "../model/configuration/configuration-rules";
import { PROVIDER_SETTINGS, SETTING_WORDS, type SettingWords } from "../model/configuration/setting-words";

export const SCHEMA_FILE = path.resolve(__dirname, "../schema/stack.schema.json");

/** This project's own namespace, and that of the examples: in these a key that is none is refused. */
const NAMESPACES = ["connect-sync-identity", "sync-identities"];

/** In any other project's namespace these mean what they mean here; a name such as `environment` may be another provider's. */
// prettier-ignore
const UNMISTAKABLE = ["servers", "allowedRoleHolders", "credentialPolicy", "environmentVariables", "pipelineObjectId", "sshPrivateKey", "sshPublicKey"];

export interface Schema {
  [keyword: string]: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

const SECURE: Schema = {
  type: "object",
  description: "Encrypted by pulumi config set --secret.",
  properties: { secure: { type: "string" } },
  required: ["secure"],
  additionalProperties: false,
};

const worded = (schema: Schema, { meaning, pattern: _rule, ...rest }: SettingWords, value?: string): Schema => ({
  description: value === undefined ? meaning : `${meaning}\n\nValue: ${value}.`,
  ...rest,
  ...schema,
});

/** @throws Error for a setting that the editor would have nothing to say of */
export function wordsOf(name: string): SettingWords {
  const words = SETTING_WORDS[name];
  if (words === undefined) throw new Error(`setting-words.ts has no words on ${name}`);
  return words;
}

/** A text that takes `${NAME}` as well, unless its own form does. */
function orReference(schema: Schema): Schema {
  const form = new RegExp(String(schema.pattern ?? "^"), "u");
  const open = schema.enum === undefined && schema.const === undefined && form.test("${CONNECT_SYNC_NAME}");
  return open ? schema : { anyOf: [schema, { $ref: "#/definitions/reference" }] };
}

/** A part of zod's own schema with words, and with `${NAME}` for each text. */
function forEditor(schema: Schema, place: readonly string[]): Schema {
  const { properties, items, anyOf, oneOf, additionalProperties, propertyNames: _any, ...rest } = schema;
  if (properties) {
    const entries = Object.entries(properties).map(([name, inner]): [string, Schema] => {
      const at = [...place, name];
      return [name, worded(forEditor(inner, at), wordsOf(name), expectationAt(at))];
    });
    return { ...rest, properties: Object.fromEntries(entries), additionalProperties: false };
  }
  if (items) return { ...rest, items: forEditor(items, [...place, "0"]) };
  const choices = (anyOf ?? oneOf) as Schema[] | undefined;
  if (choices) return { ...rest, anyOf: choices.map((choice) => forEditor(choice, place)) };
  if (typeof additionalProperties === "object") {
    const server = forEditor(additionalProperties as Schema, [...place, "sync01"]);
    const propertyNames = { pattern: SERVER_NAME.source };
    return { ...rest, propertyNames, minProperties: 1, additionalProperties: server };
  }
  const { pattern } = SETTING_WORDS[place.at(-1)!] ?? {};
  return rest.type === "string" ? orReference({ ...rest, ...(pattern === undefined ? {} : { pattern }) }) : rest;
}

/** Every setting of a stack, by its name without a namespace. */
function settings(): Record<string, Schema> {
  const made = z.toJSONSchema(stackSchema, { target: "draft-07", io: "input" }) as Schema;
  const { properties } = forEditor(made, []);
  const key = { anyOf: [SECURE, { type: "string", maxLength: LONGEST.privateKey }] };
  return { ...properties, sshPrivateKey: worded(key, wordsOf("sshPrivateKey")) };
}

const PROVIDER_TYPES: Record<string, Schema> = {
  text: { type: "string" },
  switch: { anyOf: [{ type: "boolean" }, { enum: ["true", "false"] }] },
  secret: { anyOf: [SECURE, { type: "string" }] },
};

/** The schema of a whole `Pulumi.<stack>.yaml`. */
export function stackFileSchema(): Schema {
  const own = settings();
  const keys = NAMESPACES.flatMap((namespace) =>
    Object.keys(own).map((name): [string, Schema] => [
      `${namespace}:${name}`,
      { $ref: `#/definitions/settings/properties/${name}` },
    ]),
  );
  const provider = Object.entries(PROVIDER_SETTINGS).map(([name, { type, ...words }]): [string, Schema] => [
    `azuread:${name}`,
    worded(PROVIDER_TYPES[type], words),
  ]);
  const others = `^(?!(${[...NAMESPACES, "azuread", "pulumi"].join("|")}):)[^:]+:`;
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A stack of connect-sync-identity",
    description: "Pulumi.<stack>.yaml. Made by npm run stack-schema.",
    type: "object",
    properties: {
      config: {
        description: "The settings of the stack.",
        type: "object",
        properties: Object.fromEntries([...keys, ...provider]),
        patternProperties: {
          ...Object.fromEntries(
            UNMISTAKABLE.map((name) => [`${others}${name}$`, { $ref: `#/definitions/settings/properties/${name}` }]),
          ),
          [`^(${NAMESPACES.join("|")}):(?!(${Object.keys(own).join("|")})$)`]: false,
        },
      },
    },
    // A setting that is not below config is one that Pulumi does not read.
    patternProperties: { ":": false },
    definitions: {
      settings: { type: "object", properties: own, additionalProperties: false },
      reference: {
        description: "${NAME}: a value from the environment.",
        ...{ type: "string", pattern: "\\$\\{[A-Z_][A-Z0-9_]*\\}" },
      },
    },
  };
}

/** The file as it should be. */
export async function schemaText(): Promise<string> {
  const options = (await prettier.resolveConfig(SCHEMA_FILE)) ?? {};
  return prettier.format(JSON.stringify(stackFileSchema()), { ...options, parser: "json" });
}

if (require.main === module) void schemaText().then((text) => fs.writeFileSync(SCHEMA_FILE, text));
