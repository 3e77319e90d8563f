/** What a run asks before it makes an application. Whether the engine asks it is shown by the end-to-end tests. */
import assert from "node:assert/strict";
import { recordIdentity } from "../helpers/identity-recorder";
import { namesake } from "../helpers/finding-cases";
import { healthy, observation, problem, untouched } from "../helpers/observations";
import type { Observation } from "../../model/server/observation";

async function beforeCreation(seen: Observation, hookName = "beforeCreate"): Promise<void> {
  // A preview registers everything, regardless of what stops the server, and the hooks are the same ones.
  const { hooks } = await recordIdentity({ seen, preview: true });
  const found = [...hooks].filter(([name]) => name.includes(`:Application_sync01-application_${hookName}`));
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

  it("an application must not be created, nor renamed, to a name that another one has, with the way out", async () => {
    const named = [namesake("another object")];
    const { facts, application } = await healthy();
    const bare = { ...observation(await untouched(), null), named };
    await assert.rejects(beforeCreation(bare), /found application 99999999.*applicationName.*APPLICATION_NAME_TAKEN/);
    const before = { ...observation(facts, { ...application, displayName: "former name" }), named };
    await assert.rejects(beforeCreation(before, "beforeUpdate"), /APPLICATION_NAME_TAKEN/);
  });

  it("an application that has its name must go on being changed, though another one has it, too", async () => {
    const { facts, application } = await healthy();
    const named = [namesake(application.objectId), namesake("another object")];
    await beforeCreation({ ...observation(facts, application), named }, "beforeUpdate");
  });

  it("an application must not be created if the tenant could not be searched", async () => {
    const seen: Observation = {
      host: { facts: await untouched(), problem: null },
      tenant: { application: null, problem: problem({ code: "GRAPH_FORBIDDEN" }) },
    };
    await assert.rejects(beforeCreation(seen), /GRAPH_FORBIDDEN/);
  });
});
