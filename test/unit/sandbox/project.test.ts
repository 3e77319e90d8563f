import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { dependenciesOf, isOtherLanguage, readProject } from "../../../sandbox/engine/project";
import { installOwnPlugin } from "../../../sandbox/plugins/own-plugin";
import { inTemporaryFolder } from "../toolchain/support";

/** A folder with these files. */
function project(folder: string, files: Record<string, string>): string {
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), content);
  return folder;
}

describe("the project that a sandbox runs", () => {
  for (const [what, files, message] of [
    ["no Pulumi.yaml", {}, /there is no Pulumi\.yaml; name the folder of a Pulumi project/],
    [
      "no stack file of the sandbox",
      { "Pulumi.yaml": "runtime: yaml" },
      /there is no Pulumi\.dev\.yaml, .*examples\/yaml/,
    ],
    [
      "no runtime",
      { "Pulumi.yaml": "name: x", "Pulumi.dev.yaml": "" },
      /has no runtime; add one, such as runtime: yaml/,
    ],
    ["no YAML", { "Pulumi.yaml": "a: [", "Pulumi.dev.yaml": "" }, /its Pulumi\.yaml is not YAML: /],
  ] as const) {
    it(`must be refused with its folder and the remedy: ${what}`, () =>
      inTemporaryFolder((folder) => {
        project(folder, files);
        assert.throws(() => readProject(folder), { name: "UsageError", message });
        assert.throws(() => readProject(folder), new RegExp(`the project in ${folder}: `));
      }));
  }

  it("must be read with its runtime, its packages and its virtual environment", () =>
    inTemporaryFolder((folder) => {
      const text = "name: x\nruntime:\n  name: python\n  options: { virtualenv: venv }\npackages: { a: a@1.0.0 }\n";
      project(folder, { "Pulumi.yaml": text, "Pulumi.dev.yaml": "" });
      const virtualenv = path.join(folder, "venv");
      assert.deepEqual(readProject(folder), { folder, runtime: "python", hasPackages: true, virtualenv });
      assert.equal(isOtherLanguage(folder), true);
    }));

  it("must not be one of another language if Node.js runs it, or there is none yet", () =>
    inTemporaryFolder((folder) => {
      assert.equal(isOtherLanguage(folder), false);
      project(folder, { "Pulumi.yaml": "name: x\nruntime: nodejs\n" });
      assert.equal(isOtherLanguage(folder), false);
    }));

  it("must be installed again if its requirements or the schema of the package change, and only then", () =>
    inTemporaryFolder((folder) => {
      const schema = path.join(folder, "schema.json");
      const files = {
        "Pulumi.yaml": "runtime: python",
        "Pulumi.dev.yaml": "",
        "requirements.txt": "a",
        "schema.json": "{}",
      };
      const read = readProject(project(folder, files));
      const before = dependenciesOf(read, schema);
      project(folder, { "Pulumi.dev.yaml": "config: {}", "__main__.py": "pass" });
      assert.equal(dependenciesOf(read, schema), before);
      project(folder, { "requirements.txt": "b" });
      const after = dependenciesOf(read, schema);
      assert.notEqual(after, before);
      project(folder, { "schema.json": "[]" });
      assert.notEqual(dependenciesOf(read, schema), after);
    }));

  it("the plugin of this checkout must be installed under its version, and one of another checkout be replaced", () =>
    inTemporaryFolder((home) => {
      const version = installOwnPlugin(home);
      const folder = path.join(home, "plugins", `resource-connect-sync-identity-v${version}`);
      const file = path.join(folder, "pulumi-resource-connect-sync-identity");
      const launcher = fs.readFileSync(file, "utf8");
      assert.ok(launcher.includes(path.resolve(__dirname, "../../../provider/start.js")), launcher);
      fs.writeFileSync(file, "#!/bin/sh\nexit 1\n");
      installOwnPlugin(home);
      assert.equal(fs.readFileSync(file, "utf8"), launcher);
      assert.ok(fs.statSync(file).mode & 0o100);
    }));
});
