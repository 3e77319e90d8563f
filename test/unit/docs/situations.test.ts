/** Each page of docs/situations has scenarios that follow it, and steps that can be read. What they prove: test/end-to-end. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { situationPages, stepsOf } from "../../docs/steps";
import { NOT_EXECUTED } from "../../end-to-end/situations/not-executed";
import { ROOT } from "../../docs/blocks";

const FOLDER = path.join(ROOT, "test", "end-to-end", "situations");

/** The pages that a file of scenarios has; each is a key beside its scenarios. */
const followed = fs
  .readdirSync(FOLDER)
  .filter((file) => file.endsWith(".test.ts"))
  .flatMap((file) => [...fs.readFileSync(path.join(FOLDER, file), "utf8").matchAll(/^ {2}"?([\w-]+)"?: \(page\) =>/gm)])
  .map(([, name]) => name);

describe("pages about situations", () => {
  it("each page must have scenarios that follow it, in one file", () => {
    assert.deepEqual([...followed].sort(), situationPages().sort());
  });

  it("each page must have a step to follow", () => {
    for (const name of situationPages()) assert.ok(stepsOf(name).length > 0, name);
  });

  it("steps that are not executed must be few, on a page, and have a reason", () => {
    const known = Object.entries(NOT_EXECUTED).flatMap(([name, steps]) => {
      const texts = stepsOf(name).map(({ text }) => text);
      return Object.entries(steps).map(([text, reason]) => {
        assert.ok(texts.includes(text), `${name}.md has no step ${text}`);
        assert.ok(reason.length > 10, text);
        return text;
      });
    });
    assert.ok(known.length < 6, `${known.length}`);
  });

  it("steps within lists and lines must be found, names alone must not", () => {
    const texts = stepsOf("run-killed").map(({ text }) => text);
    assert.ok(texts.includes("pulumi refresh --clear-pending-creates"), "a block in a list");
    assert.ok(texts.includes("pkill -KILL pulumi"), "a command within a line");
    assert.ok(!stepsOf("state-lost").some(({ text }) => text === "npx connect-sync-identity adopt"));
  });
});
