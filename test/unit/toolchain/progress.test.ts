import assert from "node:assert/strict";
import { showProgress } from "../../../sandbox/toolchain/progress";

describe("toolchain: progress", () => {
  it("progress must print a line with the elapsed time, until it is stopped", async () => {
    const lines: string[] = [];
    let seen = (): void => {};
    const twoLines = new Promise<void>((resolve) => (seen = resolve));
    const log = (line: string): void => {
      if (lines.push(line) === 2) seen();
    };
    const stop = showProgress((seconds) => `at work: ${seconds} s`, log, 0.01);
    await twoLines;
    stop();
    const count = lines.length;
    assert.equal(lines[0], "at work: 0 s");
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(lines.length, count);
  });
});
