import assert from "node:assert/strict";
import { mostAtOnce } from "../../../tools/bench/overlap";

describe("overlap of spans", () => {
  it("overlap must count the spans that are open at the same time, in any order", () => {
    const spans = [
      { begin: 5, end: 9 },
      { begin: 0, end: 6 },
      { begin: 1, end: 2 },
      { begin: 5.5, end: Infinity },
    ];
    assert.equal(mostAtOnce(spans), 3);
    assert.equal(mostAtOnce([...spans].reverse()), 3);
  });

  it("overlap must not count a span that ends when the next one begins", () => {
    assert.equal(mostAtOnce([1, 2, 3].map((begin) => ({ begin, end: begin + 1 }))), 1);
  });

  it("overlap must be 0 without spans", () => {
    assert.equal(mostAtOnce([]), 0);
  });
});
