/** The maximum number of time spans that overlap. */
import type { SessionSpan } from "../../sandbox/server/ssh-server";

/** A span that ends when another begins does not overlap it. */
export function mostAtOnce(spans: readonly SessionSpan[]): number {
  const edges = spans.flatMap(({ begin, end }) => [
    { at: begin, step: 1 },
    { at: end, step: -1 },
  ]);
  edges.sort((left, right) => left.at - right.at || left.step - right.step);
  let now = 0;
  let most = 0;
  for (const { step } of edges) {
    now += step;
    most = Math.max(most, now);
  }
  return most;
}

/** Seconds in which at least one span was open. */
export function secondsWithAny(spans: readonly SessionSpan[]): number {
  const inOrder = [...spans].sort((left, right) => left.begin - right.begin);
  let total = 0;
  let until = -Infinity;
  for (const { begin, end } of inOrder) {
    total += Math.max(0, end - Math.max(begin, until));
    until = Math.max(until, end);
  }
  return total / 1000;
}
