/** What an up says of how a switch was verified. */
import assert from "node:assert/strict";
import type { RegisterRequest } from "../../model/protocol/host-protocol";
import { framed, success } from "../helpers/answers";
import { generationFacts } from "../helpers/certificates";
import { recordIdentity, type IdentityOptions } from "../helpers/identity-recorder";
import { APP_ID, healthy, IDENTITY, observation, untouched } from "../helpers/observations";
import { commandOf, newResource, type Mock } from "../helpers/pulumi-recorder";

type Verified = Record<"skipped" | "unverified", string | null>;

/** A server whose registration answers how its switch was verified. */
const answering =
  (verified: Verified): Mock =>
  async (resource, isPreview) => {
    const made = await newResource(resource, isPreview);
    const operation = commandOf(resource.inputs as Record<string, unknown>, "create");
    if (operation === "ensure-certificate") {
      const after = await generationFacts(IDENTITY, 1);
      return { ...made, state: { ...made.state, stdout: framed(success(operation, { before: after, after })) } };
    }
    if (operation !== "register") return made;
    const { appId, certificateSha256 } = JSON.parse(String(resource.inputs.stdin)) as RegisterRequest;
    const { facts } = await healthy();
    const state = { connector: { ...facts.connector, appId, certificateSha256 }, syncCycleEnabled: false };
    const result = {
      ...{ before: state, after: state, action: "linked", restoredInterruptedPause: false, repairedParameters: false },
      ...{ pausedSeconds: 0, verification: { cycle: null, ...verified } },
    };
    return { ...made, state: { ...made.state, stdout: framed(success("register", result, true)) } };
  };

const skipping = answering({ skipped: "the scheduler is off", unverified: null });
const silent = answering({ skipped: null, unverified: "The cycle left no run. Expected one, found none" });

describe("a switch without evidence", () => {
  const said = async (options: IdentityOptions) => {
    const { log } = await recordIdentity({ mock: silent, ...options });
    return log.filter(({ message }) => message.includes("SWITCH_UNVERIFIED"));
  };

  it("a switch without evidence must be reported with its reason in the up that switched", async () => {
    const [line, ...more] = await said({ seen: observation(await untouched(), null), args: { verify: "switch" } });
    assert.equal(more.length, 0);
    assert.equal(line.severity, "warning");
    assert.match(line.message, /^sync01: connector: .*The cycle left no run\..*pulumi up.*\[SWITCH_UNVERIFIED\]$/);
  });

  it("a switch without evidence must be reported again by an up that verified it in vain, and by no other", async () => {
    const { facts, application, certificate } = await healthy();
    const unverified = { since: "2026-10-01T10:00:00Z", appId: APP_ID, certificateSha256: certificate.sha256 };
    assert.equal((await said({ seen: observation({ ...facts, unverified }, application) })).length, 1);
    assert.equal((await said({ seen: observation(facts, application) })).length, 0);
  });
});

describe("a switch that was verified without a sync cycle", () => {
  const said = async (options: IdentityOptions = {}) => {
    const { log } = await recordIdentity({ mock: skipping, ...options });
    return log.filter(({ message }) => message.includes("without a synchronisation cycle"));
  };

  it("a switch that was verified without a sync cycle must be reported in the up that switched", async () => {
    const [line, ...more] = await said({ seen: observation(await untouched(), null) });
    assert.equal(more.length, 0);
    assert.equal(line.severity, "warning");
    assert.match(line.message, /^sync01: .*the scheduler is off$/);
  });

  it("a switch that was verified without a sync cycle must not be reported again by a later run from state", async () => {
    const { facts, application } = await healthy();
    assert.deepEqual(await said({ seen: observation(facts, application) }), []);
  });

  it("a switch without a sync cycle must not be reported if no cycle was requested", async () => {
    assert.deepEqual(await said({ seen: observation(await untouched(), null), args: { verify: "switch" } }), []);
  });
});
