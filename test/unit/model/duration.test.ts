import assert from "node:assert/strict";
import { daysBefore, daysBetween, isDuration, toDays, type Duration } from "../../../model/configuration/duration";

describe("durations", () => {
  for (const [text, days] of [
    ["1 day", 1],
    ["365 days", 365],
    ["9999 days", 9999],
  ] as const) {
    it(`the duration "${text}" must be ${days}`, () => {
      assert.equal(isDuration(text), true);
      assert.equal(toDays(text), days);
    });
  }

  for (const text of [
    "",
    "365",
    "365d",
    "1 year",
    "0 days",
    "-1 days",
    "1.5 days",
    "10000 days",
    " 1 day",
    "1 day\n",
    "07 days",
  ]) {
    it(`${JSON.stringify(text)} must not be accepted as a duration`, () => {
      assert.equal(isDuration(text), false);
      assert.throws(() => toDays(text as Duration), RangeError);
    });
  }

  it("a duration must count whole days of 24 hours, whatever the calendar does", () => {
    const instant = new Date("2026-03-29T12:00:00Z");
    assert.equal(daysBefore(instant, 1).toISOString(), "2026-03-28T12:00:00.000Z");
    assert.equal(daysBetween(daysBefore(instant, 180), instant), 180);
    assert.equal(daysBetween(instant, new Date("2026-03-30T00:00:00Z")), 0.5);
  });
});
