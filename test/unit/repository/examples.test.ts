/** The examples in other languages than TypeScript, as files; test/end-to-end/languages.test.ts runs them. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

const ROOT = path.resolve(__dirname, "../../..");
const read = (...parts: string[]) => fs.readFileSync(path.join(ROOT, ...parts), "utf8");

const { version, dependencies } = JSON.parse(read("package.json")) as {
  version: string;
  dependencies: Record<string, string>;
};

/** By example: its program, and what the page calls its language. */
const PROGRAMS: Record<string, { file: string; language: string }> = {
  csharp: { file: "Program.cs", language: "csharp" },
  go: { file: "main.go", language: "go" },
  python: { file: "__main__.py", language: "python" },
  yaml: { file: "Pulumi.yaml", language: "yaml" },
};

/** Without what differs by intent: the namespace, and the way to the schema. */
const settings = (text: string) =>
  text.replaceAll("connect-sync-identity:servers", "sync-identities:servers").replace("./schema/", "../../schema/");

describe("examples in other languages", () => {
  it("must be all that have no package.json", () => {
    const examples = fs.readdirSync(path.join(ROOT, "examples"));
    const others = examples.filter((name) => !fs.existsSync(path.join(ROOT, "examples", name, "package.json")));
    assert.deepEqual(others.sort(), Object.keys(PROGRAMS));
  });

  for (const [example, { file, language }] of Object.entries(PROGRAMS)) {
    it(`${example} must name this version of the package`, () => {
      const { name, packages, resources } = parse(read("examples", example, "Pulumi.yaml")) as {
        name: string;
        packages?: Record<string, string>;
        resources?: { identities: { options: { version: string } } };
      };
      assert.equal(name, "sync-identities");
      const named =
        packages?.["connect-sync-identity"] ?? `connect-sync-identity@${resources?.identities.options.version}`;
      assert.equal(named, `connect-sync-identity@${version}`);
    });

    it(`${example} must declare what this repository's own stack declares, with the line of the schema`, () => {
      assert.equal(read("examples", example, "Pulumi.dev.yaml"), settings(read("Pulumi.dev.yaml")));
      assert.match(
        read("examples", example, "Pulumi.prod.yaml"),
        /^# yaml-language-server: \$schema=\.\.\/\.\.\/schema\/stack/,
      );
    });

    it(`${example} must have a README of at most twenty lines, and a page of at most eighty that shows its program`, () => {
      const page = read("docs", `${example}.md`);
      assert.ok(page.split("\n").length <= 80);
      assert.ok(page.includes(`\`\`\`${language}\n${read("examples", example, file)}\`\`\``), `docs/${example}.md`);
      const readme = read("examples", example, "README.md");
      assert.ok(readme.split("\n").length <= 20);
      assert.ok(readme.includes(`(../../docs/${example}.md)`));
      const contents = read("docs", "README.md");
      assert.ok(contents.includes(`(${example}.md)`) && contents.includes(`(../examples/${example}/README.md)`));
    });
  }

  it("the Go example must require the version of Pulumi that the toolchain is built from", () => {
    const required = /pulumi\/sdk\/v3 v(\S+)/.exec(read("examples", "go", "go.mod"));
    assert.equal(required?.[1], dependencies["@pulumi/pulumi"]);
  });
});
