/**
 * Where the engine starts the pack. It has registered a compiler that checks all types, those of the SDK as well, in every
 * run: seconds for what the tests of this project have done. So that one makes way for one that does not check.
 */
"use strict";
const fs = require("node:fs");

/** A pack that was built (`npx connect-sync-identity policy build`) needs no compiler. */
if (!fs.existsSync(`${__dirname}/pack.js`)) {
  const { REGISTER_INSTANCE, register } = require("ts-node");
  process[REGISTER_INSTANCE]?.enabled(false);
  const compilerOptions = { target: "ES2022", module: "commonjs", moduleResolution: "node", esModuleInterop: true };
  register({ transpileOnly: true, swc: true, skipProject: true, compilerOptions });
}
require("./pack").start();
