#!/usr/bin/env node
/**
 * The one command. Plain JavaScript that an old Node can read. A package has the compiled command; a clone checks first
 * what it needs, and compiles the command as it is loaded.
 */
"use strict";
const fs = require("fs");
const path = require("path");

const root = path.join(__dirname, "..");
if (!fs.existsSync(path.join(root, "cli", "main.js"))) {
  require("./preflight.js");
  require("./typescript.js")();
}
require("../cli/main").main();
