import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { logError, logInfo, logWarning } from "../../components/log";
import { liveIn, PLANT } from "../helpers/planted-texts";
import { replace } from "../helpers/replaced";

describe("what components say through Pulumi's log", () => {
  const levels = { info: logInfo, warn: logWarning, error: logError };
  for (const level of ["info", "warn", "error"] as const) {
    it(`must be harmless, whoever wrote it, at the level ${level}`, () => {
      const logged: string[] = [];
      const restore = replace(pulumi.log, level, (message) => (logged.push(message), Promise.resolve()));
      try {
        levels[level](`sync01: ${PLANT}`);
      } finally {
        restore();
      }
      assert.match(logged.join(), /^sync01: .*task\.setvariable/);
      assert.deepEqual(liveIn(logged.join()), []);
    });
  }
});
