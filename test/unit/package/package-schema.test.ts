/** The package schema: current, valid by Pulumi's own schema of schemas, and with every setting, output and kind. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { stackSchema } from "../../../model/configuration/configuration-schema";
import { SETTING_WORDS } from "../../../model/configuration/setting-words";
import { isComponentType, SERVED_TYPES } from "../../../model/resources/resource-types";
import { PACKAGE_SCHEMA_FILE, packageSchemaText } from "../../../tools/package-schema";
import type { EnumSpec, ObjectSpec, PropertySpec, ResourceSpec } from "../../../tools/package-schema/types";

const ROOT = path.resolve(__dirname, "../../..");
const text = fs.readFileSync(PACKAGE_SCHEMA_FILE, "utf8");

interface Schema {
  version: string;
  types: Record<string, ObjectSpec | EnumSpec>;
  resources: Record<string, ResourceSpec>;
}

const schema = JSON.parse(text) as Schema;
const COMPONENT = "connect-sync-identity:index:SyncIdentities";
const { inputProperties: inputs } = schema.resources[COMPONENT];
const typeNamed = (name: string) => schema.types[`connect-sync-identity:index:${name}`];
const objectNamed = (name: string) => (typeNamed(name) as ObjectSpec).properties;

/** Pulumi's schema of package schemas, where the Go module of the CLI is; undefined if it is not on this machine. */
function metaschema(): string | undefined {
  const { version } = JSON.parse(fs.readFileSync(require.resolve("@pulumi/pulumi/package.json"), "utf8")) as {
    version: string;
  };
  const cache = process.env.GOMODCACHE ?? path.join(process.env.GOPATH ?? path.join(os.homedir(), "go"), "pkg", "mod");
  const module = path.join(cache, "github.com", "pulumi", "pulumi", "pkg", `v3@v${version.replace(/^v/, "")}`);
  const file = path.join(module, "codegen", "schema", "pulumi.json");
  return fs.existsSync(file) ? file : undefined;
}

/** Every property of the schema, with its place. */
function properties(): [string, PropertySpec][] {
  const of = (place: string, found: Record<string, PropertySpec>) =>
    Object.entries(found).map(([name, property]): [string, PropertySpec] => [`${place}.${name}`, property]);
  return [
    ...Object.entries(schema.types).flatMap(([name, type]) => ("properties" in type ? of(name, type.properties) : [])),
    ...Object.entries(schema.resources).flatMap(([name, { properties, inputProperties }]) => [
      ...of(name, properties),
      ...of(name, inputProperties),
    ]),
  ];
}

describe("the package schema", () => {
  it('must be made of the check of a run; if it is not: "npm run package-schema"', async () => {
    assert.ok(text === (await packageSchemaText()), 'stale: run "npm run package-schema"');
  });

  it("must be valid by Pulumi's own schema", function () {
    const file = metaschema();
    if (file === undefined) return this.skip();
    const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
    const takes = ajv.compile(JSON.parse(fs.readFileSync(file, "utf8")) as object);
    assert.ok(takes(schema), JSON.stringify(takes.errors?.slice(0, 3)));
    const broken = structuredClone(schema) as unknown as { resources: Record<string, { properties: unknown }> };
    broken.resources[COMPONENT].properties = [];
    assert.equal(takes(broken), false, "it takes anything");
  });

  it("must have every setting of a stack's file as an input that may be left out, the SSH key alone as a secret", () => {
    assert.deepEqual(Object.keys(inputs), [...Object.keys(stackSchema.shape), "sshPrivateKey"]);
    assert.ok(!("requiredInputs" in schema.resources[COMPONENT]));
    const secrets = properties().filter(([, property]) => property.secret);
    assert.deepEqual(
      secrets.map(([place]) => place),
      [`${COMPONENT}.sshPrivateKey`],
    );
  });

  it("must mark every input but the SSH key as plain, as a preview observes the servers", () => {
    const open = Object.entries(inputs).filter(([, { plain }]) => !plain);
    assert.deepEqual(
      open.map(([name]) => name),
      ["sshPrivateKey"],
    );
    for (const name of [
      "Server",
      "Connection",
      "Proxy",
      "CertificatePolicy",
      "CertificateSource",
      "AllowedRoleHolder",
    ]) {
      for (const [property, { plain }] of Object.entries(objectNamed(name))) assert.ok(plain, `${name}.${property}`);
    }
  });

  it("must say of each setting what setting-words.ts says, and its default in words only: a program would send the schema's own", () => {
    const settings = { ...inputs, ...objectNamed("Server"), ...objectNamed("Connection") };
    for (const [name, { description }] of Object.entries(settings)) {
      assert.ok(description.startsWith(SETTING_WORDS[name].meaning), name);
      const words = SETTING_WORDS[name].default;
      if (["string", "number", "boolean"].includes(typeof words)) assert.match(description, /\nDefault: `/, name);
    }
    assert.deepEqual(
      properties().filter(([, property]) => "default" in property),
      [],
    );
    assert.deepEqual(
      properties().filter(([, { description }]) => !description),
      [],
    );
  });

  it("must have a server's settings of all modes in one type, of which every mode needs two", () => {
    const server = typeNamed("Server") as ObjectSpec;
    assert.deepEqual(server.required, ["role", "connection"]);
    assert.ok(["mode", "adopt", "rotate", "applicationName"].every((name) => name in server.properties));
    const values = (name: string) => (typeNamed(name) as EnumSpec).enum.map(({ value }) => value);
    assert.deepEqual(values("ServerMode"), ["byoa", "managed", "byoc"]);
    assert.deepEqual(values("CertificateSourceKind"), ["selfSigned", "issued", "template"]);
  });

  it("must have the outputs that docs/outputs.md describes", () => {
    const page = fs.readFileSync(path.join(ROOT, "docs", "outputs.md"), "utf8");
    const rows = [...page.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name);
    const named = ["ServerIdentity", "CertificateTable", "StackSummary"].flatMap((name) =>
      Object.keys(objectNamed(name)),
    );
    assert.deepEqual([...new Set(named)].filter((name) => name !== "mode").sort(), [...new Set(rows)].sort());
    assert.match(page, /has `mode` as well/);
  });

  it("must have the own kinds that the provider serves, each marked as made by the component", () => {
    const others = Object.entries(schema.resources).filter(([type]) => type !== COMPONENT);
    assert.deepEqual(others.map(([type]) => type).sort(), Object.values(SERVED_TYPES).sort());
    for (const [type, { description }] of others) {
      assert.match(description, /Made by SyncIdentities only/, type);
      assert.equal(isComponentType(type), false, type);
    }
    assert.equal(schema.resources[COMPONENT].isComponent, true);
  });

  it("must have the version of the package, and be tracked", () => {
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
    assert.equal(schema.version, version);
    const tracked = execFileSync("git", ["ls-files", "schema"], { cwd: ROOT, encoding: "utf8" });
    assert.match(tracked, /package\.schema\.json/);
  });
});
