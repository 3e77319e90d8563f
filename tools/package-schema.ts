/**
 * Writes schema/package.schema.json anew, from which Pulumi generates the package for a language, and docs/every-language.md,
 * which shows it: `npm run package-schema`. Its inputs are the settings of a stack's file.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import { RESOURCE_TYPES } from "../model/resources/resource-types";
import { inputs } from "./package-schema/inputs";
import { KINDS } from "./package-schema/kinds";
import { OUTPUT_TYPES, OUTPUTS } from "./package-schema/outputs";
import { page } from "./package-schema/page";
import { NAME } from "./package-schema/types";

const ROOT = path.resolve(__dirname, "..");
export const PACKAGE_SCHEMA_FILE = path.join(ROOT, "schema", "package.schema.json");
export const PACKAGE_PAGE = path.join(ROOT, "docs", "every-language.md");

const DESCRIPTION = `The application identities of all Entra Connect Sync servers of a stack, in the order of their switches, staging first, and the guard of the tenant's role.

All inputs are settings of the stack's configuration, by the same names. What the program leaves out is read there, in the namespace of the project; what it gives wins, setting by setting. One in a stack.

Inputs are plain values, as a preview observes the servers. Tenant and sign-in are those of the azuread provider: its settings in the stack's configuration, or ARM_* variables.`;

/** How the generated packages are named, and that they have the version of this one. */
const LANGUAGES = {
  nodejs: { packageName: "connect-sync-identity-sdk", respectSchemaVersion: true },
  python: { packageName: "pulumi_connect_sync_identity", pyproject: { enabled: true }, respectSchemaVersion: true },
  csharp: {
    ...{ rootNamespace: "EntraConnectSync", namespaces: { [NAME]: "Identities" } },
    ...{ packageReferences: { Pulumi: "3.*" }, respectSchemaVersion: true },
  },
  go: { rootPackageName: "connectsyncidentity", generateResourceContainerTypes: false, respectSchemaVersion: true },
};

/** The package schema as Pulumi reads it. */
export function packageSchema() {
  const { version, description, license } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    version: string;
    description: string;
    license: string;
  };
  const { properties: inputProperties, types } = inputs();
  const component = {
    isComponent: true,
    description: DESCRIPTION,
    properties: OUTPUTS,
    required: Object.keys(OUTPUTS),
  };
  return {
    ...{ name: NAME, displayName: "Entra Connect Sync identities", version, description, license },
    keywords: ["pulumi", "category/cloud", "kind/component", "entra", "entra-connect"],
    types: { ...types, ...OUTPUT_TYPES },
    provider: { description: "Needs no settings of its own." },
    resources: { [RESOURCE_TYPES.identities]: { ...component, inputProperties }, ...KINDS },
    language: LANGUAGES,
  };
}

/** The file as it should be. */
export async function packageSchemaText(): Promise<string> {
  const options = (await prettier.resolveConfig(PACKAGE_SCHEMA_FILE)) ?? {};
  return prettier.format(JSON.stringify(packageSchema()), { ...options, parser: "json" });
}

/** The page as it should be. */
export async function packagePageText(): Promise<string> {
  const options = (await prettier.resolveConfig(PACKAGE_PAGE)) ?? {};
  const text = page(packageSchema(), RESOURCE_TYPES.identities);
  return prettier.format(text, { ...options, parser: "markdown" });
}

if (require.main === module) {
  void packageSchemaText().then((text) => fs.writeFileSync(PACKAGE_SCHEMA_FILE, text));
  void packagePageText().then((text) => fs.writeFileSync(PACKAGE_PAGE, text));
}
