import assert from "node:assert/strict";
import { byNearness, isNear } from "../../../model/text/nearest";

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

  it("must only be near where at most half of it differs", () => {
    assert.ok(isNear("life", "lifetime"));
    assert.ok(isNear("HOSTKEY", "hostKey"));
    assert.ok(!isNear("privateKey", "hostKey"));
    assert.ok(!isNear("password", "port"));
  });

  it("must keep the order of equally near candidates and leave the list as it was", () => {
    const candidates = ["cat", "bat", "hat"];
    assert.deepEqual(byNearness("rat", candidates), candidates);
    byNearness("hat", candidates);
    assert.deepEqual(candidates, ["cat", "bat", "hat"]);
  });
});
