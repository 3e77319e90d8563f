/**
 * Lets Node load TypeScript, as `ts-node/register/transpile-only` does, but keeps what it compiled: a command of the
 * sandbox loads some hundred files, and compiling them took 3 s of processor time at every start; with this it is 0.5 s.
 *
 * JavaScript, as it is what makes TypeScript loadable. Errors of types are found by `npm run lint`.
 */
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const REPOSITORY = path.resolve(__dirname, "..", "..");
/** Goes with `npm ci`, and is never in the work tree. */
const CACHE = path.join(REPOSITORY, "node_modules", ".cache", "connect-sync-identity");
const TSCONFIG = path.join(REPOSITORY, "tsconfig.json");

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part).update("\0"), createHash("sha256"));

/** Compiled code depends on these besides its source. */
const CIRCUMSTANCES = sha256(fs.readFileSync(TSCONFIG), require("typescript/package.json").version).digest("hex");

function compile(source, file) {
  const typescript = require("typescript");
  const { config } = typescript.readConfigFile(TSCONFIG, typescript.sys.readFile);
  const { options } = typescript.convertCompilerOptionsFromJson(config.compilerOptions, REPOSITORY);
  return typescript.transpileModule(source, { fileName: file, compilerOptions: options }).outputText;
}

/** One entry per file, which ends with the key of its source: an entry of an older source is replaced. */
function compiled(file) {
  const source = fs.readFileSync(file, "utf8");
  const entry = path.join(CACHE, `${sha256(file).digest("hex").slice(0, 32)}.js`);
  const mark = `\n//# key=${sha256(CIRCUMSTANCES, source).digest("hex")}\n`;
  const cached = fs.existsSync(entry) ? fs.readFileSync(entry, "utf8") : "";
  if (cached.endsWith(mark)) return cached;
  const code = compile(source, file) + mark;
  try {
    fs.mkdirSync(CACHE, { recursive: true });
    // In one step, as another command may read the same entry now.
    const next = `${entry}.${process.pid}`;
    fs.writeFileSync(next, code);
    fs.renameSync(next, entry);
  } catch {
    // A place that cannot be written costs time only.
  }
  return code;
}

require.extensions[".ts"] = (module, file) => module._compile(compiled(file), file);
