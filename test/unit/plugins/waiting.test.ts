/** How often and how long the azuread stand-in looks at what it has written. */
import assert from "node:assert/strict";
import type { Graph } from "../../../sandbox/plugins/azuread/graph";
import { seenRepeatedly, type Seen } from "../../../sandbox/plugins/azuread/waiting";

/** Looks that answer one after another, the last one again and again; pauses are only counted. */
function observed(
  wait: boolean,
  answers: Seen[],
): { looks: number; pauses: number[]; run: (target: Seen) => Promise<void> } {
  const pauses: number[] = [];
  const result = {
    looks: 0,
    pauses,
    run: (target: Seen) => {
      const graph = { wait, pause: async (milliseconds: number) => void pauses.push(milliseconds) } as unknown as Graph;
      const look = async () => answers[Math.min(result.looks++, answers.length - 1)];
      return seenRepeatedly(graph, { target, interval: 5, failure: "it never came" }, look);
    },
  };
  return result;
}

describe("azuread stand-in, waiting", () => {
  it("the azuread stand-in must look five times without a pause in the sandbox", async () => {
    const seen = observed(false, ["gone"]);
    await seen.run("gone");
    assert.deepEqual([seen.looks, seen.pauses], [5, []]);
  });

  it("the azuread stand-in must wait between the looks like the real plugin if requested", async () => {
    const seen = observed(true, ["gone"]);
    await seen.run("gone");
    assert.deepEqual([seen.looks, seen.pauses], [5, [5000, 5000, 5000, 5000]]);
  });

  it("the azuread stand-in must count from the start after it sees another state", async () => {
    const seen = observed(false, ["gone", "there", "there", "gone", "there"]);
    await seen.run("there");
    assert.equal(seen.looks, 9);
    assert.equal(seen.pauses.length, 2);
  });

  it("the azuread stand-in must give up in the end", async () => {
    const seen = observed(false, ["gone"]);
    await assert.rejects(seen.run("there"), /it never came/);
  });
});
