/** What the program leaves out of errors; that state holds no positions is seen in test/end-to-end/cost.test.ts. */
import assert from "node:assert/strict";
import sdk = require("@pulumi/pulumi/runtime/debuggable");
import { leaveOutPositions } from "../../components/position-markers";

const following = sdk as unknown as { debuggablePromise: (promise: Promise<void>, context: string) => Promise<void> };

describe("errors that are made for their position alone", () => {
  const before = Error.prepareStackTrace;
  const { debuggablePromise } = following;
  beforeEach(leaveOutPositions);
  afterEach(() => {
    Error.prepareStackTrace = before;
    following.debuggablePromise = debuggablePromise;
  });

  /** What the SDK keeps of where a promise was made. */
  const stackOf = (promise: Promise<void>) => {
    void following.debuggablePromise(promise, "a test");
    return (promise as { _debugStackTrace?: string })._debugStackTrace;
  };

  it("a promise that the SDK follows must have no stack, and leave that of an error as it is", () => {
    assert.equal(stackOf(Promise.resolve()), "Error");
    assert.match(new Error("why").stack ?? "", /^Error: why\n +at .*position-markers\.test\.ts:\d+:\d+/);
  });

  it("a promise must keep its stack for a person who searches for one that is never settled", () => {
    Error.prepareStackTrace = before;
    following.debuggablePromise = debuggablePromise;
    process.env.PULUMI_DEBUG_PROMISE_LEAKS = "1";
    try {
      leaveOutPositions();
    } finally {
      delete process.env.PULUMI_DEBUG_PROMISE_LEAKS;
    }
    assert.equal(following.debuggablePromise, debuggablePromise);
  });

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
