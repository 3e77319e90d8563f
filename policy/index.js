/**
 * The engine starts the pack here. If it has registered a compiler, that one checks all types, including the SDK's, in every
 * run. That takes seconds and repeats what this project's tests do, so this project's own replaces it.
 */
"use strict";
const fs = require("node:fs");

/** A built pack (`npx connect-sync-identity policy build`) needs no compiler. */
if (!fs.existsSync(`${__dirname}/pack.js`)) {
  process[Symbol.for("ts-node.register.instance")]?.enabled(false);
  require("../bin/typescript.js")();
}
require("./pack").start();
