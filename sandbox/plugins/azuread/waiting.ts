/** Upstream's waiting for replication: a state counts once it was seen several times running. */
import type { Graph } from "./graph";

export type Seen = "there" | "gone";

export interface Expectation {
  target: Seen;
  /** Seconds between two looks. */
  interval: number;
  /** Told where it does not come about. */
  failure: string;
}

const TIMES_RUNNING = 5;
/** Looks at the wrong state that are allowed: minutes of them as upstream, or until the sandbox's lag is over. */
const PATIENCE = { upstream: 60, sandbox: 30 };
const SANDBOX_INTERVAL_MS = 500;

/**
 * Looks again and again until the target was seen five times running, with upstream's number of requests.
 *
 * Between two sights of the target the sandbox does not wait, unless asked to: its tenant does not forget.
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
