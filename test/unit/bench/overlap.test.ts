import assert from "node:assert/strict";
import { mostAtOnce } from "../../../tools/bench/overlap";

describe("overlap of spans", () => {
  it("must count what is open at the same time, in whatever order the spans are given", () => {
    const spans = [
      { begin: 5, end: 9 },
      { begin: 0, end: 6 },
      { begin: 1, end: 2 },
      { begin: 5.5, end: Infinity },
    ];
    assert.equal(mostAtOnce(spans), 3);
    assert.equal(mostAtOnce([...spans].reverse()), 3);
  });

  it("must not count one that ends as the next begins", () => {
    assert.equal(mostAtOnce([1, 2, 3].map((begin) => ({ begin, end: begin + 1 }))), 1);
  });

  it("must count nothing at once if there are no spans", () => {
    assert.equal(mostAtOnce([]), 0);
  });
});
