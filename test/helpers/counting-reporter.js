/**
 * Mocha's spec reporter that also writes its counts to the file that TEST_COUNTS names, for the closing line of
 * "npm test". JavaScript, because mocha loads reporters before TypeScript support in parallel mode.
 */
"use strict";
const fs = require("node:fs");
const { Spec } = require("mocha").reporters;

module.exports = class CountingReporter extends Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      if (process.env.TEST_COUNTS)
        fs.writeFileSync(process.env.TEST_COUNTS, JSON.stringify({ passes, failures, pending }));
    });
  }
};
