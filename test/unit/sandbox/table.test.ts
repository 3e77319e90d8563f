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
  it("a table must be drawn on a terminal", () => {
    assert.match(draw(true), /[│┌]/);
  });

  it("a table must be plain ASCII columns elsewhere, without colours, lines and trailing blanks", () => {
    assert.equal(draw(false), ["server  what", "sync01  one", "        two", "sync02  three"].join("\n"));
  });

  it("a table must not contain colours on a terminal", () => {
    assert.doesNotMatch(draw(true), /\u001b/);
  });
});
