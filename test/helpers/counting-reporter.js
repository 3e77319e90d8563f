/**
 * Mocha's spec reporter that also writes its counts, and the milliseconds of each file with its hooks, to the file that
 * TEST_COUNTS names, for the closing lines of "npm test". JavaScript, because mocha loads reporters before TypeScript support
 * in parallel mode.
 */
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { Spec } = require("mocha").reporters;

module.exports = class CountingReporter extends Spec {
  constructor(runner, options) {
    super(runner, options);
    const files = {};
    // Half-way events of a worker arrive together, so what counts is what each says of itself.
    const add = ({ file, duration }) => {
      if (!file) return;
      const name = path.relative(process.cwd(), file);
      files[name] = (files[name] ?? 0) + (duration ?? 0);
    };
    for (const event of ["test end", "hook end"]) runner.on(event, add);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      if (process.env.TEST_COUNTS)
        fs.writeFileSync(process.env.TEST_COUNTS, JSON.stringify({ passes, failures, pending, files }));
    });
  }
};
