import assert from "node:assert/strict";
import { byNearness } from "../../../model/nearest";

describe("the nearest spelling", () => {
  const keys = ["role", "connection", "applicationName", "passwordWriteback", "serviceAccount", "certificate"];
  for (const [word, right] of [
    ["rôle", "role"],
    ["conection", "connection"],
    ["passwordwriteback", "passwordWriteback"],
    ["aplicationName", "applicationName"],
    ["certificates", "certificate"],
  ]) {
    it(`must be ${right} for ${word}`, () => assert.equal(byNearness(word, keys)[0], right));
  }

  it("must keep the order of equally near candidates and leave the list as it was", () => {
    const candidates = ["cat", "bat", "hat"];
    assert.deepEqual(byNearness("rat", candidates), candidates);
    byNearness("hat", candidates);
    assert.deepEqual(candidates, ["cat", "bat", "hat"]);
  });
});
