/** A few random sequences through the real engine, which the sequences in memory model. */
import { TestSandbox } from "../end-to-end/support";
import { pulumiSequence, PulumiSequence } from "./pulumi-sequence";

const SEEDS = [1, 2, 3];
const STEPS = 8;

describe("a random sequence through the real engine", function () {
  this.timeout(10 * 60_000);
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.open();
  });
  after(() => test?.close());

  for (const seed of SEEDS) {
    it(`a random sequence through the real engine must keep every invariant and come to rest (seed ${seed}, ${STEPS} steps)`, async () => {
      await new PulumiSequence(test).play(pulumiSequence(seed, STEPS));
    });
  }
});
