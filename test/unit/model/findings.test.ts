import assert from "node:assert/strict";
import { formatDiagnostic, type Diagnostic } from "../../../model/diagnostics/diagnostic";
import { AREAS, type FindingCode } from "../../../model/diagnostics/registry";
import { newestGeneration } from "../../../model/certificate/generations";
import type { ObservedApplication } from "../../../model/server/observation";
import { generationFacts, makeCertificate, factsOf, NOW, DAY } from "../../helpers/certificates";
import { accessRule as rule, FINDING_CASES as CASES, type Change } from "../../helpers/finding-cases";
import {
  APP_ID,
  application,
  assess,
  expectation,
  healthy,
  hostFacts,
  IDENTITY,
  OTHER_SHA256,
  untouched,
} from "../../helpers/observations";

const codes = (found: Diagnostic[]) => found.map(({ code }) => code);

async function assessed(change: Change): Promise<Diagnostic[]> {
  const seen: Parameters<Change>[0] = await healthy();
  const changes = change(seen) ?? {};
  return assess(seen.facts, seen.gone ? null : seen.application, expectation(changes), 1);
}

describe("a finding", () => {
  for (const [code, cases] of Object.entries(CASES)) {
    for (const [what, change] of Object.entries(cases)) {
      it(`must be ${code}, and no other, where ${what}`, async () => {
        assert.deepEqual(codes(await assessed(change)), [code]);
      });
    }
  }

  it("must have the cure of its registration, and a remedy if a person has to act", async () => {
    for (const [code, cases] of Object.entries(CASES)) {
      for (const change of Object.values(cases)) {
        const [found] = await assessed(change);
        assert.equal(found.cure, AREAS.findings[code as FindingCode].cure, code);
        if (found.cure === "nothing" || code === "sign-in-awaited") assert.notDeepEqual(found.remedy, [], code);
      }
    }
  });

  it("must be one line of code, expected and actual, without undefined or null in it", async () => {
    for (const [code, cases] of Object.entries(CASES)) {
      for (const change of Object.values(cases)) {
        const line = formatDiagnostic((await assessed(change))[0]);
        assert.match(line, new RegExp(`^sync01: ${code}: expected .+, found .+\\.`));
        assert.doesNotMatch(line, /undefined|null|\n|: expected ,|found \./);
      }
    }
  });

  it("must go by SID: an account that the service no longer runs as may not keep its access", async () => {
    const found = await assessed(({ facts }) => void (facts.service.accountSid = "S-1-5-21-1-2-3-1104"));
    assert.deepEqual(codes(found), ["key-acl-lost", "key-acl-wide"]);
  });

  it("must stand beside others that are true at the same time", async () => {
    const found = await assessed(({ facts, certificate }) => {
      certificate.acl = [rule("S-1-1-0")];
      facts.passwordWriteback = true;
      facts.connector.parameters.CertificateId = null;
    });
    assert.deepEqual(codes(found).sort(), [
      "connector-parameters-blank",
      "key-acl-lost",
      "key-acl-wide",
      "writeback-undeclared",
    ]);
  });
});

describe("a healthy server", () => {
  it("must have no finding", async () => {
    assert.deepEqual(await assessed(() => undefined), []);
  });

  for (const [what, change] of Object.entries<Change>({
    "older generations lie beside the current one": (seen) => {
      const older = { ...seen.certificate, label: "ConnectSyncIdentity dev/sync01 g7", sha256: OTHER_SHA256 };
      seen.facts.certificates.push({ ...older, keyUsable: false });
      seen.application.keys.push({ ...seen.application.keys[0], subject: `CN=${older.label}`, sha256: OTHER_SHA256 });
    },
    "a person disabled the scheduler": ({ facts }) => void (facts.scheduler.SyncCycleEnabled = false),
    "writeback cannot be told": ({ facts }) => void (facts.passwordWriteback = null),
    "a rule denies everybody else": ({ certificate }) => void certificate.acl!.push(rule("S-1-1-0", false)),
    "the accounts have other names": ({ certificate }) =>
      void certificate.acl!.forEach((entry) => (entry.account = entry.sid)),
    "the certificate lasts a second longer than the window": ({ facts, certificate }) =>
      void (facts.takenAt = new Date(Date.parse(certificate.notAfter) - 180 * DAY - 1000).toISOString()),
    "the program was never installed": ({ facts }) => {
      facts.program = { sha256: null, problem: "no manifest.json" };
      return { programInstalled: false };
    },
  })) {
    it(`must have no finding where ${what}`, async () => {
      assert.deepEqual(codes(await assessed(change)), []);
    });
  }
});

