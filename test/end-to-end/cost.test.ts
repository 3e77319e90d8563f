/**
 * What a run costs beyond time: sessions, requests, pauses, and the programs that the benchmark compares it with. Times are the
 * benchmark's matter.
 */
import assert from "node:assert/strict";
import { measure } from "../../tools/bench/measure";
import type { Measurement } from "../../tools/bench/measurement";

const SERVERS = 2;
const LIMIT_MILLISECONDS = 600_000;

describe("the cost of a run", () => {
  let measured: Measurement;
  before(async () => {
    const deadline = performance.now() + LIMIT_MILLISECONDS;
    const log = () => undefined;
    measured = await measure({ servers: SERVERS, distance: undefined, runs: 1, deadline: () => deadline, log });
  });

  it("a preview must log in once at each server, at all at the same time, and ask Graph at most four times by itself", () => {
    const { sshSessions, sshSessionsOfOneServer, sshSessionsAtOnce, graphRequests, pluginGraphRequests } =
      measured.perPreview;
    assert.deepEqual([sshSessions, sshSessionsOfOneServer, sshSessionsAtOnce], [SERVERS, 1, SERVERS]);
    // All searches and what is read of the tenant; all applications; with the role holders of three programs, a third page of them, and
    // then their names. A tenant whose role holders fit on two pages has two requests, and one for the audit log if any is undeclared.
    assert.ok(graphRequests <= 4, `${graphRequests} requests to Graph`);
    assert.ok(pluginGraphRequests <= 2, `${pluginGraphRequests} requests of the plugin to Graph`);
  });

  it("the first up must switch each server once, and pause its scheduler for no more than the switch and two seconds", () => {
    const { switches, idleSeconds, inPreviews } = measured.pausing;
    assert.deepEqual({ switches, inPreviews }, { switches: SERVERS, inPreviews: 0 });
    assert.ok(idleSeconds <= 2, `paused for ${idleSeconds} s beyond the switch`);
  });

  it("the state of a server must be at most 50 KB without whitespace", () => {
    const bytes = measured.size.bytes / SERVERS;
    assert.ok(bytes <= 50 * 1024, `${bytes} bytes`);
  });
});
