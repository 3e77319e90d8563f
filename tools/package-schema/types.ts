/** The part of Pulumi's package schema that this package uses (pkg/codegen/schema/pulumi.json of Pulumi). */

/** The type of a value. */
export interface TypeSpec {
  type?: "string" | "integer" | "number" | "boolean" | "array" | "object";
  items?: TypeSpec;
  additionalProperties?: TypeSpec;
  $ref?: string;
  /** An output is no value of it: languages refuse one where they can. */
  plain?: true;
}

export interface PropertySpec extends TypeSpec {
  description: string;
  secret?: true;
}

export interface ObjectSpec {
  type: "object";
  description: string;
  properties: Record<string, PropertySpec>;
  required: string[];
}

export interface EnumSpec {
  type: "string";
  description: string;
  enum: { value: string }[];
}

export interface ResourceSpec extends Omit<ObjectSpec, "type"> {
  isComponent?: true;
  inputProperties: Record<string, PropertySpec>;
}

export const NAME = "connect-sync-identity";

/** The token of a type or resource of this package. */
export const token = (name: string) => `${NAME}:index:${name}`;

export const typeRef = (name: string): TypeSpec => ({ $ref: `#/types/${token(name)}` });
