/** The wizard's table of the certificate that a connector names, in each mode, and what it says of what is not known. */
import assert from "node:assert/strict";
import { CERTIFICATE_COLUMNS, observedTable, ownTable } from "../../../model/certificate/certificate-table";
import { readCertificate, withoutBytes } from "../../../model/certificate/certificate-policy";
import { ownObservation } from "../../../model/fleet/shared-identities";
import { credentialView } from "../../../model/guard/guard-view";
import type { Observation } from "../../../model/server/observation";
import { makeCertificate } from "../../helpers/certificates";
import { healthy, IDENTITY, observation, OTHER_APP_ID, problem } from "../../helpers/observations";

const PRODUCT = "ConnectSyncProvisioning_SYNC01_0123456789ab";

/** A server whose connector is on the product's application with a certificate that only Entra shows. */
async function managed(change: (seen: Observation) => void = () => undefined) {
  const { facts, application } = await healthy();
  const der = await makeCertificate({ subject: `CN=${PRODUCT}` });
  const certificate = readCertificate(der)!;
  facts.certificates = [];
  Object.assign(facts.connector, { appId: OTHER_APP_ID, certificateSha256: certificate.sha256 });
  const [key] = application.keys;
  const held = { ...application, appId: OTHER_APP_ID, displayName: PRODUCT };
  const keys = [{ ...key, sha256: certificate.sha256 }];
  const certificates = [withoutBytes(certificate)];
  const seen: Observation = observation(facts, { ...held, keys, certificates });
  change(seen);
  return { seen, certificate };
}

const cellsOf = (table: object) => [...new Set(Object.values(table) as string[])];

describe("the wizard's table", () => {
  it("a certificate in the machine store must be shown as BYOC with manual rotation, and read from there", async () => {
    const { facts, application, certificate } = await healthy();
    const read = readCertificate(Buffer.from(certificate.certificate, "base64"))!;
    for (const mode of ["byoa", "byoc"] as const) {
      const table = observedTable(observation(facts, application), mode);
      assert.deepEqual(table, ownTable(read));
      assert.deepEqual([table.managedBy, table.automaticRotation], ["BYOC", "manual"]);
      assert.deepEqual([table.sha256, table.issuer], [read.sha256, read.issuer]);
      assert.deepEqual(Object.keys(table), CERTIFICATE_COLUMNS);
    }
  });

  it("a certificate of the product must be shown with the public part that Entra holds", async () => {
    const { seen, certificate } = await managed();
    assert.deepEqual(observedTable(seen, "managed"), {
      ...{ managedBy: "Microsoft Entra Connect Sync", automaticRotation: "automatic" },
      ...withoutBytes(certificate),
    });
  });

  it("a cell must never be empty: what is not known must say so with the reason", async () => {
    const reasons: [RegExp, (seen: Observation) => void][] = [
      [/^not known: the server could not be observed$/, (seen) => (seen.host = { facts: null, problem: problem() })],
      [/application could not be observed$/, (seen) => (seen.tenant = { application: null, problem: problem() })],
      [/the connector uses was read$/, (seen) => (seen.tenant = { application: null, problem: null })],
      [/the application does not have it$/, ({ tenant }) => (tenant.application!.certificates = [])],
      [
        /keys of the application without their bytes$/,
        ({ tenant: { application } }) => {
          application!.certificates = [];
          application!.keys[0].sha256 = null;
        },
      ],
    ];
    for (const [reason, change] of reasons) {
      const table = observedTable((await managed(change)).seen, "managed");
      assert.ok(cellsOf(table).every((cell) => cell !== ""));
      assert.match(table.serialNumber, reason);
      assert.match(table.issuer, /^not known: /);
    }
  });

  it("a connector without a certificate must be shown with the account, or as not known", async () => {
    const account = await managed(({ host }) => {
      Object.assign(host.facts!.connector, { identityType: "ServiceAccount", userName: "Sync_SYNC01_1@contoso.com" });
    });
    assert.deepEqual(cellsOf(observedTable(account.seen, "managed")), [
      "none: the connector uses the password account Sync_SYNC01_1@contoso.com",
    ]);
    const unnamed = await managed(({ host }) => (host.facts!.connector.certificateSha256 = null));
    assert.deepEqual(cellsOf(observedTable(unnamed.seen, "managed")), [
      "not known: the connector names no certificate",
    ]);
  });

  it("a certificate that left the machine store must not be called the product's", async () => {
    const { facts, application } = await healthy();
    facts.certificates = [];
    assert.equal(observedTable(observation(facts, application), "byoa").managedBy, "BYOC");
    const { seen } = await managed();
    assert.match(observedTable(seen, "byoc").managedBy, /^not known: .*or it was removed from there$/);
  });

  it("bytes of another certificate must not be shown under the hash of the one that the connector names", async () => {
    const { facts, application } = await healthy();
    facts.certificates[0] = { ...facts.certificates[0], certificate: (await makeCertificate()).toString("base64") };
    assert.match(observedTable(observation(facts, application), "byoa").serialNumber, /^not known: /);
  });

  it("texts of a certificate must be harmless where they are shown", async () => {
    const { seen } = await managed(({ tenant: { application } }) => {
      for (const details of application!.certificates!) details.issuer = "CN=one\n::error::two";
    });
    assert.doesNotMatch(observedTable(seen, "managed").issuer, /\n/);
  });

  it("guard and memory must not be given what only the table shows", async () => {
    const { seen } = await managed();
    assert.ok(seen.tenant.application?.certificates);
    assert.equal(ownObservation(seen).tenant.application?.certificates, undefined);
    assert.equal(credentialView([IDENTITY], [], seen, []).application?.certificates, undefined);
    assert.deepEqual(ownObservation(seen).tenant.application?.keys, seen.tenant.application.keys);
  });
});
