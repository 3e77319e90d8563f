/** Starts index.ts, the program of a stack, without a TypeScript compiler: neither Pulumi's own, nor the SDK's. */
"use strict";
const fs = require("fs");
const Module = require("module");
const path = require("path");
require("./bin/typescript.js")();

/** A part of the SDK that it does not export; null if this version has none. */
function sdkFile(name) {
  const file = path.join(path.dirname(require.resolve("@pulumi/pulumi/package.json")), name);
  return fs.existsSync(file) ? file : null;
}

/**
 * The SDK loads a compiler to serialise functions, which took a third of the time that all of its modules take. This program
 * has none to serialise: components/dynamic-provider.ts.
 */
function compilerOnDemand() {
  const file = sdkFile("typescript-shim.js");
  if (!file || require.cache[file]) return;
  const shim = new Module(file);
  const exports = new Proxy({}, { get: (_, name) => require("typescript")[name] });
  require.cache[file] = Object.assign(shim, { filename: file, loaded: true, exports });
}

/** For the same purpose it listens to Node.js' debugger, which costs a little with every module that is loaded. */
async function leaveDebugger() {
  const file = sdkFile("runtime/closure/v8Hooks.js");
  if (file) (await require(file).getSessionAsync()).disconnect();
}

/**
 * Lets the engine start the process of the dynamic resources now, beside the loading of the program: every run needs it, and it
 * takes half a second. The engine starts a provider with the first question to it; this one has no answer, and needs none.
 */
function startOwnProcess() {
  require("@pulumi/pulumi")
    .runtime.invoke("pulumi-nodejs:dynamic:none", {})
    .catch(() => undefined);
}

compilerOnDemand();
startOwnProcess();
module.exports = async () => {
  await leaveDebugger();
  return require("./index.ts")();
};
