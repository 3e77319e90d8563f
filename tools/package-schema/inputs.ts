/** The inputs of SyncIdentities: the settings of a stack's file, by the check of a run and the words of setting-words.ts. */
import { z } from "zod";
import { expectationAt, stackSchema } from "../../model/configuration/configuration-schema";
import { wordsOf, type Schema } from "../stack-schema";
import { token, typeRef, type EnumSpec, type ObjectSpec, type PropertySpec, type TypeSpec } from "./types";

/** Names of the types, by the setting that has it; of a map or list that of its entries. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  servers: "Server",
  connection: "Connection",
  proxy: "Proxy",
  certificate: "CertificatePolicy",
  source: "CertificateSource",
  kind: "CertificateSourceKind",
  adopt: "AdoptedCertificate",
  allowedRoleHolders: "AllowedRoleHolder",
  mode: "ServerMode",
  role: "ServerRole",
  verify: "Verification",
  cloud: "Cloud",
  environment: "StackEnvironment",
  credentialPolicy: "CredentialPolicy",
};

/** A default as a sentence; one that is no single value is in the words already. */
function defaultOf(value: unknown): string {
  if (value === undefined || (value !== null && typeof value === "object" && !Array.isArray(value))) return "";
  return `\n\nDefault: \`${JSON.stringify(value)}\`.`;
}

/** What a setting means, what its value should be, and its default: not the schema's own, which programs would send. */
function descriptionOf(setting: string, place: readonly string[]): string {
  const words = wordsOf(setting);
  const [example] = words.examples ?? [];
  const shown = typeof example === "string" ? `\n\nExample: \`${example}\`.` : "";
  return `${words.meaning}\n\nValue: ${expectationAt(place)}.${defaultOf(words.default)}${shown}`;
}

/** The variants of one value as one: a property is required if each variant requires it. */
function merged(schema: Schema): Schema {
  const variants = ((schema.anyOf ?? schema.oneOf) as Schema[] | undefined)?.map(merged);
  if (!variants) return schema.const === undefined ? schema : { type: "string", enum: [schema.const] };
  if (variants.every((variant) => variant.enum !== undefined)) {
    const values = variants.flatMap((variant) => variant.enum as string[]);
    return { type: "string", enum: [...new Set(values)] };
  }
  // Of several forms of one value the first that takes any: a port is a number, though a text is taken as well.
  if (!variants.every((variant) => variant.properties)) return variants.find((variant) => !variant.enum)!;
  const names = [...new Set(variants.flatMap((variant) => Object.keys(variant.properties!)))];
  const properties = names.map((name): [string, Schema] => {
    const found = variants.flatMap(({ properties }) => (properties?.[name] ? [properties[name]] : []));
    return [name, merged({ anyOf: found })];
  });
  const required = names.filter((name) =>
    variants.every((variant) => ((variant.required ?? []) as string[]).includes(name)),
  );
  return { type: "object", properties: Object.fromEntries(properties), required };
}

/** Makes the types that settings refer to, each once. */
class InputTypes {
  readonly types: Record<string, ObjectSpec | EnumSpec> = {};

  /** The settings of a map by their names. */
  properties(schemas: Record<string, Schema>, place: readonly string[]): Record<string, PropertySpec> {
    const entries = Object.entries(schemas).map(([name, schema]): [string, PropertySpec] => {
      const at = [...place, name];
      return [name, { description: descriptionOf(name, at), ...this.typeOf(schema, name, at) }];
    });
    return Object.fromEntries(entries);
  }

  private typeOf(given: Schema, setting: string, place: readonly string[]): TypeSpec {
    const schema = merged(given);
    if (schema.items) {
      return { type: "array", items: entryOf(this.typeOf(schema.items, setting, [...place, "0"])), plain: true };
    }
    if (typeof schema.additionalProperties === "object") {
      const entry = this.typeOf(schema.additionalProperties as Schema, setting, [...place, "sync01"]);
      return { type: "object", additionalProperties: entry, plain: true };
    }
    if (schema.properties || schema.enum) {
      const name = nameOfType(setting);
      this.types[token(name)] ??= schema.properties ? this.objectOf(schema, setting, place) : enumOf(schema, setting);
      return { ...typeRef(name), plain: true };
    }
    return { type: schema.type as "string" | "integer" | "boolean", plain: true };
  }

  private objectOf({ properties, required = [] }: Schema, setting: string, place: readonly string[]): ObjectSpec {
    const own = this.properties(properties!, place);
    return { type: "object", description: wordsOf(setting).meaning, properties: own, required: required as string[] };
  }
}

/** @throws Error for a setting that got a shape of its own and no name for it */
function nameOfType(setting: string): string {
  const name = TYPE_NAMES[setting];
  if (name === undefined) throw new Error(`the package schema has no name for the type of ${setting}`);
  return name;
}

function enumOf(schema: Schema, setting: string): EnumSpec {
  const values = (schema.enum as string[]).map((value) => ({ value }));
  return { type: "string", description: wordsOf(setting).meaning, enum: values };
}

/** The inputs, and the types that they refer to. None is required: what is left out comes from the stack's configuration. */
export function inputs() {
  const made = z.toJSONSchema(stackSchema, { target: "draft-07", io: "input" }) as Schema;
  const types = new InputTypes();
  const properties = types.properties(made.properties!, []);
  const sshPrivateKey: PropertySpec = {
    description: wordsOf("sshPrivateKey").meaning,
    ...{ type: "string", secret: true },
  };
  return { properties: { ...properties, sshPrivateKey }, types: types.types };
}

/** Of a list of plain objects, the generator for Go uses a type that it does not make: their entries are not plain. */
function entryOf({ plain, ...entry }: TypeSpec): TypeSpec {
  return entry.$ref === undefined ? { ...entry, plain } : entry;
}
