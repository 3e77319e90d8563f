/** A declared service account against the service's own, by name as Windows resolves it. */
import assert from "node:assert/strict";
import { compareServiceAccount } from "../../../model/server/service-account";

const compare = (declared: string, account: string, accountSid: string | null = "S-1-5-21-1-2-3-1105") =>
  compareServiceAccount(declared, { account, accountSid }, "SYNC01");

describe("a declared service account", () => {
  it("must be unknown by its SID, and the same by its name, if the SID of the service's account is not known", () => {
    assert.equal(compare("S-1-5-21-1-2-3-1105", "CONTOSO\\gmsa$", null), "unknown");
    assert.equal(compare("contoso\\gmsa$", "CONTOSO\\gmsa$", null), "same");
    assert.equal(compare("CONTOSO\\other$", "CONTOSO\\gmsa$", null), "other");
  });

  for (const [declared, account] of [
    [".\\AAD_1", "SYNC01\\AAD_1"],
    ["sync01\\aad_1", ".\\AAD_1"],
    ["AAD_1", ".\\AAD_1"],
    ["NT SERVICE\\ADSync", "nt service\\adsync"],
    ["NT AUTHORITY\\SYSTEM", "LocalSystem"],
    ["CONTOSO\\gmsa$", "contoso\\GMSA$"],
    ["sync@contoso.com", "Sync@contoso.com"],
    ["s-1-5-21-1-2-3-1105", "CONTOSO\\gmsa$"],
  ]) {
    it(`must be the same account: ${declared} and ${account}`, () => {
      assert.equal(compare(declared, account), "same");
    });
  }

  for (const [declared, account] of [
    ["CONTOSO\\gmsa$", "NT SERVICE\\ADSync"],
    [".\\AAD_1", "CONTOSO\\AAD_1"],
    [".\\AAD_1", ".\\AAD_2"],
    ["AAD_2", "CONTOSO\\AAD_1"],
    ["S-1-5-21-1-2-3-9", "CONTOSO\\gmsa$"],
  ]) {
    it(`must be another account: ${declared} and ${account}`, () => {
      assert.equal(compare(declared, account), "other");
    });
  }

  for (const [declared, account, sid] of [
    ["sync@contoso.com", "CONTOSO\\svc-sync"],
    ["AAD_1", "CONTOSO\\AAD_1"],
    ["contoso.com\\gmsa$", "CONTOSO\\gmsa$"],
    ["FABRIKAM\\gmsa$", "CONTOSO\\gmsa$"],
    ["NT AUTHORITY\\NETWORK SERVICE", "NT-AUTORITÄT\\Netzwerkdienst", "S-1-5-20"],
  ]) {
    it(`must be left to the server to compare: ${declared} and ${account}`, () => {
      assert.equal(compare(declared, account, sid), "unknown");
    });
  }
});
