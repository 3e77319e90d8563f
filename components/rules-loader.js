/**
 * The rules of the dynamic resources for a process without TypeScript support, such as the SDK's dynamic provider:
 * package.json maps `connect-sync-identity/rules` to this file. The published package contains them compiled.
 */
"use strict";
require("../bin/typescript.js")();
module.exports = require("./rules");
