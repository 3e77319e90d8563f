/** docs/commands.md is what the commands say of themselves. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { leavesOf, specOf } from "../../../cli/command";
import { makeProgram } from "../../../cli/program";
import { EXIT, EXIT_MEANINGS } from "../../../console/exit-codes";
import { commandsPage, COMMANDS_PAGE } from "../../../tools/command-docs";

describe("the page on commands", () => {
  it('must be made of the commands; if it is not: "npm run command-docs"', async () => {
    assert.ok(fs.readFileSync(COMMANDS_PAGE, "utf8") === (await commandsPage()), 'stale: run "npm run command-docs"');
  });

  it("must have an example of every command, and a meaning for every exit code", async () => {
    for (const leaf of leavesOf(await makeProgram())) {
      const { examples, hidden } = specOf(leaf)!;
      assert.ok(hidden || examples.length > 0, leaf.name());
    }
    const known = EXIT_MEANINGS.map(({ code }) => code);
    for (const code of Object.values(EXIT)) assert.ok(known.includes(String(code)), `exit code ${code}`);
  });
});
