/** What fits on a screen. */
import assert from "node:assert/strict";
import { fitList, fitText, SCREEN, screenLines } from "../../../model/text/screen";

describe("a screen", () => {
  it("a screen must count lines as a terminal wraps them", () => {
    assert.equal(screenLines("a\n\nb\n"), 3);
    assert.equal(screenLines("x".repeat(SCREEN.columns)), 1);
    assert.equal(screenLines("x".repeat(SCREEN.columns + 1)), 2);
  });

  it("a list that fits a screen must stay unchanged", () => {
    assert.deepEqual(
      fitList(["a", "b"], () => "more"),
      ["a", "b"],
    );
  });

  it("a list that exceeds a screen must be cut, with the number of the rest", () => {
    const entries = Array.from({ length: 30 }, () => "x".repeat(150));
    const list = fitList(entries, (count) => `${count} more`);
    assert.ok(screenLines(list.join("\n")) < SCREEN.lines);
    assert.equal(list.at(-1), `${30 - (list.length - 1)} more`);
  });

  it("a screen must show one entry, however long it is", () => {
    assert.equal(fitList(["x".repeat(9000), "y"], (count) => `${count} more`).length, 2);
  });

  it("a long text must be cut in its middle: beginning and end contain the reason", () => {
    const text = Array.from({ length: 500 }, (_, index) => `line ${index} ${"x".repeat(index)}`).join("\n");
    const fitted = fitText(text);
    assert.equal(screenLines(fitted), SCREEN.lines);
    assert.match(fitted, /^line 0 \n[\s\S]*\d+ lines left out; DEBUG=1 shows all[\s\S]*x$/);
    assert.equal(fitText("short\ntext"), "short\ntext");
  });
});
