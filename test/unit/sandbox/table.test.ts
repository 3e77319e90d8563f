/** Tables on a terminal and elsewhere. */
import assert from "node:assert/strict";
import { drawTable } from "../../../console/table";

const draw = (drawn: boolean) =>
  drawTable(
    ["server", "what"],
    [
      ["sync01", "one\ntwo"],
      ["sync02", "three"],
    ],
    { drawn },
  );

describe("a table", () => {
  it("must draw a table on a terminal", () => {
    assert.match(draw(true), /[│┌]/);
  });

  it("must be plain ASCII columns elsewhere, without colours, lines and blanks at the end", () => {
    assert.equal(draw(false), ["server  what", "sync01  one", "        two", "sync02  three"].join("\n"));
  });

  it("must not carry colours on a terminal either", () => {
    assert.doesNotMatch(draw(true), /\u001b/);
  });
});
