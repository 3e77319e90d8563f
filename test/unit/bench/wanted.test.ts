import assert from "node:assert/strict";
import { median, type Measurement, type Previews } from "../../../tools/bench/measurement";
import { judge, judgeAll, judgeStart } from "../../../tools/bench/wanted";

const previews = (seconds: number): Previews => ({ seconds, all: [seconds], cpuSeconds: 4, sandboxCpuSeconds: 1 });
const MEGABYTE = 1024 * 1024;

/** Just reaches every limit. */
const GOOD: Measurement = {
  servers: 2,
  distance: null,
  plugins: "stand-in",
  host: "model",
  up: { seconds: 12, onServers: 5 },
  preview: previews(3.3),
  floor: { up: 5, preview: previews(3), size: { resources: 27, bytes: 80 * 1024 } },
  terraform: null,
  handWritten: { preview: previews(3.3) },
  rotation: 9,
  doctor: 2,
  report: 2,
  processes: [
    { kind: "engine", count: 1, cpuSeconds: 1, peakBytes: 900 * MEGABYTE },
    { kind: "the program", count: 1, cpuSeconds: 1, peakBytes: 150 * MEGABYTE },
    { kind: "own resources", count: 1, cpuSeconds: 1, peakBytes: 100 * MEGABYTE },
  ],
  perPreview: {
    sshSessions: 2,
    sshSessionsOfOneServer: 1,
    sshSessionsAtOnce: 2,
    hostRound: 0.5,
    graphRequests: 1,
    pluginGraphRequests: 0,
    bytes: null,
  },
  size: { resources: 29, bytes: 80 * 1024 },
  pausing: { switches: 2, pausedSeconds: 3, idleSeconds: 2, inPreviews: 0 },
};

const missed = (measurement: Measurement) => judge(measurement).filter(({ ok }) => !ok);

describe("bench limits", () => {
  it("all limits must be met by a measurement that just reaches them", () => {
    assert.deepEqual(missed(GOOD), []);
  });

  const { perPreview, pausing } = GOOD;
  const cases: [string, Partial<Measurement>][] = [
    ["a preview of more than 1.1 times the bare engine's", { floor: { ...GOOD.floor, preview: previews(2.9) } }],
    ["a preview slower than a hand-written program's", { handWritten: { preview: previews(3.2) } }],
    ["a first up of more than 1.2 times the engine's and the servers' time", { up: { seconds: 12.1, onServers: 5 } }],
    ["a slow doctor", { doctor: 2.1 }],
    ["a slow report", { report: 2.1 }],
    ["a session of one server only", { perPreview: { ...perPreview, sshSessions: 1 } }],
    ["two sessions of a server", { perPreview: { ...perPreview, sshSessionsOfOneServer: 2 } }],
    ["sessions one after the other", { perPreview: { ...perPreview, sshSessionsAtOnce: 1 } }],
    ["a second request to Graph", { perPreview: { ...perPreview, pluginGraphRequests: 1 } }],
    ["more state", { size: { ...GOOD.size, bytes: 80 * 1024 + 1 } }],
    [
      "more memory of the providers",
      { processes: [{ kind: "azuread", count: 1, cpuSeconds: 1, peakBytes: 251 * MEGABYTE }] },
    ],
    ["a pause longer than its switch", { pausing: { ...pausing, idleSeconds: 2.01 } }],
    ["a pause in a preview", { pausing: { ...pausing, inPreviews: 0.01 } }],
    ["a server that was not switched, as then no pause was measured", { pausing: { ...pausing, switches: 1 } }],
  ];
  for (const [what, change] of cases) {
    it(`a limit must not be met by ${what}`, () => {
      assert.equal(missed({ ...GOOD, ...change }).length, 1);
    });
  }

  it("at a distance one round to the host and one to Graph must be left out, and counts not be judged again", () => {
    const distance = { roundTripMilliseconds: 50, powershellSeconds: 3 };
    const far = { ...GOOD, distance, preview: previews(3.3 + 0.5 + 0.3) };
    assert.deepEqual(missed(far), []);
    assert.equal(missed({ ...far, preview: previews(4.2) }).length, 2);
    assert.deepEqual(
      judge(far).filter(({ what }) => !what.endsWith(", at 50 ms")),
      [],
    );
  });

  it("memory that could not be read must not be judged", () => {
    const words = (measurement: Measurement) => judge(measurement).map(({ what }) => what);
    assert.deepEqual(
      words(GOOD).filter((what) => !words({ ...GOOD, processes: null }).includes(what)),
      ["memory of program and providers"],
    );
  });

  it("a rotation must be compared with that among the fewest servers at the same distance", () => {
    const distance = { roundTripMilliseconds: 50, powershellSeconds: 3 };
    const ten = { ...GOOD, servers: 10, rotation: GOOD.rotation + 1.1 };
    const rotations = (all: Measurement[]) =>
      judgeAll(all).filter(({ what, ok }) => what.startsWith("rotation") && !ok).length;
    assert.equal(rotations([ten, GOOD]), 1);
    assert.equal(rotations([ten, { ...GOOD, distance }]), 0);
  });

  it("the command must start within 0.15 s", () => {
    assert.deepEqual(
      judgeStart({ "--help": 0.15, "--version": 0.16 }).map(({ ok }) => ok),
      [true, false],
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
