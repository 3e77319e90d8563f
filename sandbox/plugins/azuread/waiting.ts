/** Upstream's waiting for replication: a state counts after it was observed several times in a row. */
import type { Graph } from "./graph";

export type Seen = "there" | "gone";

export interface Expectation {
  target: Seen;
  /** Seconds between two reads. */
  interval: number;
  /** The message if the state does not occur. */
  failure: string;
}

const TIMES_RUNNING = 5;
/** Reads of another state that are allowed: minutes of them as upstream, or until the sandbox's lag is over. */
const PATIENCE = { upstream: 60, sandbox: 30 };
const SANDBOX_INTERVAL_MS = 500;

/**
 * Reads repeatedly until the target was observed five times in a row, with upstream's number of requests.
 *
 * The sandbox does not wait between two observations of the target, unless requested: its tenant does not lose writes.
 */
export async function seenRepeatedly(graph: Graph, expected: Expectation, look: () => Promise<Seen>): Promise<void> {
  let running = 0;
  let missed = 0;
  for (;;) {
    running = (await look()) === expected.target ? running + 1 : 0;
    if (running === TIMES_RUNNING) return;
    if (running === 0 && ++missed > (graph.wait ? PATIENCE.upstream : PATIENCE.sandbox))
      throw new Error(expected.failure);
    if (graph.wait) await graph.pause(expected.interval * 1000);
    else if (running === 0) await graph.pause(SANDBOX_INTERVAL_MS);
  }
}
