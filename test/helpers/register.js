/**
 * Loads TypeScript in tests by TypeScript's own transpiler: swc, which the program and the commands use, makes exports
 * read-only, and some tests replace an export with a recorder.
 */
"use strict";
require("ts-node").register({ transpileOnly: true, swc: false });