describe("the rotation window", () => {
  it("must begin at its very instant, by the host's clock and not by ours", async () => {
    const { certificate } = await healthy();
    const due = Date.parse(certificate.notAfter) - 180 * DAY;
    const at = (instant: number) => assessed(({ facts }) => void (facts.takenAt = new Date(instant).toISOString()));
    assert.deepEqual(codes(await at(due - 1)), []);
    assert.deepEqual(codes(await at(due)), ["rotation-due"]);
  });

  it("must be as long as declared", async () => {
    const der = await makeCertificate({
      subject: "CN=ConnectSyncIdentity dev/sync01 g1",
      notAfter: new Date(NOW.getTime() + 30 * DAY),
    });
    const short = factsOf(der);
    const found = (rotateBefore: "29 days" | "30 days") => {
      const certificate = { ...expectation().certificate, rotateBefore };
      return codes(assess(hostFacts(short), application(short), expectation({ certificate }), 1));
    };
    assert.deepEqual(found("29 days"), []);
    assert.deepEqual(found("30 days"), ["rotation-due"]);
  });
});

describe("before the application exists", () => {
  it("must be nothing to find on a server that is onboarded for the first time", async () => {
    const expected = expectation({ appId: null, programInstalled: false });
    assert.deepEqual(assess(await untouched(), null, expected, 1), []);
  });

  it("must be told what concerns the server alone", async () => {
    const facts = { ...(await untouched()), passwordWriteback: true };
    const expected = expectation({ appId: null, programInstalled: false });
    assert.deepEqual(codes(assess(facts, null, expected, 1)), ["writeback-undeclared"]);
  });
});

describe("a generation that never reached Entra", () => {
  const empty: ObservedApplication = { ...application(), appId: APP_ID };

  it("must not be missed where the host made no certificate of it", async () => {
    const { facts, application: seen } = await healthy(1);
    assert.deepEqual(codes(assess(facts, seen, expectation(), 2)), []);
  });

  it("must not be missed in Entra where only the host's certificate was made", async () => {
    const { facts, application: seen } = await healthy(1);
    facts.certificates.push(structuredClone(await generationFacts(IDENTITY, 2)));
    const found = codes(assess(facts, seen, expectation(), 2));
    assert.ok(!found.includes("credential-missing"), found.join());
  });

  it("must tell of a key that no registration would take, as nothing else would make another one", async () => {
    const { facts } = await healthy();
    facts.connector.certificateSha256 = OTHER_SHA256;
    facts.certificates[0].keyProvider = "Microsoft Software Key Storage Provider";
    const found = assess(facts, { ...empty }, expectation(), 1);
    assert.deepEqual(codes(found), ["key-not-in-tpm", "connector-other-certificate"]);
  });

  it("must not be missed on an application that the connector does not use yet", async () => {
    const found = codes(assess(await untouched(), empty, expectation({ programInstalled: false }), 1));
    assert.deepEqual(found, ["connector-password-account"]);
  });

  it("must be missed as soon as Entra holds its key", async () => {
    const { facts, application: seen } = await healthy(1);
    seen.keys.push(...application(await generationFacts(IDENTITY, 2)).keys);
    assert.deepEqual(codes(assess(facts, seen, expectation(), 2)), ["certificate-missing"]);
  });
});

describe("blank parameters", () => {
  it("must be healed only where the repair is asked for by name", async () => {
    const blank: Change = ({ facts }) => {
      facts.connector.parameters.CertificateId = null;
      return { repairConnectivityParameters: true };
    };
    const [found] = await assessed(blank);
    assert.deepEqual([found.code, found.cure, found.remedy], ["connector-parameters-blank", "registration", []]);
  });
});

describe("the newest generation", () => {
  it("must be the highest that host or Entra hold of this server", async () => {
    const [one, three] = [await generationFacts(IDENTITY, 1), await generationFacts(IDENTITY, 3)];
    const foreign = await generationFacts({ stack: "dev", server: "sync02" }, 9);
    assert.equal(newestGeneration(hostFacts(one), application(three), IDENTITY), 3);
    assert.equal(newestGeneration(hostFacts(three), application(one), IDENTITY), 3);
    assert.equal(newestGeneration(hostFacts(foreign), application(foreign), IDENTITY), 0);
    assert.equal(newestGeneration(null, null, IDENTITY), 0);
  });
});
