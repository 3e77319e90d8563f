/** What the program leaves out of the SDK's debugging; that state holds no positions is seen in test/end-to-end/cost.test.ts. */
import assert from "node:assert/strict";
import * as log from "@pulumi/pulumi/log";
import * as sdk from "@pulumi/pulumi/runtime/debuggable";
import * as hooks from "@pulumi/pulumi/runtime/closure/v8Hooks";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { leaveOutDebugging } from "../../components/sdk-debugging";
import { replace } from "../helpers/replaced";

const { getSessionAsync } = hooks as unknown as { getSessionAsync: () => Promise<{ disconnect: () => void }> };
const sdkLog = log as { debug: typeof log.debug };
const following = sdk as unknown as { debuggablePromise: (promise: Promise<void>, context: string) => Promise<void> };

describe("what only a person needs who debugs the SDK", () => {
  const before = Error.prepareStackTrace;
  const { debuggablePromise } = following;
  const { debug } = sdkLog;
  const asBefore = () => {
    Error.prepareStackTrace = before;
    following.debuggablePromise = debuggablePromise;
    sdkLog.debug = debug;
  };
  beforeEach(leaveOutDebugging);
  afterEach(asBefore);

  /** What reaches the engine of a message and a debug message. */
  async function said(): Promise<string[]> {
    const messages: string[] = [];
    const engine = {
      log(request: { getMessage(): string }, done: () => void) {
        messages.push(request.getMessage());
        done();
      },
    };
    const undo = replace(settings as { getEngine: () => unknown }, "getEngine", () => engine);
    try {
      await log.info("for everyone");
      await log.debug("for a person who debugs");
    } finally {
      undo();
    }
    return messages;
  }

  /** What the SDK keeps of where a promise was made. */
  const stackOf = (promise: Promise<void>) => {
    void following.debuggablePromise(promise, "a test");
    return (promise as { _debugStackTrace?: string })._debugStackTrace;
  };

  it("a promise that the SDK follows must have no stack, and leave that of an error as it is", () => {
    assert.equal(stackOf(Promise.resolve()), "Error");
    assert.match(new Error("why").stack ?? "", /^Error: why\n +at .*sdk-debugging\.test\.ts:\d+:\d+/);
  });

  it("messages that only --debug shows must not be sent, and others must be", async () => {
    assert.deepEqual(await said(), ["for everyone"]);
  });

  it("a person who searches for a promise that is never settled must have all of it", async () => {
    asBefore();
    process.env.PULUMI_DEBUG_PROMISE_LEAKS = "1";
    try {
      leaveOutDebugging();
    } finally {
      delete process.env.PULUMI_DEBUG_PROMISE_LEAKS;
    }
    assert.match(stackOf(Promise.resolve()) ?? "", /sdk-debugging\.test\.ts/);
    assert.deepEqual(await said(), ["for everyone", "for a person who debugs"]);
  });

  it("the SDK's session with the debugger must be there to be ended, as program.js ends it", async () => {
    const session = await getSessionAsync();
    assert.equal(typeof session.disconnect, "function");
    session.disconnect();
  });

  it("an error without a message must have no stack", () => {
    assert.equal(new Error().stack, "Error");
  });

  it("an error with a message must keep its stack", () => {
    assert.match(new Error("why").stack ?? "", /^Error: why\n +at .*sdk-debugging\.test\.ts:\d+:\d+/);
  });

  it("an error of another class must keep its stack", () => {
    assert.match(new TypeError().stack ?? "", /^TypeError\n +at .*sdk-debugging\.test\.ts:\d+:\d+/);
  });

  it("an error must keep its stack if nothing formatted it before", () => {
    Error.prepareStackTrace = undefined as never;
    leaveOutDebugging();
    assert.match(new Error("why").stack ?? "", /^Error: why\n +at .*sdk-debugging\.test\.ts:\d+:\d+/);
  });

  it("a second program in the process must not format errors through the first one's", () => {
    const first = Error.prepareStackTrace;
    leaveOutDebugging();
    assert.equal(Error.prepareStackTrace, first);
  });
});
