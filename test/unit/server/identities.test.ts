import assert from "node:assert/strict";
import { machineSid, serviceAccount } from "../../../sandbox/server/identities";

describe("identities of an emulated server", () => {
  it("a service's SID must be derived as in Windows", () => {
    // The published SID of NT SERVICE\TrustedInstaller.
    const expected = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";
    assert.equal(serviceAccount("TrustedInstaller").sid, expected);
  });

  it("two computers must have two SIDs", () => {
    assert.notEqual(machineSid("SYNC01"), machineSid("SYNC02"));
    assert.match(machineSid("SYNC01"), /^S-1-5-21(-\d+){3}$/);
  });
});
