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
  it("an application must be created if no application carries the server's marker", async () => {
    await beforeCreation(observation(await untouched(), null));
  });

  it("an application must not be created if another one carries the server's marker: state would know it", async () => {
    const { facts, application } = await healthy();
    await assert.rejects(beforeCreation(observation(facts, application)), /APPLICATION_UNKNOWN/);
  });

  it("an application must not be created if the tenant could not be searched", async () => {
    const seen: Observation = {
      host: { facts: await untouched(), problem: null },
      tenant: { application: null, problem: problem({ code: "GRAPH_FORBIDDEN" }) },
    };
    await assert.rejects(beforeCreation(seen), /GRAPH_FORBIDDEN/);
  });
});
