/** Key credentials of applications: what is taken, kept, shown and refused. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { makeCertificate, type TestCertificate } from "./certificates";
import { type EmulatedTenant, refused, type Json } from "./emulated-tenant";
import { tenantFixture, type TenantFixture } from "./tenant-fixture";

describe("emulated tenant, key credentials", () => {
  const fixture = tenantFixture();
  let started: EmulatedTenant;
  let application: TenantFixture["application"];
  beforeEach(() => ({ tenant: started, application } = fixture));
  const { url } = fixture;

  let certificate: TestCertificate;
  before(async () => {
    certificate = await makeCertificate(365, "O=Contoso, CN=sync01");
  });

  const patch = (...keyCredentials: Json[]) => started.graph("PATCH", url(), { keyCredentials });
  const shift = (time: string, milliseconds: number) => new Date(Date.parse(time) + milliseconds).toISOString();
  const stored = () => started.tenant.store.application(application.id)!.keyCredentials;

  it("a key credential must be accepted as DER and as PEM, with dates and names of the certificate", async () => {
    for (const key of [certificate.der64, certificate.pem64]) {
      assert.equal((await patch({ key, type: "AsymmetricX509Cert", usage: "Verify" })).status, 204);
      const { body } = await started.graph("GET", `${url()}?$select=keyCredentials`);
      const [{ keyId, customKeyIdentifier, ...shown }] = body.keyCredentials as Json[];
      assert.match(keyId, /^[0-9a-f-]{36}$/);
      assert.match(customKeyIdentifier, /^[0-9A-F]{40}$/);
      assert.deepEqual(shown, {
        displayName: "CN=sync01, O=Contoso",
        startDateTime: certificate.notBefore,
        endDateTime: certificate.notAfter,
        key: certificate.der64,
        type: "AsymmetricX509Cert",
        usage: "Verify",
      });
    }
  });

  it("a key credential must be shown only for a single application, selected by name", async () => {
    await patch({ key: certificate.der64 });
    for (const path of [
      url(),
      "/v1.0/applications?$filter=displayName eq 'sync01'",
      "/v1.0/applications?$filter=displayName eq 'sync01'&$select=keyCredentials",
    ]) {
      const { body } = await started.graph("GET", path);
      const [{ key }] = (body.value?.[0] ?? body).keyCredentials as Json[];
      assert.equal(key, null);
    }
  });

  it("a key credential must be refused outside its certificate's validity, and if it is not a certificate", async () => {
    const early = shift(certificate.notBefore, -1000);
    const late = shift(certificate.notAfter, 1000);
    refused(await patch({ key: certificate.der64, startDateTime: early }), 400, "KeyCredentialsInvalidStartDate");
    refused(await patch({ key: certificate.der64, endDateTime: late }), 400, "KeyCredentialsInvalidEndDate");
    const turned = { startDateTime: certificate.notAfter, endDateTime: certificate.notBefore };
    refused(await patch({ key: certificate.der64, ...turned }), 400, "KeyCredentialsInvalidEndDate");
    refused(await patch({ key: Buffer.from("none").toString("base64") }), 400, "KeyCredentialsInvalidValue");
    refused(await patch({ keyId: randomUUID(), key: null }), 400, "KeyCredentialsInvalidValue");
    assert.deepEqual(stored(), []);
  });

  it("a key credential must stay unchanged if written back without a value, and never change under its id", async () => {
    const keyId = randomUUID();
    await patch({ keyId, key: certificate.der64 });
    assert.equal((await patch({ keyId, key: null })).status, 204);
    assert.equal(stored()[0].sha256, certificate.sha256);
    const other = await makeCertificate();
    refused(await patch({ keyId, key: other.der64 }), 400, "Request_BadRequest");
    const shorter = shift(certificate.notAfter, -1000);
    refused(await patch({ keyId, key: null, endDateTime: shorter }), 400, "Request_BadRequest");
    refused(await patch({ keyId, key: null }, { keyId, key: null }), 400, "Request_BadRequest");
    assert.equal(stored()[0].endDateTime, certificate.notAfter);
  });

  it("a key credential must remain after the sandbox's clock has passed its end", async () => {
    const keyId = randomUUID();
    await patch({ keyId, key: certificate.der64 });
    started.clock.ahead = 400 * 86_400;
    assert.equal((await patch({ keyId, key: null })).status, 204);
    assert.equal(stored().length, 1);
  });
});
