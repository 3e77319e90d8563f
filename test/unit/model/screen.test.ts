/** What fits on a screen. */
import assert from "node:assert/strict";
import { fitList, fitText, SCREEN, screenLines } from "../../../model/text/screen";

describe("a screen", () => {
  it("must count what a terminal wraps", () => {
    assert.equal(screenLines("a\n\nb\n"), 3);
    assert.equal(screenLines("x".repeat(SCREEN.columns)), 1);
    assert.equal(screenLines("x".repeat(SCREEN.columns + 1)), 2);
  });

  it("must leave a list alone that fits", () => {
    assert.deepEqual(
      fitList(["a", "b"], () => "more"),
      ["a", "b"],
    );
  });

  it("must cut a list where its lines would be too many, and count the rest", () => {
    const entries = Array.from({ length: 30 }, () => "x".repeat(150));
    const list = fitList(entries, (count) => `${count} more`);
    assert.ok(screenLines(list.join("\n")) < SCREEN.lines);
    assert.equal(list.at(-1), `${30 - (list.length - 1)} more`);
  });

  it("must show one entry however long it is", () => {
    assert.equal(fitList(["x".repeat(9000), "y"], (count) => `${count} more`).length, 2);
  });

  it("must cut a long text in its middle: beginning and end say why", () => {
    const text = Array.from({ length: 500 }, (_, index) => `line ${index} ${"x".repeat(index)}`).join("\n");
    const fitted = fitText(text);
    assert.equal(screenLines(fitted), SCREEN.lines);
    assert.match(fitted, /^line 0 \n[\s\S]*\d+ lines left out; DEBUG=1 shows all[\s\S]*x$/);
    assert.equal(fitText("short\ntext"), "short\ntext");
  });
});
