/**
 * The stand-in of the host program after any fault at any step: the credential in use works, the scheduler comes back by
 * its deadline, nothing is left without an owner, and the next run finishes the job.
 *
 * What it does not prove: the program itself; host-program/Tests/Faults.Tests.ps1 holds the same for it.
 */
import assert from "node:assert/strict";
import * as path from "node:path";
import { OPERATION_FAULT_SCENARIOS, ScenarioWorld } from "../../helpers/fault-scenarios";
import { FAULT_KINDS, problemsAt, stepsOf } from "../../helpers/fault-table";

describe("faults at any step of the stand-in of the host program", function () {
  this.timeout(120_000);
  let world: ScenarioWorld;
  before(async () => {
    world = await ScenarioWorld.make();
  });
  after(() => world.close());

  for (const name of OPERATION_FAULT_SCENARIOS) {
    for (const [fault, kind] of Object.entries(FAULT_KINDS)) {
      it(`${name} must leave the server in order: ${fault}`, async () => {
        const scenario = await world.scenario(name);
        const cells = { ...world.surroundings, folder: path.join(world.surroundings.folder, "cell") };
        const problems: string[] = [];
        for (const step of await stepsOf(cells, scenario, kind)) {
          problems.push(...(await problemsAt(cells, scenario, kind, step)));
        }
        assert.equal(problems.join("\n"), "");
      });
    }
  }
});
