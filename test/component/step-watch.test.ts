/** What a run says of a step on a server that does not end; the engine is a recorder, the server a closed port. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { STEP_SECONDS } from "../../components/step-watch";
import * as hostKeys from "../../remote/host-key";
import { recordIdentity } from "../helpers/identity-recorder";
import { newResource, type Mock } from "../helpers/pulumi-recorder";
import { replace } from "../helpers/replaced";

describe("a step on a server", () => {
  const usual = { ...STEP_SECONDS };
  const restore: (() => void)[] = [];
  beforeEach(() => {
    const asked = async () => ({ kind: "key", type: "ssh-ed25519", blob: Buffer.alloc(0) }) as const;
    restore.push(replace(hostKeys, "fetchHostKey", asked));
  });
  afterEach(() => {
    Object.assign(STEP_SECONDS, usual);
    restore.splice(0).forEach((undo) => undo());
  });

  /** Each host step takes 300 ms. */
  const slow: Mock = async (resource, preview) => {
    if (resource.type.startsWith("command:")) await sleep(300);
    return newResource(resource, preview);
  };
  async function warnings(seconds: Partial<typeof STEP_SECONDS>, preview = false): Promise<string[]> {
    Object.assign(STEP_SECONDS, { program: 60, certificate: 60, registration: 60 }, seconds);
    const { log } = await recordIdentity({ mock: slow, preview });
    return log.filter(({ message }) => message.includes("STEP_OVERDUE")).map(({ message }) => message);
  }

  for (const step of ["program", "certificate", "registration"] as const) {
    it(`a run must report the step ${step} once it takes longer than its limits, with the server and what to do`, async () => {
      const found = await warnings({ [step]: 0.05 });
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(
        found[0],
        new RegExp(`^sync01: step ${step}: expected an answer within \\d+ min, found none since \\d\\d:\\d\\d UTC`),
      );
      assert.match(found[0], /its SSH port answers.*pkill -KILL pulumi.*pulumi cancel/);
    });
  }

  it("a step must be timed from its own beginning: what it waits for does not count", async () => {
    // Four steps of 300 ms come before the registration.
    assert.deepEqual(await warnings({ registration: 1.2 }), []);
  });

  it("a step that ends in time must not be reported, and a preview must report none", async () => {
    assert.deepEqual(await warnings({}), []);
    assert.deepEqual(await warnings({ program: 0.01, certificate: 0.01, registration: 0.01 }, true), []);
  });

  it("the limit of the switch must be longer than all waits that it may contain", () => {
    assert.ok(STEP_SECONDS.registration >= 180 + 2 * 1800 + 2 * 300 + 900);
  });
});
