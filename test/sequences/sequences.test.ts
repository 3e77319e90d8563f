/** Random sequences over check and diff, the stand-in host program and the emulated tenant, in memory. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import { runBatch } from "./batch";
import { makeFolder } from "./play";

const SEQUENCES = 2000;
const BATCH = 100;

describe("a random sequence of events in the life of a stack", function () {
  this.timeout(10 * 60_000);
  let folder: string;
  before(() => {
    folder = makeFolder();
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  // With a different seed every day, a failure would have no cause in the change; the soak is for new seeds.
  for (let seed = 1; seed <= SEQUENCES / BATCH; seed += 1) {
    it(`a random sequence must keep every invariant and come to rest (seed ${seed}, ${BATCH} sequences)`, async () => {
      const { failure, sequences } = await runBatch({ seed, sequences: BATCH, folder });
      assert.equal(failure, null, failure ?? "");
      assert.equal(sequences, BATCH);
    });
  }
});
