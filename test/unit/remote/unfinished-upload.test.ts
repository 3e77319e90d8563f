import assert from "node:assert/strict";
import { releaseKeyId } from "../../../remote/unfinished-upload";
import { fakeGraph, tenantWith } from "../../helpers/fake-graph";
import { withFetch } from "../../helpers/fetching";
import { OBJECT_ID } from "../../helpers/observations";

const DECLARED = "0a0a0a0a-1111-8333-8444-555555555555";
const OTHER = { keyId: "99999999-1111-4333-8444-555555555555", key: "another certificate", displayName: "CN=other" };

/** Releases the declared id where an application has these entries. */
async function release(keyCredentials: object[]) {
  const written: unknown[] = [];
  const answers = {
    [`GET applications/${OBJECT_ID}`]: { id: OBJECT_ID, keyCredentials },
    [`PATCH applications/${OBJECT_ID}`]: ({ body }: { body: unknown }) => (written.push(body), {}),
  };
  const { result } = await withFetch(fakeGraph(answers), () => releaseKeyId(tenantWith(), OBJECT_ID, DECLARED));
  return { released: result, written };
}

describe("the id of an upload that was cut off", () => {
  it("an entry with the id must get another one in a single write that loses no certificate", async () => {
    const left = { keyId: DECLARED.toUpperCase(), key: "the certificate", displayName: "CN=own" };
    const { released, written } = await release([OTHER, left]);
    assert.equal(released, true);
    const [{ keyCredentials }] = written as { keyCredentials: (typeof left)[] }[];
    assert.equal(written.length, 1);
    assert.deepEqual(keyCredentials[0], OTHER);
    const { keyId, ...rest } = keyCredentials[1];
    assert.deepEqual(rest, { key: left.key, displayName: left.displayName });
    assert.match(keyId, /^[0-9a-f-]{36}$/);
    assert.notEqual(keyId, DECLARED);
  });

  it("nothing must be written if no entry has the id, or Entra does not show its certificate", async () => {
    for (const entries of [[], [OTHER], [OTHER, { keyId: DECLARED, key: null }]]) {
      assert.deepEqual(await release(entries), { released: false, written: [] });
    }
  });
});
