/** What is kept of the benchmark, what is compared with it, and the page and chart that are made from it. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Measurement } from "../../../tools/bench/measurement";
import { readOptions } from "../../../tools/bench/options";
import { chart } from "../../../tools/bench/record/chart";
import { differences } from "../../../tools/bench/record/compare";
import { chartOf, CHART_FILE, fill, pageOf, PAGE_FILE } from "../../../tools/bench/record/page";
import { merge, readRecord, type SpeedRecord } from "../../../tools/bench/record/record";
import type { Verdict } from "../../../tools/bench/wanted";

const verdict = (unit: string, value: number, servers = 2): Verdict => ({
  ...{ what: "a target", servers, value, unit },
  ...{ wanted: "at most 1", ok: false },
});
const worse = (unit: string, before: number, now: number) =>
  differences([verdict(unit, before)], [verdict(unit, now)])[0].worse;

describe("a comparison with recorded measurements", () => {
  it("a count must not grow at all, a ratio by at most a fifth, a time by half, memory and state by what varies", () => {
    for (const [unit, accepted, refused] of [
      ["", 10, 11],
      ["times", 12, 12.1],
      ["s", 15, 15.1],
      ["MB", 11.5, 11.6],
      ["KB", 10.3, 10.4],
    ] as const) {
      assert.equal(worse(unit, 10, accepted), false, unit);
      assert.equal(worse(unit, 10, refused), true, unit);
      assert.equal(worse(unit, 10, 1), false, unit);
    }
  });

  it("a short time must be allowed a quarter of a second, as it is mostly noise", () => {
    assert.equal(worse("s", 0.1, 0.35), false);
    assert.equal(worse("s", 0.1, 0.36), true);
  });

  it("only the same target of the same number of servers must be compared", () => {
    const before = [verdict("s", 1, 2)];
    assert.deepEqual(differences(before, [verdict("s", 9, 10), { ...verdict("s", 9), what: "another" }]), []);
  });
});

/** Enough of a measurement for chart and order. */
const measured = (servers: number, seconds: number, roundTripMilliseconds?: number) =>
  ({
    servers,
    distance: roundTripMilliseconds === undefined ? null : { roundTripMilliseconds, powershellSeconds: 3 },
    preview: { seconds },
    floor: { preview: { seconds: seconds / 2 } },
    handWritten: { preview: { seconds: seconds / 4 } },
  }) as Measurement;

const record = (measurements: Measurement[], rest: Partial<SpeedRecord> = {}): SpeedRecord => ({
  machine: { cpus: 2, node: "v24.0.0", platform: "linux", load: { before: 0, after: 1 } },
  ...{ measurements, start: {}, stacks: [], host: [] },
  ...rest,
});

describe("the record of measurements", () => {
  it("a case that is measured again must replace the old one, and others must stay, in the order of distance and number", () => {
    const before = record([measured(2, 4), measured(50, 20), measured(2, 8, 50)], {
      host: [{ what: "a start", seconds: 1 }],
      stacks: [{ stacks: 10, servers: 2, oneAfterTheOther: 40, atOnce: 30 }],
    });
    const stacks = [{ stacks: 1, servers: 2, oneAfterTheOther: 4, atOnce: 4 }];
    const merged = merge(before, record([measured(200, 80), measured(2, 3)], { stacks }));
    assert.deepEqual(
      merged.measurements.map(({ servers, preview, distance }) => [servers, preview.seconds, distance === null]),
      [
        [2, 3, true],
        [50, 20, true],
        [200, 80, true],
        [2, 8, false],
      ],
    );
    assert.deepEqual(
      merged.stacks.map((one) => one.stacks),
      [1, 10],
    );
    assert.equal(merged.host.length, 1);
  });

  it("a folder without a record must have none, rather than an empty one", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "speed-"));
    assert.equal(readRecord(path.join(folder, "speed.json")), null);
    fs.rmSync(folder, { recursive: true });
  });
});

describe("the chart of measurements", () => {
  it("each program must have one line with a point for each number of servers, a longer preview higher up", () => {
    const svg = chart([measured(50, 20), measured(2, 4)]);
    const lines = [...svg.matchAll(/<polyline class="(\w+)" points="([\d, ]+)"\/><polyline/g)];
    assert.deepEqual(
      lines.map(([, name]) => name),
      ["own", "floor", "hand"],
    );
    for (const [, , points] of lines) {
      const [first, second] = points.split(" ").map((point) => point.split(",").map(Number));
      assert.ok(first[0] < second[0] && first[1] > second[1], points);
    }
    assert.equal((svg.match(/NaN|undefined/) ?? []).length, 0);
  });

  it("one number of servers alone must be drawn as well", () => {
    assert.doesNotMatch(chart([measured(2, 4)]), /NaN|undefined/);
  });
});

describe("docs/speed.md", () => {
  it("page and chart must be what the recorded measurements make of them", async () => {
    const recorded = readRecord();
    assert.ok(recorded, "docs/speed.json is missing");
    const page = fs.readFileSync(PAGE_FILE, "utf8");
    assert.equal(page, await pageOf(page, recorded), "run npm run bench -- --record, and do not edit the tables");
    assert.equal(fs.readFileSync(CHART_FILE, "utf8"), chartOf(recorded));
  });

  it("a page without a place for a part must be refused by its name", () => {
    assert.throws(() => fill("# Speed\n", record([])), /no place for "machine"/);
  });
});

describe("the options of the benchmark", () => {
  it("numbers must be whole and in their range, and none must mean no servers", () => {
    const { servers, latency, stacks } = readOptions(["--servers", "none", "--latency", "0,50", "--stacks", "1,10"]);
    assert.deepEqual({ servers, latency, stacks }, { servers: [], latency: [0, 50], stacks: [1, 10] });
    for (const wrong of [
      ["--servers", "0"],
      ["--servers", "201"],
      ["--stacks", "21"],
      ["--runs", "1.5"],
      ["--other"],
    ]) {
      assert.throws(() => readOptions(wrong), { name: "UsageError" }, wrong.join(" "));
    }
  });
});
