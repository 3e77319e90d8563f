/**
 * The files of the pipelines held against the services' own schemas: GitHub's by actionlint, built from its Go module,
 * Azure's by the schema that check-jsonschema brings. Both are fetched once for each user; where that cannot be done, the
 * tests are skipped, and only the rules of workflow-rules.test.ts hold.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { networkEnvironment } from "../../../sandbox/toolchain/environment";
import { findOnPath } from "../../../console/processes/find-on-path";
import { goVariables } from "../../../sandbox/toolchain/go-toolchain";
import { runLimited } from "../../../console/processes/run-limited";
import { cachedTool as tool, LIMIT_SECONDS, must, pythonWith } from "../../helpers/cached-tools";

const ROOT = path.resolve(__dirname, "../../..");
const ACTIONLINT = "1.7.12";
const CHECK_JSONSCHEMA = "0.37.3";

async function actionlint(): Promise<string | null> {
  if (!findOnPath("go")) return null;
  return tool(`actionlint-${ACTIONLINT}`, "actionlint", (folder) => {
    const source = `github.com/rhysd/actionlint/cmd/actionlint@v${ACTIONLINT}`;
    return must("go", ["install", source], { ...goVariables(), GOBIN: folder });
  });
}

/**
 * A pipeline as the schema wants it: every scalar as text, which is how Azure reads YAML, but in a task's inputs. The
 * schema is older than the task UseNode, whose steps are left out.
 */
function asAzureReads(value: unknown, key = ""): unknown {
  if (key === "inputs") return value;
  if (Array.isArray(value)) {
    const known = value.filter((entry) => (entry as { task?: string } | null)?.task !== "UseNode@1");
    return known.map((entry) => asAzureReads(entry));
  }
  if (value === null || typeof value !== "object") return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asAzureReads(inner, name)]));
}

const yamlFiles = (folder: string) =>
  fs
    .readdirSync(path.join(ROOT, folder))
    .flatMap((name) => (name.endsWith(".yml") ? [path.join(ROOT, folder, name)] : []));

describe("the pipelines' files", function () {
  this.timeout((LIMIT_SECONDS + 30) * 1000);

  it("the workflows must pass actionlint", async function () {
    const program = await actionlint();
    if (program === null) return this.skip();
    const configuration = path.join(path.dirname(program), "configuration.yml");
    fs.writeFileSync(configuration, "self-hosted-runner:\n  labels: [sync-servers]\n");
    const check = (file: string) => {
      const args = ["-config-file", configuration, "-no-color", "-shellcheck=", "-pyflakes=", file];
      return runLimited(program, args, { env: networkEnvironment(), limitSeconds: LIMIT_SECONDS });
    };
    for (const file of [
      ...["pipelines/github", ".github/workflows", "template/.github/workflows"].flatMap(yamlFiles),
    ]) {
      const { exitCode, stdout, stderr } = await check(file);
      assert.equal(exitCode, 0, stdout + stderr);
    }
    const wrong = path.join(path.dirname(program), "wrong.yml");
    fs.writeFileSync(wrong, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - runn: true\n");
    assert.notEqual((await check(wrong)).exitCode, 0, "it says nothing about a wrong file either");
  });

  it("the pipelines must match Azure's own schema", async function () {
    const env = await pythonWith("check-jsonschema", CHECK_JSONSCHEMA, "check_jsonschema");
    if (env === null) return this.skip();
    const schema = ["--builtin-schema", "vendor.azure-pipelines", "--regex-variant", "nonunicode"];
    const work = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-schema-"));
    const check = (file: string) => {
      const read = path.join(work, "pipeline.json");
      fs.writeFileSync(read, JSON.stringify(asAzureReads(parse(fs.readFileSync(file, "utf8")))));
      const args = ["-m", "check_jsonschema", ...schema, read];
      return runLimited("python3", args, { env, limitSeconds: LIMIT_SECONDS });
    };
    after(() => fs.rmSync(work, { recursive: true, force: true }));
    for (const file of [...yamlFiles("pipelines/azure-devops"), ...yamlFiles("pipelines/azure-devops/steps")]) {
      const { exitCode, stdout, stderr } = await check(file);
      assert.equal(exitCode, 0, stdout + stderr);
    }
    const wrong = path.join(work, "wrong.yml");
    fs.writeFileSync(wrong, "jobs:\n  - job: a\n    stepz: []\n");
    assert.notEqual((await check(wrong)).exitCode, 0, "it says nothing about a wrong file either");
  });
});
