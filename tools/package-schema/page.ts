/** docs/every-language.md: what the package offers, with its tables out of the package schema. */
import type { EnumSpec, ObjectSpec, PropertySpec, TypeSpec } from "./types";

interface Schema {
  types: Record<string, ObjectSpec | EnumSpec>;
  resources: Record<
    string,
    { properties: Record<string, PropertySpec>; inputProperties: Record<string, PropertySpec> }
  >;
}

const INTRODUCTION = `# The package for every language

Made by \`npm run package-schema\`. A program in any language of Pulumi declares all servers of a stack with one resource,
\`connect-sync-identity:index:SyncIdentities\`. Settings are those of [the stack's configuration](configuration.md), by the same names.

- **What the program leaves out is read from the stack's configuration**, in the project's namespace. So a program may be one
  line, with the servers in \`Pulumi.<stack>.yaml\`. What the program gives wins, setting by setting: \`servers\` as a whole.
- **\`doctor\`, \`report\`, \`adopt\` and the other commands read the stack's configuration and state.** They do not see settings that are in
  the program only.
- **Inputs are plain values**, but for \`sshPrivateKey\`: a preview observes the servers, so an output that is not known yet is
  refused by its name, and so is any other secret.
- **Tenant and sign-in** are those of the azuread provider: \`azuread:\` settings of the stack, or \`ARM_*\` variables.
- **One in a stack**, for all servers of a tenant: what two of them may not share can only be seen within one.
- **Names of servers** are those of the map. A resource below keeps the name that it has in a TypeScript program.

## The plugin

The engine starts \`pulumi-resource-connect-sync-identity\`, a script that runs the provider in Node.js 22.18 or newer, which has to be on
PATH. Everything else is in its folder. \`npm run package\` makes the folder, \`dist-plugin\`; a release has it as an archive for each
platform. There is no public address of the archives yet: download one, and install it.

\`\`\`
pulumi plugin install resource connect-sync-identity v0.1.0 --file pulumi-resource-connect-sync-identity-v0.1.0-linux-amd64.tar.gz
\`\`\`

If your organisation serves the archives, build the release with \`PLUGIN_DOWNLOAD_URL\`: generated packages then name that address.
The plugin is needed by \`preview\`, \`up\`, \`refresh\` and \`destroy\`.

## From a TypeScript program

A state of the TypeScript program \`connect-sync-identity/program\` goes on: the next \`up\` moves each resource below the new one,
and changes nothing else. Rename no server in the same run. The servers of a program that calls \`new ConnectSyncIdentity\` itself
move as well, if they have no parent there.
`;

const typeName = (ref: string) => ref.split(":").at(-1)!;

function typeText({ type, items, additionalProperties, $ref }: TypeSpec): string {
  if ($ref !== undefined) return `[${typeName($ref)}](#${typeName($ref).toLowerCase()})`;
  if (type === "array") return `list of ${typeText(items!)}`;
  if (type === "object") return `map of ${typeText(additionalProperties!)}`;
  return { string: "text", integer: "number", number: "number", boolean: "true or false" }[type!];
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replace(/\n+/g, " ");

function table(properties: Record<string, PropertySpec>, required: readonly string[] = []): string {
  const rows = Object.entries(properties).map(([name, property]) => {
    const needed = required.includes(name) ? " (required)" : "";
    return `| \`${name}\` | ${typeText(property)}${needed} | ${cell(property.description)} |`;
  });
  return ["| name | type | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

const referred = (properties: Record<string, PropertySpec>): string[] =>
  Object.values(properties).flatMap((one) =>
    [one, one.items, one.additionalProperties].flatMap((spec) => spec?.$ref ?? []),
  );

/** The page, not formatted. */
export function page(schema: Schema, component: string): string {
  const { inputProperties, properties } = schema.resources[component];
  const outputs = new Set<string>();
  const follow = (found: Record<string, PropertySpec>): void => {
    for (const name of referred(found).map((ref) => ref.replace("#/types/", ""))) {
      outputs.add(name);
      const type = schema.types[name];
      if ("properties" in type) follow(type.properties);
    }
  };
  follow(properties);
  const section = ([name, type]: [string, ObjectSpec | EnumSpec]) => {
    const head = `### ${typeName(name)}\n\n${type.description}\n\n`;
    if (!("properties" in type)) return `${head}One of ${type.enum.map(({ value }) => `\`${value}\``).join(", ")}.`;
    const isInput = !outputs.has(name);
    return `${head}${table(type.properties, isInput ? type.required : [])}`;
  };
  const [ofInputs, ofOutputs] = [false, true].map((output) =>
    Object.entries(schema.types)
      .filter(([name]) => outputs.has(name) === output)
      .map(section),
  );
  return [
    INTRODUCTION,
    `## Inputs\n\nEach may be left out.\n\n${table(inputProperties)}`,
    ...ofInputs,
    `## Outputs\n\nThose of [a stack](outputs.md).\n\n${table(properties)}`,
    ...ofOutputs,
    "",
  ].join("\n\n");
}
