/**
 * The engine starts the pack here. It has registered a compiler that checks all types, including the SDK's, in every
 * run. That takes seconds and repeats what this project's tests do, so a compiler without type checking replaces it.
 */
"use strict";
const fs = require("node:fs");

/** A built pack (`npx connect-sync-identity policy build`) needs no compiler. */
if (!fs.existsSync(`${__dirname}/pack.js`)) {
  const { REGISTER_INSTANCE, register } = require("ts-node");
  process[REGISTER_INSTANCE]?.enabled(false);
  const compilerOptions = { target: "ES2022", module: "commonjs", moduleResolution: "node", esModuleInterop: true };
  register({ transpileOnly: true, swc: true, skipProject: true, compilerOptions });
}
require("./pack").start();
