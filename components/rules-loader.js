/**
 * The rules of the dynamic resources for a process that knows no TypeScript, which the SDK's dynamic provider is:
 * package.json has `connect-sync-identity/rules` begin here. The published package holds them compiled.
 */
"use strict";
if (!process[Symbol.for("ts-node.register.instance")]) require("ts-node").register({ transpileOnly: true });
module.exports = require("./rules");
