/**
 * What a run costs beyond time: sessions, requests, pauses, and the programs that the benchmark compares it with. Times are the
 * benchmark's matter.
 */
import assert from "node:assert/strict";
import { measure } from "../../tools/bench/measure";
import type { Measurement } from "../../tools/bench/measurement";

const SERVERS = 2;
const LIMIT_MILLISECONDS = 600_000;
/** Bytes are counted on the way only; so far away that it counts, and near enough to take no time. */
const NEAR = { roundTripMilliseconds: 1, powershellSeconds: 0 };
/** A tenth more than there were. */
const MOST_BYTES = 80 * 1024;

describe("the cost of a run", () => {
  let measured: Measurement;
  before(async () => {
    const deadline = performance.now() + LIMIT_MILLISECONDS;
    const log = () => undefined;
    measured = await measure({ servers: SERVERS, distance: NEAR, runs: 1, deadline: () => deadline, log });
  });

  it("a preview must log in once at each server, at all at the same time", () => {
    const { sshSessions, sshSessionsOfOneServer, sshSessionsAtOnce } = measured.perPreview;
    assert.deepEqual([sshSessions, sshSessionsOfOneServer, sshSessionsAtOnce], [SERVERS, 1, SERVERS]);
  });

  it("a preview must ask Graph twice: for everything that can be searched for, then for what belongs to it", () => {
    const { graphRequests, pluginGraphRequests } = measured.perPreview;
    assert.deepEqual({ graphRequests, pluginGraphRequests }, { graphRequests: 2, pluginGraphRequests: 0 });
  });

  it("a preview must send and receive 80 KB at most through SSH and to Graph", () => {
    assert.ok(measured.perPreview.bytes! <= MOST_BYTES, `${measured.perPreview.bytes} bytes`);
  });

  it("a preview must start one process for each plugin, one for the own resources and one for the program", function () {
    if (measured.processes === null) return this.skip();
    const started = measured.processes.map(({ kind, count }) => [kind, count]);
    const one = ["the program", "own resources", "azuread", "command", "engine"];
    assert.deepEqual(
      started.filter(([kind]) => one.includes(String(kind))).sort(),
      one.map((kind) => [kind, 1]).sort(),
    );
  });

  it("the first up must switch each server once, and pause its scheduler for no more than the switch and two seconds", () => {
    const { switches, idleSeconds, inPreviews } = measured.pausing;
    assert.deepEqual({ switches, inPreviews }, { switches: SERVERS, inPreviews: 0 });
    assert.ok(idleSeconds <= 2, `paused for ${idleSeconds} s beyond the switch`);
  });

  it("the state of a server must be at most 49 KB without whitespace", () => {
    const bytes = measured.size.bytes / SERVERS;
    assert.ok(bytes <= 49 * 1024, `${bytes} bytes`);
  });
});
