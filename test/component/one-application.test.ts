/** What a run asks before it makes an application. Whether the engine asks it is shown by the end-to-end tests. */
import assert from "node:assert/strict";
import { recordIdentity } from "../helpers/identity-recorder";
import { healthy, observation, problem, untouched } from "../helpers/observations";
import type { Observation } from "../../model/server/observation";

async function beforeCreation(seen: Observation): Promise<void> {
  const { hooks } = await recordIdentity({ seen });
  const found = [...hooks].filter(([name]) => name.includes(":Application_sync01-application_beforeCreate"));
  assert.equal(found.length, 1);
  for (const [, hook] of found) await hook({});
}

describe("the creation of an application", () => {
  it("must go on where no application carries the server's marker", async () => {
    await beforeCreation(observation(await untouched(), null));
  });

  it("must stop where one does: state would know it if it were ours to make", async () => {
    const { facts, application } = await healthy();
    await assert.rejects(beforeCreation(observation(facts, application)), /APPLICATION_UNKNOWN/);
  });

  it("must stop where the tenant could not be asked", async () => {
    const seen: Observation = {
      host: { facts: await untouched(), problem: null },
      tenant: { application: null, problem: problem({ code: "GRAPH_FORBIDDEN" }) },
    };
    await assert.rejects(beforeCreation(seen), /GRAPH_FORBIDDEN/);
  });
});
