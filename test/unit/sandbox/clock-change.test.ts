import assert from "node:assert/strict";
import { describeOffset, parseClockChange } from "../../../cli/sandbox/clock-change";
import { UsageError } from "../../../console/errors";

describe("a change of the sandbox's clock", () => {
  it("a clock change must accept seconds, minutes, hours, days and weeks, and their sum", () => {
    const known = { "+5s": 5, "+5m": 300, "+2h": 7200, "+200d": 17_280_000, "+1w": 604_800, "+1d12h": 129_600 };
    for (const [text, seconds] of Object.entries(known)) assert.equal(parseClockChange(text), seconds, text);
  });

  it("a clock change must be refused without a sign or unit, with another unit, or backwards", () => {
    for (const text of ["200d", "+200", "+200y", "-5d", "+", "", "+1.5d", "+ 5d", "d", "+5D", "reset!"]) {
      assert.throws(() => parseClockChange(text), UsageError, text);
    }
  });

  it("a clock change must not exceed 100 years in total", () => {
    assert.throws(() => parseClockChange("+36501d"), UsageError);
    assert.throws(() => parseClockChange("+1d", 36_500 * 86_400), UsageError);
    assert.equal(parseClockChange("+1d", 0), 86_400);
  });

  it("a clock change must be described in its own units", () => {
    assert.equal(describeOffset(0), "real time");
    assert.equal(describeOffset(parseClockChange("+200d")), "200 d ahead of real time");
    assert.equal(describeOffset(parseClockChange("+1d12h5s")), "1 d 12 h 5 s ahead of real time");
  });
});
