/** What a person reads before the first line of TypeScript, in copies of the repository's package.json and preflight. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { dependencies, engines, scripts } from "../../../package.json";
import { inTemporaryFolder } from "../toolchain/support";

const ROOT = path.resolve(__dirname, "../../..");
const PREFLIGHT = path.join(ROOT, "bin/preflight.js");

/** A clone with these packages installed, each in the version that its package.json asks for. */
function makeClone(folder: string, installed: readonly string[]): string {
  for (const name of ["package.json", "bin/preflight.js"]) fs.cpSync(path.join(ROOT, name), path.join(folder, name));
  for (const name of installed) {
    const own = path.join(folder, "node_modules", name);
    fs.mkdirSync(own, { recursive: true });
    const version = dependencies[name as keyof typeof dependencies];
    fs.writeFileSync(path.join(own, "package.json"), JSON.stringify({ name, version }));
  }
  return path.join(folder, "bin/preflight.js");
}

/** Runs a preflight, as the given version of Node.js; `process.version` is what it can know of it. */
function run(preflight: string, version?: string, script?: string): { status: number | null; stderr: string } {
  const pretend = `const value = ${JSON.stringify(version)};
    Object.defineProperty(process, "version", { value });
    Object.defineProperty(process, "versions", { value: { ...process.versions, node: value.slice(1) } });`;
  const before = version === undefined ? "" : pretend;
  const code = `${before} require(${JSON.stringify(preflight)});`;
  const env = { ...process.env, npm_lifecycle_event: script };
  const options = { encoding: "utf8", timeout: 20_000, env } as const;
  const { status, stderr, stdout } = spawnSync(process.execPath, ["-e", code], options);
  assert.equal(stdout, "");
  return { status, stderr };
}

describe("preflight: before the first line of TypeScript", () => {
  const all = Object.keys(dependencies);

  it("the preflight must print nothing in a clone with its packages and a supported Node", () => {
    assert.deepEqual(run(PREFLIGHT), { status: 0, stderr: "" });
    for (const version of ["v22.18.0", "v24.21.0", "v26.0.0"]) {
      assert.deepEqual(run(PREFLIGHT, version), { status: 0, stderr: "" }, version);
    }
  });

  it('the preflight must say "run npm ci" in a clone without packages, whatever the Node: the installation includes a Node', () =>
    inTemporaryFolder((folder) => {
      const preflight = makeClone(folder, []);
      for (const version of ["v24.21.0", "v18.20.1"]) {
        const expected = { status: 2, stderr: 'The packages are not installed: run "npm ci".\n' };
        assert.deepEqual(run(preflight, version), expected);
      }
    }));

  it("the preflight must name the packages that are missing or have another version", () =>
    inTemporaryFolder((folder) => {
      const preflight = makeClone(
        folder,
        all.filter((name) => name !== "zod"),
      );
      const own = path.join(folder, "node_modules", "yaml", "package.json");
      fs.writeFileSync(own, JSON.stringify({ name: "yaml", version: "0.0.1" }));
      const { status, stderr } = run(preflight);
      assert.equal(status, 2);
      assert.equal(stderr, 'Packages are missing or of another version (yaml, zod): run "npm ci".\n');
    }));

  it("the preflight must require the packages of sandbox and tests only for npm start and npm test", () =>
    inTemporaryFolder((folder) => {
      const preflight = makeClone(folder, all);
      assert.deepEqual(run(preflight), { status: 0, stderr: "" });
      for (const script of ["start", "test"]) assert.match(run(preflight, undefined, script).stderr, /fastify.*npm ci/);
      assert.deepEqual(run(PREFLIGHT, undefined, "test"), { status: 0, stderr: "" });
    }));

  it("the preflight must refuse an older Node with one sentence and exit code 2", () => {
    for (const version of ["v12.22.12", "v20.20.2", "v22.17.1"]) {
      const stderr = `Node 22.18 or newer is needed, this is ${version}.\n`;
      assert.deepEqual(run(PREFLIGHT, version), { status: 2, stderr });
    }
    assert.equal(engines.node, ">=22.18");
  });

  it("the preflight must refuse the older Node of this machine, if there is one", function () {
    const old = ["/usr/bin/node", "/usr/local/bin/node"].find((file) => {
      const { stdout } = spawnSync(file, ["-p", "parseInt(process.versions.node) < 22"], { encoding: "utf8" });
      return stdout?.trim() === "true";
    });
    if (old === undefined) return this.skip();
    const { status, stdout, stderr } = spawnSync(old, [PREFLIGHT], { encoding: "utf8" });
    assert.equal(status, 2);
    assert.match(stdout + stderr, /^Node 22\.18 or newer is needed, this is v\d+\.\d+\.\d+\.\n$/);
  });

  it("the preflight must run on Node 12: no syntax newer than ES2019, and no package", () => {
    const source = fs.readFileSync(PREFLIGHT, "utf8");
    const compilerOptions = { target: ts.ScriptTarget.ES2019, module: ts.ModuleKind.CommonJS };
    const { outputText } = ts.transpileModule(source, { compilerOptions, fileName: "preflight.js" });
    const { outputText: newest } = ts.transpileModule(source, {
      compilerOptions: { ...compilerOptions, target: ts.ScriptTarget.ESNext },
      fileName: "preflight.js",
    });
    assert.equal(outputText, newest);
    const asked = [...source.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
    assert.deepEqual(asked, ["fs", "path"]);
  });

  it("the preflight must run first in npm start, npm test and the command", () => {
    assert.match(scripts.test, /^node -r \.\/bin\/preflight\.js /);
    assert.match(scripts.start, /^node bin\/connect-sync-identity\.js /);
    const source = fs.readFileSync(path.join(path.dirname(PREFLIGHT), "connect-sync-identity.js"), "utf8");
    const asked = [...source.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name);
    assert.deepEqual(asked, ["fs", "path", "./preflight.js", "./typescript.js", "../cli/main"]);
  });
});
