/**
 * Loads this repository's TypeScript: compiled without type checking, once per content, into a folder beside the installed
 * packages. A compiler in every process took longer than all that it compiled.
 *
 * Code from the folder runs as the user who runs Pulumi. So what another user may have written there is never loaded: the
 * folder and each file in it must belong to this user, and none but this user may write there.
 */
"use strict";
const crypto = require("crypto");
const fs = require("fs");
const Module = require("module");
const path = require("path");

const ROOT = path.join(__dirname, "..");
const CACHE = path.join(ROOT, "node_modules", ".cache", "connect-sync-identity");

/** As in tsconfig.json. Classes assign their fields, because declared ones would hide what Pulumi sets. */
const OPTIONS = {
  swcrc: false,
  module: { type: "commonjs" },
  jsc: {
    parser: { syntax: "typescript", decorators: true },
    target: "es2020",
    transform: { legacyDecorator: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
};

/** On Windows, access rights come from the folder above. */
const user = process.getuid ? process.getuid() : null;

/** Whether none but this user can have written it. */
const isOwn = (stat) => user === null || (stat.uid === user && (stat.mode & 0o022) === 0);

/** @returns {string | null} a folder that only this user can write; null if there is none */
function ownFolder(folder) {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stat = fs.lstatSync(folder);
    return stat.isDirectory() && isOwn(stat) ? folder : null;
  } catch {
    return null;
  }
}

/** A compiled file ends with the hash of what it was compiled from. */
const endOf = (key) => `\n//${key}\n`;

class TypeScript {
  constructor(folder) {
    this.folder = ownFolder(folder);
    if (this.folder) Module.enableCompileCache(path.join(this.folder, "node"));
    const { version } = require("@swc/core/package.json");
    this.compiler = `${version} ${JSON.stringify(OPTIONS)}`;
    /** Positions in compiled files, by their source. */
    this.maps = new Map();
  }

  load(module, file) {
    const source = fs.readFileSync(file, "utf8");
    this.maps.set(file, null);
    module._compile(this.compiled(file, source), file, "commonjs");
  }

  compiled(file, source) {
    if (!this.folder) return this.compile(file, source, false).code;
    const key = crypto.createHash("sha256").update(`${this.compiler}\n${file}\n${source}`).digest("hex");
    const cached = path.join(this.folder, `${path.relative(ROOT, file).replaceAll(path.sep, "+")}.js`);
    const known = read(cached);
    if (known !== null && known.endsWith(endOf(key))) return known;
    const { code } = this.compile(file, source, false);
    write(cached, code + endOf(key));
    return code;
  }

  compile(file, source, sourceMaps) {
    return require("@swc/core").transformSync(source, { ...OPTIONS, filename: file, sourceMaps });
  }

  /** A position in a source, of one in what was compiled from it; needed for the text of an error only. */
  position(file, line, column) {
    let map = this.maps.get(file);
    if (map === null) {
      map = new Module.SourceMap(JSON.parse(this.compile(file, fs.readFileSync(file, "utf8"), true).map));
      this.maps.set(file, map);
    }
    const found = map.findEntry(line - 1, column - 1);
    return "originalLine" in found ? [found.originalLine + 1, found.originalColumn + 1] : [line, column];
  }

  /** Replaces positions in the text of an error's stack. */
  inSources(text) {
    return text.replace(/((?:\/|[A-Za-z]:\\)[^\n()]*?\.ts):(\d+):(\d+)/g, (whole, file, line, column) => {
      if (!this.maps.has(file)) return whole;
      return [file, ...this.position(file, Number(line), Number(column))].join(":");
    });
  }
}

/** @returns {string | null} the content of a file that is this user's own; else null */
function read(file) {
  let handle;
  try {
    handle = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW || 0));
    return isOwn(fs.fstatSync(handle)) ? fs.readFileSync(handle, "utf8") : null;
  } catch {
    return null;
  } finally {
    if (handle !== undefined) fs.closeSync(handle);
  }
}

/** Whole or not at all, as other processes compile the same file; a failure costs time only. */
function write(file, text) {
  const unfinished = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(unfinished, text, { mode: 0o600, flag: "wx" });
    fs.renameSync(unfinished, file);
  } catch {
    fs.rmSync(unfinished, { force: true });
  }
}

/**
 * Lets `require` load TypeScript from now on; a compiler that is already there stays.
 *
 * @param {string} folder where compiled code is kept
 */
function register(folder = CACHE) {
  const tsNode = process[Symbol.for("ts-node.register.instance")];
  if (tsNode && tsNode.enabled()) return;
  const typescript = new TypeScript(folder);
  Module._extensions[".ts"] = (module, file) => typescript.load(module, file);
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = (error, frames) => {
    const text = before ? before(error, frames) : [String(error), ...frames.map((f) => `    at ${f}`)].join("\n");
    return typescript.inSources(text);
  };
}

module.exports = register;
