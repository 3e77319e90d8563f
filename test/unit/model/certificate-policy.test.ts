import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import {
  checkCertificate,
  readCertificate,
  toPem,
  type CertificateExpectation,
} from "../../../model/certificate/certificate-policy";
import { DAY, factsOf, KeyUsageFlags, makeCertificate, NOW, type CertificateOptions } from "../../helpers/certificates";

const SUBJECT = "CN=ConnectSyncIdentity dev/sync01 g1";
const expected: CertificateExpectation = { server: "sync01", subject: SUBJECT, lifetime: "365 days" };

const make = (options: CertificateOptions = {}) => makeCertificate({ subject: SUBJECT, ...options });
const properties = (problems: { property: string }[]) => problems.map(({ property }) => property);

describe("a host's claims about a certificate", () => {
  it("a certificate must be accepted if claim, certificate and policy agree", async () => {
    assert.deepEqual(checkCertificate(factsOf(await make()), expected), []);
  });

  it("a certificate must be accepted if it begins ten minutes ago, as New-SelfSignedCertificate creates it", async () => {
    const notBefore = new Date(NOW.getTime() - 600_000);
    const der = await make({ notBefore, notAfter: new Date(NOW.getTime() + 365 * DAY) });
    assert.deepEqual(checkCertificate(factsOf(der), expected), []);
  });

  const unlike: [string, CertificateOptions, string, RegExp][] = [
    ["a key of 1024 bits", { key: 1024 }, "certificate key", /RSA 1024/],
    ["a key of 3072 bits", { key: 3072 }, "certificate key", /RSA 3072/],
    ["an elliptic-curve key", { key: "P-256" }, "certificate key", /^ECDSA$/],
    ["a SHA-1 signature", { hash: "SHA-1" }, "certificate signature hash", /SHA-1/],
    ["a SHA-384 signature", { hash: "SHA-384" }, "certificate signature hash", /SHA-384/],
    ["another subject", { subject: "CN=ConnectSyncIdentity dev/sync02 g1" }, "certificate subject", /sync02/],
    ["another generation's subject", { subject: `${SUBJECT}0` }, "certificate subject", /g10/],
    ["no key usage", { usages: null }, "certificate key usage", /flags 0/],
    [
      "a wider key usage",
      { usages: KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment },
      "certificate key usage",
      /flags 5/,
    ],
    ["a longer lifetime", { notAfter: new Date(NOW.getTime() + 730 * DAY) }, "certificate lifetime", /730 days/],
    ["a shorter lifetime", { notAfter: new Date(NOW.getTime() + 363 * DAY) }, "certificate lifetime", /363 days/],
  ];
  for (const [what, options, property, actual] of unlike) {
    it(`a certificate must be refused with ${what}, and for that alone`, async () => {
      const problems = checkCertificate(factsOf(await make(options)), expected);
      assert.deepEqual(properties(problems), [property]);
      assert.match(problems[0].actual, actual);
      assert.equal(problems[0].subject, "sync01");
      assert.equal(problems[0].code, "CERTIFICATE_POLICY");
    });
  }

  it("a certificate with a signature that names its own hash must be refused by the signature's name", async () => {
    const problems = checkCertificate(factsOf(await make({ key: "Ed25519" })), expected);
    assert.deepEqual(
      problems.map(({ property, actual }) => [property, actual]),
      [
        ["certificate key", "Ed25519"],
        ["certificate signature hash", "Ed25519"],
      ],
    );
  });

  const claims: [string, Parameters<typeof factsOf>[1] & object, string][] = [
    ["hash", { sha256: "0".repeat(64) }, "certificate SHA-256 hash"],
    ["thumbprint", { thumbprint: "0".repeat(40) }, "certificate thumbprint"],
    ["notBefore", { notBefore: "2026-09-30T12:00:00Z" }, "certificate notBefore"],
    ["notAfter", { notAfter: "2036-10-01T12:00:00Z" }, "certificate notAfter"],
    ["notAfter that is no date", { notAfter: "2026-13-45T12:00:00Z" }, "certificate notAfter"],
  ];
  for (const [what, changes, property] of claims) {
    it(`a certificate must be refused if the host claims another ${what}`, async () => {
      assert.deepEqual(properties(checkCertificate(factsOf(await make(), changes), expected)), [property]);
    });
  }

  it("a certificate must not be refused for the case of a thumbprint or for fractions of a second", async () => {
    const facts = factsOf(await make());
    const { thumbprint, notAfter } = facts;
    const same = { thumbprint: thumbprint.toLowerCase(), notAfter: notAfter.replace("Z", ".9990000Z") };
    assert.deepEqual(checkCertificate({ ...facts, ...same }, expected), []);
  });

  it("all disagreements about a certificate must be reported together", async () => {
    const der = await make({ key: 1024, subject: "CN=other" });
    const problems = checkCertificate(factsOf(der, { sha256: "0".repeat(64) }), expected);
    assert.deepEqual(properties(problems), ["certificate SHA-256 hash", "certificate subject", "certificate key"]);
  });

  it("bytes that are not a certificate must be refused", () => {
    for (const certificate of ["", "AAAA", Buffer.from("no certificate").toString("base64")]) {
      const facts = { ...emptyFacts(), certificate };
      assert.deepEqual(properties(checkCertificate(facts, expected)), ["certificate encoding"]);
    }
  });

  it("a certificate must be DER: the hash of PEM text is different", async () => {
    const pem = Buffer.from(toPem(await make()));
    assert.equal(readCertificate(pem), null);
  });

  it("a certificate must be refused with trailing bytes, which the hash would cover", async () => {
    assert.equal(readCertificate(Buffer.concat([await make(), Buffer.from([0])])), null);
  });

  it("a certificate must keep its original lifetime if none is expected", async () => {
    const der = await make({ notAfter: new Date(NOW.getTime() + 90 * DAY) });
    assert.deepEqual(checkCertificate(factsOf(der), { ...expected, lifetime: null }), []);
  });
});

