/** What stops a registration before it begins: of the key alone, the rest is tested with the memory of a server. */
import assert from "node:assert/strict";
import { CERTIFICATE_DEFAULTS } from "../../../model/certificate/certificate-policy";
import { SOFTWARE_PROVIDER } from "../../../model/protocol/host-protocol";
import { preflight } from "../../../model/server/preflight";
import { MINIMUM_VERSION } from "../../../model/server/product-table";
import { healthy } from "../../helpers/observations";

describe("the preflight of a registration", () => {
  const declared = { server: "sync01", minimumVersion: MINIMUM_VERSION, certificate: { ...CERTIFICATE_DEFAULTS } };

  it("a working software key must be refused if it is not allowed by name", async () => {
    const { facts } = await healthy();
    const software = { ...facts.certificates[0], keyInHardware: false, keyProvider: SOFTWARE_PROVIDER };
    assert.equal(preflight(facts, declared, software)?.code, "KEY_NOT_IN_HARDWARE");
    const allowed = { ...declared, certificate: { ...declared.certificate, allowSoftwareKey: true } };
    assert.equal(preflight(facts, allowed, software), null);
  });

  it("a dead key must not be refused as one outside of the hardware: no one knows where it was", async () => {
    const { facts } = await healthy();
    const dead = { ...facts.certificates[0], keyInHardware: false, keyProvider: null, keyUsable: false };
    assert.equal(preflight(facts, declared, dead), null);
  });
});
