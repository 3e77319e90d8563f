import assert from "node:assert/strict";
import { median, type Measurement } from "../../../tools/bench/measurement";
import { judge } from "../../../tools/bench/wanted";

const GOOD: Measurement = {
  servers: 2,
  plugins: "stand-in",
  host: "model",
  up: 10,
  preview: 4.5,
  previews: [4.5],
  floor: { up: 5, preview: 3, previews: [3] },
  perPreview: {
    sshSessions: 2,
    sshSessionsOfOneServer: 1,
    sshSessionsAtOnce: 2,
    graphRequests: 2,
    pluginGraphRequests: 2,
  },
  stateBytes: 40 * 1024,
  pausing: { switches: 2, pausedSeconds: 3, idleSeconds: 1, inPreviews: 0 },
};

const missed = (measurement: Measurement) => judge(measurement).filter(({ ok }) => !ok);

describe("bench limits", () => {
  it("all limits must be met by a measurement that just reaches them", () => {
    assert.deepEqual(missed(GOOD), []);
  });

  const { perPreview, pausing } = GOOD;
  const cases: [string, Partial<Measurement>][] = [
    ["a preview of more than one and a half times its floor", { preview: 4.51 }],
    ["a session of one server only", { perPreview: { ...perPreview, sshSessions: 1 } }],
    ["two sessions of a server", { perPreview: { ...perPreview, sshSessionsOfOneServer: 2 } }],
    ["sessions one after the other", { perPreview: { ...perPreview, sshSessionsAtOnce: 1 } }],
    ["more state", { stateBytes: 40 * 1024 + 1 }],
    ["a pause longer than its switch", { pausing: { ...pausing, idleSeconds: 1.01 } }],
    ["a pause in a preview", { pausing: { ...pausing, inPreviews: 0.01 } }],
    ["a server that was not switched, as then no pause was measured", { pausing: { ...pausing, switches: 1 } }],
  ];
  for (const [what, change] of cases) {
    it(`a limit must not be met by ${what}`, () => {
      assert.equal(missed({ ...GOOD, ...change }).length, 1);
    });
  }

  it("the time of a preview must be judged only for two servers, everything else for every number", () => {
    const ten = { ...GOOD, servers: 10, preview: 100 };
    const words = (measurement: Measurement) => judge(measurement).map(({ what }) => what);
    assert.deepEqual(words(ten), words(GOOD).slice(1));
    assert.deepEqual(
      missed(ten).map(({ wanted }) => wanted),
      ["10", "10", "10"],
    );
  });
});

describe("median", () => {
  it("the median must be the middle value, or the mean of the two middle values", () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([4, 1, 9, 6]), 5);
    assert.throws(() => median([]));
  });
});
