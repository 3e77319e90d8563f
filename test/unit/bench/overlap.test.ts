import assert from "node:assert/strict";
import { mostAtOnce, secondsWithAny } from "../../../tools/bench/overlap";

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

describe("time with any span", () => {
  it("time in which a span is open must count once, and gaps not at all", () => {
    const spans = [
      { begin: 4000, end: 6000 },
      { begin: 0, end: 2000 },
      { begin: 1000, end: 1500 },
      { begin: 5000, end: 7000 },
    ];
    assert.equal(secondsWithAny(spans), 5);
    assert.equal(secondsWithAny([]), 0);
  });
});
