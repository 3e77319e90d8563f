/** The schema of a stack's file is current, named where a stack's file is shown, and says what docs/configuration.md says. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { parseStackFile } from "../../../model/configuration/stack-file";
import { SETTING_WORDS } from "../../../model/configuration/setting-words";
import { SCHEMA_FILE, schemaText, type Schema } from "../../../tools/stack-schema";
import { blocksOf, pages, ROOT } from "../../docs/blocks";
import { kindOf } from "../../docs/kinds";
import { stackFileSchemaProblems } from "../../docs/stack-files";
import { schemaProblems, SETTINGS } from "../../helpers/stack-schema";

const read = (file: string) => fs.readFileSync(path.join(ROOT, file), "utf8");
const LINE = /^# yaml-language-server: \$schema=(\S+)\n/;

/** Every tracked file of a stack, but for that of the bench's empty program, which has no settings. */
const STACK_FILES = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" })
  .split("\n")
  .filter((file) => /(^|\/)Pulumi\.[^/]+\.yaml$/.test(file) && /^config:/m.test(read(file)));

/** A table of docs/configuration.md: what is in its last column, by setting. */
function defaultsIn(heading: string): Map<string, string> {
  const section = read("docs/configuration.md").split(`\n## ${heading}\n`)[1].split("\n## ")[0];
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return new Map(
    rows.map((row) => {
      const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
      return [cells[1].replaceAll("`", ""), cells.at(-2)!];
    }),
  );
}

/** A default as the page writes it. */
function written(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "none" : `\`[${value.join(", ")}]\``;
  return value !== null && typeof value === "object" ? "self-signed" : `${value as string}`;
}

describe("the schema of a stack's file", () => {
  it('must be made of the check; if it is not: "npm run stack-schema"', async () => {
    assert.ok(fs.readFileSync(SCHEMA_FILE, "utf8") === (await schemaText()), 'stale: run "npm run stack-schema"');
  });

  it("must take every stack's file of the repository, and be named in its first line by a path that exists", () => {
    assert.ok(STACK_FILES.length > 9, STACK_FILES.join());
    for (const file of STACK_FILES) {
      assert.deepEqual([file, schemaProblems(parseStackFile(read(file)))], [file, []]);
      const named = LINE.exec(read(file))?.[1] ?? "none";
      // An example is a project of its own, into which the package is installed.
      const own = named.replace("./node_modules/connect-sync-identity/", `${path.relative(path.dirname(file), ".")}/`);
      assert.equal(path.resolve(ROOT, path.dirname(file), own), SCHEMA_FILE, file);
    }
  });

  it("must take every stack's file on a page, and be named in each whole one", () => {
    const blocks = pages()
      .flatMap((page) => blocksOf(page))
      .filter((block) => kindOf(block) === "stack-file");
    assert.ok(blocks.length > 15, `${blocks.length}`);
    for (const { page, line, text } of blocks) {
      assert.deepEqual([`${page}:${line}`, stackFileSchemaProblems(text)], [`${page}:${line}`, []]);
      const isWhole = /azuread:tenantId/.test(text) && /connection:/.test(text);
      assert.ok(!isWhole || LINE.test(text), `${page}:${line} does not name the schema`);
    }
  });

  it("must refuse a setting of no name, one that is not below config, and a wrong value", () => {
    for (const wrong of [
      { config: { "connect-sync-identity:server": {} } },
      { "connect-sync-identity:servers": { sync01: {} } },
      { config: { "my-project:servers": { sync01: { role: "primary" } } } },
      { config: { "azuread:useOidc": "yes" } },
    ]) {
      assert.notDeepEqual(schemaProblems(wrong), [], JSON.stringify(wrong));
    }
    assert.deepEqual(schemaProblems({ config: { "other:environment": "prod", "other:port": 7 } }), []);
  });

  it("must have words on each setting, with the default that docs/configuration.md has", () => {
    const [byoa] = (SETTINGS.properties.servers.additionalProperties as Schema).anyOf!;
    const inConnection = byoa.properties!.connection.properties!;
    const tables: [string, string[]][] = [
      ["The stack", Object.keys(SETTINGS.properties)],
      ["A server", Object.keys(byoa.properties!).filter((name) => !["connection", "adopt"].includes(name))],
      ["A server", Object.keys(inConnection).map((name) => `connection.${name}`)],
      ["Certificate policy", Object.keys(SETTINGS.properties.certificate.properties!)],
    ];
    for (const [heading, settings] of tables) {
      const page = defaultsIn(heading);
      for (const setting of settings) {
        assert.ok(page.has(setting), `${heading}: no row on ${setting}`);
        const { meaning, default: own } = SETTING_WORDS[setting.split(".").at(-1)!];
        assert.match(meaning, /^\S.*[.)]$/, setting);
        if (own !== undefined) assert.equal(page.get(setting)!.replaceAll("`", ""), written(own).replaceAll("`", ""));
      }
    }
  });

  it("must say of what Pulumi.yaml declares the same type and default", () => {
    const { config } = parse(read("Pulumi.yaml")) as { config: Record<string, { type: string; default: unknown }> };
    for (const [name, { type, default: own }] of Object.entries(config)) {
      assert.equal(own, SETTING_WORDS[name].default, `${name}: a default that no stack file had before`);
      assert.equal((SETTINGS.properties[name].anyOf?.[0] ?? SETTINGS.properties[name]).type, type);
    }
  });
});
