/**
 * The list of mutants does not rot: each still changes one place, and the tests that it names exist. Whether those tests
 * notice it, `npm run mutation` shows.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { mutate, occurrences } from "../../../tools/mutation/mutant";
import { MUTANTS } from "../../../tools/mutation/mutants";

const ROOT = path.join(__dirname, "../../..");
const CONTRACT = fs
  .readdirSync(path.join(ROOT, "test/contract"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => fs.readFileSync(path.join(ROOT, "test/contract", name), "utf8"))
  .join("\n");

describe("mutants", () => {
  it("must have ids of their own", () => {
    const ids = MUTANTS.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
  });

  for (const mutant of MUTANTS) {
    it(`${mutant.id} must change one place, and name tests that exist`, () => {
      const text = fs.readFileSync(path.join(ROOT, mutant.file), "utf8");
      assert.equal(occurrences(text, mutant.before), 1, `${mutant.file}: ${mutant.before}`);
      assert.notEqual(mutate(text, mutant), text);
      assert.ok(mutant.tests.length > 0);
      for (const test of mutant.tests) {
        if ("contract" in test) assert.ok(CONTRACT.includes(test.contract), test.contract);
        else {
          const file = "pester" in test ? `host-program/Tests/${test.pester}` : `test/unit/${test.unit}`;
          assert.ok(fs.existsSync(path.join(ROOT, file)), file);
        }
      }
    });
  }
});
