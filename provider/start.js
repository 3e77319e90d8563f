/**
 * Starts the provider. Plain JavaScript that an old Node can read: the engine prints what is written to stderr. A plugin has
 * the compiled provider; a clone compiles it as it is loaded.
 */
"use strict";
const fs = require("fs");
const path = require("path");

const LEAST = [22, 18];
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) {
  const needed = "connect-sync-identity needs Node.js " + LEAST.join(".") + " or newer on PATH";
  process.stderr.write(needed + ", and found " + process.version + " there.\n");
  process.exit(1);
}
if (!fs.existsSync(path.join(__dirname, "main.js"))) require("../bin/typescript.js")();
require("./main");
