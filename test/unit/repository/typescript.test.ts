/** How a clone loads its TypeScript: bin/typescript.js, in processes of its own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const LOADER = path.resolve(__dirname, "../../../bin/typescript.js");

const SOURCE = `interface Only {
  types: string;
}
export const word: string = "from the source";
export function fail(): Only {
  throw new Error("at line 6");
}
`;

describe("how a clone loads its TypeScript", () => {
  let folder: string;
  let cache: string;
  let source: string;

  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "typescript-loader-")));
    cache = path.join(folder, "cache");
    source = path.join(folder, "source.ts");
    fs.writeFileSync(source, SOURCE);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** Loads the source, and evaluates an expression in which it is `source`. */
  function evaluate(expression: string): unknown {
    const script = `
      require(${JSON.stringify(LOADER)})(${JSON.stringify(cache)});
      const source = require(${JSON.stringify(source)});
      const compiled = Object.keys(require.cache).some((file) => /@swc.*js$/.test(file));
      console.log(JSON.stringify(${expression}));`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout) as unknown;
  }

  const compiledFile = () => {
    const [name, ...others] = fs.readdirSync(cache).filter((entry) => entry.endsWith(".js"));
    assert.deepEqual(others, []);
    return path.join(cache, name);
  };

  /** Other code under the same key. */
  const change = () => {
    const file = compiledFile();
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("from the source", "from the cache"));
    return file;
  };

  it("a file must be compiled once", () => {
    assert.deepEqual([evaluate("compiled"), evaluate("compiled")], [true, false]);
    change();
    assert.equal(evaluate("source.word"), "from the cache");
  });

  it("a changed file must be compiled again, in place of its former content", () => {
    evaluate("0");
    fs.writeFileSync(source, SOURCE.replace("from the source", "changed"));
    assert.equal(evaluate("source.word"), "changed");
    compiledFile();
  });

  it("an error must name its line in the source, from the first load and from later ones", () => {
    const position = "(() => { try { source.fail(); } catch (error) { return error.stack.split('\\n')[1]; } })()";
    for (const line of [evaluate(position), evaluate(position)]) assert.match(String(line), /source\.ts:6:9\)$/);
  });

  it("a file and its folder must be readable and writable by this user only", function () {
    if (process.platform === "win32") this.skip();
    evaluate("0");
    const mode = (file: string) => (fs.statSync(file).mode & 0o777).toString(8);
    assert.deepEqual([mode(cache), mode(compiledFile())], ["700", "600"]);
  });

  for (const mode of [0o622, 0o602, 0o620]) {
    it(`code that another user can write must not run: a file of mode ${mode.toString(8)}`, function () {
      if (process.platform === "win32") this.skip();
      evaluate("0");
      fs.chmodSync(change(), mode);
      assert.equal(evaluate("source.word"), "from the source");
    });
  }

  it("code in a folder that another user can write must not run", function () {
    if (process.platform === "win32") this.skip();
    evaluate("0");
    change();
    fs.chmodSync(cache, 0o777);
    assert.equal(evaluate("source.word"), "from the source");
    assert.equal(evaluate("compiled"), true);
  });

  it("code behind a link must not run", function () {
    if (process.platform === "win32") this.skip();
    evaluate("0");
    const file = change();
    fs.renameSync(file, path.join(folder, "elsewhere.js"));
    fs.symlinkSync(path.join(folder, "elsewhere.js"), file);
    assert.equal(evaluate("source.word"), "from the source");
  });

  it("code of another user must not run", function () {
    if (process.getuid?.() !== 0) this.skip();
    evaluate("0");
    fs.chownSync(change(), 1, 1);
    assert.equal(evaluate("source.word"), "from the source");
  });

  it("a file must be loaded if no folder can be made", () => {
    fs.writeFileSync(cache, "");
    assert.equal(evaluate("source.word"), "from the source");
  });

  it("a compiler that is already there must stay", () => {
    const script = `
      process[Symbol.for("ts-node.register.instance")] = { enabled: () => true };
      const before = require("module")._extensions[".ts"];
      require(${JSON.stringify(LOADER)})(${JSON.stringify(cache)});
      process.exitCode = require("module")._extensions[".ts"] === before ? 0 : 1;`;
    assert.equal(spawnSync(process.execPath, ["-e", script]).status, 0);
  });
});