describe("a lifetime", () => {
  it("a lifetime must be accepted if it differs from the declared one by a day, and no more", async () => {
    const found = async (days: number) => {
      const der = await make({ notAfter: new Date(NOW.getTime() + days * DAY) });
      return properties(checkCertificate(factsOf(der), expected));
    };
    assert.deepEqual([await found(364), await found(366)], [[], []]);
    assert.deepEqual(await found(366.1), ["certificate lifetime"]);
  });
});

describe("an adopted certificate", () => {
  const wide = KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment;
  const found = async (options: CertificateOptions, adoptedSha256?: string) => {
    const facts = factsOf(await make({ subject: "CN=by hand", ...options }));
    return properties(checkCertificate(facts, { server: "sync01", adoptedSha256: adoptedSha256 ?? facts.sha256 }));
  };

  it("an adopted certificate must be accepted by its hash, whatever its subject, lifetime and further key usages", async () => {
    assert.deepEqual(await found({ usages: wide, notAfter: new Date(NOW.getTime() + 900 * DAY) }), []);
  });

  it("an adopted certificate must be refused if it does not have the declared hash", async () => {
    assert.deepEqual(await found({}, "0".repeat(64)), ["certificate SHA-256 hash"]);
  });

  it("an adopted certificate must be refused if its key may not sign", async () => {
    assert.deepEqual(await found({ usages: KeyUsageFlags.keyEncipherment }), ["certificate key usage"]);
  });
});

describe("a certificate's public part", () => {
  it("the public part of a certificate must match what another X.509 reader reads", async () => {
    const der = await make();
    const read = readCertificate(der);
    const other = new X509Certificate(read!.pem);
    assert.ok(read);
    assert.equal(other.raw.equals(der), true);
    assert.equal(read.sha256, other.fingerprint256.replace(/:/g, "").toLowerCase());
    assert.equal(read.thumbprint, other.fingerprint.replace(/:/g, ""));
    assert.equal(new Date(other.validTo).getTime(), new Date(read.notAfter).getTime());
    assert.match(read.notBefore, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(read.subject, SUBJECT);
  });
});

function emptyFacts() {
  return {
    ...{ sha256: "", thumbprint: "", label: "", subject: "", notBefore: "", notAfter: "" },
    ...{ keyProvider: null, keyUsable: true, keyProblem: null, keyInHardware: true, acl: null },
  };
}
