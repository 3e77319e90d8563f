/** A certificate that was revoked is not uploaded again. What makes the engine ask for it is the end-to-end tests' business. */
import assert from "node:assert/strict";
import { revocationTag } from "../../model/server/labels";
import { recordIdentity } from "../helpers/identity-recorder";
import { healthy, observation } from "../helpers/observations";

/** Asks as the engine does before it creates the credential, of a server on generation 1. */
async function beforeUpload(tags: string[]): Promise<void> {
  const { facts, application } = await healthy();
  const seen = observation(facts, { ...application, tags: [...application.tags, ...tags] });
  const { hooks } = await recordIdentity({ seen });
  const hook = hooks.get("sync01-credential-not-revoked");
  assert.ok(hook, [...hooks.keys()].join(", "));
  await hook({});
}

describe("the upload of a certificate", () => {
  const at = new Date("2026-11-21T03:00:00Z");

  it("a certificate must be uploaded if nothing or only an earlier generation was revoked", async () => {
    await beforeUpload([]);
    await beforeUpload([revocationTag(0, at)]);
  });

  it("a certificate must not be uploaded if its generation or a later one was revoked; the error must name the way back", async () => {
    for (const generation of [1, 2]) {
      const told = /sync01: credential: .*revoked on 2026-11-21T03:00.*set rotate.*\[CREDENTIAL_REVOKED\]/;
      await assert.rejects(beforeUpload([revocationTag(generation, at)]), told);
    }
  });
});
