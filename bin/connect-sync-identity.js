#!/usr/bin/env node
/**
 * The one command. Plain JavaScript, so that an old Node or a missing `npm ci` is answered with a sentence. A package has
 * the compiled command; a clone compiles it on the way.
 */
"use strict";
const fs = require("node:fs");
const path = require("node:path");

const root = path.join(__dirname, "..");
if (!fs.existsSync(path.join(root, "cli", "main.js"))) {
  require("./preflight.js");
  require("ts-node").register({ cwd: root, projectSearchDir: root });
}
require("../cli/main").main();
