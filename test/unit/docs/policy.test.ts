/** docs/policy.md has the policies that the pack has: names, levels, places, what must be, settings with their defaults. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { configurationProblems } from "../../../policy/check-configuration";
import { RULES } from "../../../policy/pack";
import { PRODUCTION_STACKS } from "../../../policy/scope";
import { EXCEPTIONS_IN_USE } from "../../../policy/to-policy";

const page = fs.readFileSync(path.resolve(__dirname, "../../../docs/policy.md"), "utf8");

const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

describe("docs/policy.md", () => {
  it("docs/policy.md must have a row for every policy, in the pack's order, with level, scope and description", () => {
    const documented = rows.map(([, name, level, where, what]) => [name, level, where, what]);
    const all = [...RULES, EXCEPTIONS_IN_USE];
    assert.deepEqual(
      documented,
      all.map(({ name, level, scope, description }) => [`\`${name}\``, level, scope, description]),
    );
  });

  it("docs/policy.md must have every setting with its default, and the reason for each policy", () => {
    for (const [index, rule] of RULES.entries()) {
      const settings = Object.entries(rule.settings ?? {}).map(([name, schema]) => {
        return `\`${name}\`: \`${JSON.stringify(schema.default)}\``;
      });
      assert.equal(rows[index][5], settings.join("; "), rule.name);
      assert.notEqual(rows[index][6], "", rule.name);
    }
  });

  it("docs/policy.md must list the names of production stacks, and show a valid configuration", () => {
    const bare = PRODUCTION_STACKS.map((pattern) => pattern.replace("*", ""));
    for (const name of bare) assert.ok(page.includes(`\`${name}\``), name);
    const [, example] = /```json\n([^`]+)```/.exec(page)!;
    assert.deepEqual(configurationProblems(example, RULES, [EXCEPTIONS_IN_USE.name]), []);
  });
});
