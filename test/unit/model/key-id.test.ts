/** The derived id of a key credential, and to which servers it applies. */
import assert from "node:assert/strict";
import { keyIdOf } from "../../../model/certificate/key-id";
import { nextState } from "../../../model/server/server-state";
import type { ServerState } from "../../../model/server/server-facts";
import { generationFacts } from "../../helpers/certificates";
import {
  application,
  hostFacts,
  IDENTITY,
  observation,
  serverInputs,
  OTHER_SHA256 as SHA256,
} from "../../helpers/observations";

const UNKNOWN_ID = "99999999-1111-4333-8444-555555555555";

async function seen(keyId: string | null) {
  const certificate = await generationFacts(IDENTITY, 1);
  const held = application(certificate);
  held.keys = keyId === null ? [] : [{ ...held.keys[0], keyId: keyId || keyIdOf(certificate.sha256) }];
  return observation(hostFacts(certificate), held);
}
const state = async (keyId: string | null) => nextState(undefined, serverInputs(await seen(keyId)));

describe("the id of a key credential", () => {
  it("the id must be a GUID that depends on the certificate alone", () => {
    assert.match(keyIdOf(SHA256), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(keyIdOf(SHA256), keyIdOf(SHA256));
    assert.notEqual(keyIdOf(SHA256), keyIdOf(SHA256.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))));
  });

  it("the id must be derived for a server that Entra holds no key of, or its certificate under that id", async () => {
    for (const keyId of [null, ""]) assert.equal((await state(keyId)).keyIdDerived, true, String(keyId));
  });

  it("the id must stay as it is for a certificate that Entra holds under another one", async () => {
    assert.equal((await state(UNKNOWN_ID)).keyIdDerived, false);
  });

  it("the id of a server of an earlier release must be derived from its next rotation on", async () => {
    const { keyIdDerived, ...old } = await state(UNKNOWN_ID);
    assert.equal(keyIdDerived, false);
    const inputs = serverInputs(await seen(UNKNOWN_ID));
    assert.equal(nextState(old as ServerState, inputs).keyIdDerived, false);
    assert.equal(nextState(old as ServerState, { ...inputs, rotate: "now" }).keyIdDerived, true);
  });
});
