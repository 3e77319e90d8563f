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
import { cacheRoot } from "../../../sandbox/toolchain/cache";
import { networkEnvironment } from "../../../sandbox/toolchain/environment";
import { makeExclusively } from "../../../sandbox/toolchain/exclusive";
import { findOnPath } from "../../../console/processes/find-on-path";
import { goVariables } from "../../../sandbox/toolchain/go-toolchain";
import { runLimited } from "../../../console/processes/run-limited";

const ROOT = path.resolve(__dirname, "../../..");
const ACTIONLINT = "1.7.12";
const CHECK_JSONSCHEMA = "0.37.3";
const LIMIT_SECONDS = 100;

const quiet = () => undefined;

async function must(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { exitCode, stderr } = await runLimited(program, args, { env, limitSeconds: LIMIT_SECONDS });
  if (exitCode !== 0) throw new Error(`${program} ${args[0]}: ${stderr.trim().split("\n").at(-1)}`);
}

/** A tool in the user's cache; null where it cannot be had. */
async function tool(name: string, program: string, fill: (folder: string) => Promise<void>): Promise<string | null> {
  const folder = path.join(cacheRoot(), name);
  const isComplete = (made: string) => fs.existsSync(path.join(made, program));
  try {
    await makeExclusively({ folder, isComplete, fill, what: name, log: quiet });
    return path.join(folder, program);
  } catch (error) {
    console.error(`      ${name} cannot be had here: ${(error as Error).message}`);
    return null;
  }
}

async function actionlint(): Promise<string | null> {
  if (!findOnPath("go")) return null;
  return tool(`actionlint-${ACTIONLINT}`, "actionlint", (folder) => {
    const source = `github.com/rhysd/actionlint/cmd/actionlint@v${ACTIONLINT}`;
    return must("go", ["install", source], { ...goVariables(), GOBIN: folder });
  });
}

/** Installed into a folder of its own, and run by the Python of this machine. */
async function checkJsonschema(): Promise<string | null> {
  if (!findOnPath("python3")) return null;
  return tool(`check-jsonschema-${CHECK_JSONSCHEMA}`, "check_jsonschema", (folder) => {
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", folder];
    return must("python3", [...args, `check-jsonschema==${CHECK_JSONSCHEMA}`], networkEnvironment());
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
    for (const file of [...yamlFiles("pipelines/github"), ...yamlFiles(".github/workflows")]) {
      const { exitCode, stdout, stderr } = await check(file);
      assert.equal(exitCode, 0, stdout + stderr);
    }
    const wrong = path.join(path.dirname(program), "wrong.yml");
    fs.writeFileSync(wrong, "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - runn: true\n");
    assert.notEqual((await check(wrong)).exitCode, 0, "it says nothing about a wrong file either");
  });

  it("the pipelines must match Azure's own schema", async function () {
    const folder = await checkJsonschema();
    if (folder === null) return this.skip();
    const env = { ...networkEnvironment(), PYTHONPATH: path.dirname(folder) };
    const schema = ["--builtin-schema", "vendor.azure-pipelines", "--regex-variant", "nonunicode"];
    const work = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-schema-"));
    const check = (file: string) => {
      const read = path.join(work, "pipeline.json");
      fs.writeFileSync(read, JSON.stringify(asAzureReads(parse(fs.readFileSync(file, "utf8")))));
      const args = ["-m", "check_jsonschema", ...schema, read];
      return runLimited("python3", args, { env, limitSeconds: LIMIT_SECONDS });
    };
    after(() => fs.rmSync(work, { recursive: true, force: true }));
    for (const file of yamlFiles("pipelines/azure-devops")) {
      const { exitCode, stdout, stderr } = await check(file);
      assert.equal(exitCode, 0, stdout + stderr);
    }
    const wrong = path.join(work, "wrong.yml");
    fs.writeFileSync(wrong, "jobs:\n  - job: a\n    stepz: []\n");
    assert.notEqual((await check(wrong)).exitCode, 0, "it says nothing about a wrong file either");
  });
});
