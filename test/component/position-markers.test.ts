/** What the program leaves out of errors; that state holds no positions is seen in test/end-to-end/cost.test.ts. */
import assert from "node:assert/strict";
import { leaveOutPositions } from "../../components/position-markers";

describe("errors that are made for their position alone", () => {
  const before = Error.prepareStackTrace;
  beforeEach(leaveOutPositions);
  afterEach(() => (Error.prepareStackTrace = before));

  it("an error without a message must have no stack", () => {
    assert.equal(new Error().stack, "Error");
  });

  it("an error with a message must keep its stack", () => {
    assert.match(new Error("why").stack ?? "", /^Error: why\n +at .*position-markers\.test\.ts:\d+:\d+/);
  });

  it("an error of another class must keep its stack", () => {
    assert.match(new TypeError().stack ?? "", /^TypeError\n +at .*position-markers\.test\.ts:\d+:\d+/);
  });

  it("an error must keep its stack if nothing formatted it before", () => {
    Error.prepareStackTrace = undefined as never;
    leaveOutPositions();
    assert.match(new Error("why").stack ?? "", /^Error: why\n +at .*position-markers\.test\.ts:\d+:\d+/);
  });

  it("a second program in the process must not format errors through the first one's", () => {
    const first = Error.prepareStackTrace;
    leaveOutPositions();
    assert.equal(Error.prepareStackTrace, first);
  });
});
