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
    it(`the nearest spelling of ${word} must be ${right}`, () => assert.equal(byNearness(word, keys)[0], right));
  }

  it("a spelling must be near only if at most half of it differs", () => {
    assert.ok(isNear("life", "lifetime"));
    assert.ok(isNear("HOSTKEY", "hostKey"));
    assert.ok(!isNear("privateKey", "hostKey"));
    assert.ok(!isNear("password", "port"));
  });

  it("equally near candidates must keep their order, and the list must stay unchanged", () => {
    const candidates = ["cat", "bat", "hat"];
    assert.deepEqual(byNearness("rat", candidates), candidates);
    byNearness("hat", candidates);
    assert.deepEqual(candidates, ["cat", "bat", "hat"]);
  });
});
