/** Starts index.ts, the program of a stack, without a TypeScript compiler: neither Pulumi's own, nor the SDK's. */
"use strict";
const fs = require("fs");
const Module = require("module");
const path = require("path");
require("./bin/typescript.js")();

/**
 * The SDK loads a compiler to serialise functions, which took a third of the time that all of its modules take. This program
 * has none to serialise: components/dynamic-provider.ts.
 */
function compilerOnDemand() {
  const file = path.join(path.dirname(require.resolve("@pulumi/pulumi/package.json")), "typescript-shim.js");
  if (!fs.existsSync(file) || require.cache[file]) return;
  const shim = new Module(file);
  const exports = new Proxy({}, { get: (_, name) => require("typescript")[name] });
  require.cache[file] = Object.assign(shim, { filename: file, loaded: true, exports });
}

compilerOnDemand();
module.exports = require("./index.ts");
