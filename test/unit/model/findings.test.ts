import assert from "node:assert/strict";
import { formatDiagnostic, type Diagnostic } from "../../../model/diagnostics/diagnostic";
import { AREAS, type FindingCode } from "../../../model/diagnostics/registry";
import { newestGeneration } from "../../../model/certificate/generations";
import { HostObservation } from "../../../model/protocol/host-protocol";
import { revocationTag } from "../../../model/server/labels";
import type { ObservedApplication } from "../../../model/server/observation";
import { generationFacts, makeCertificate, factsOf, NOW, DAY, SERVICE_SID } from "../../helpers/certificates";
import { accessRule as rule, FINDING_CASES as CASES, type Change } from "../../helpers/finding-cases";
import { words } from "../../helpers/remedies";
import {
  APP_ID,
  application,
  assess,
  expectation,
  healthy,
  hostFacts,
  IDENTITY,
  OTHER_APP_ID,
  OTHER_SHA256,
  untouched,
} from "../../helpers/observations";

const codes = (found: Diagnostic[]) => found.map(({ code }) => code);

async function assessed(change: Change): Promise<Diagnostic[]> {
  const seen: Parameters<Change>[0] = await healthy();
  const changes = change(seen) ?? {};
  return assess(seen.facts, seen.gone ? null : seen.application, expectation(changes), 1, seen.named);
}

describe("a finding", () => {
  for (const [code, cases] of Object.entries(CASES)) {
    for (const [what, change] of Object.entries(cases)) {
      it(`the finding must be ${code}, and no other, if ${what}`, async () => {
        assert.deepEqual(codes(await assessed(change)), [code]);
      });
    }
  }

  it("a finding must have the cure of its table, and a remedy exactly if a person has to act", async () => {
    for (const [code, cases] of Object.entries(CASES)) {
      for (const change of Object.values(cases)) {
        const [found] = await assessed(change);
        assert.equal(found.cure, AREAS.findings[code as FindingCode].cure, code);
        if (found.cure === "nothing" || code === "sign-in-awaited") assert.notDeepEqual(found.remedy, [], code);
      }
    }
  });

  it("what an older version left in the program's folder must be a finding that an up fixes", async () => {
    const [found] = await assessed(
      ({ facts }) => void (facts.program.foreign = [{ name: "PROTOCOL.md", earlier: true }]),
    );
    assert.deepEqual([found.code, found.cure, found.remedy], ["program-folder-foreign", "registration", []]);
  });

  it("a host program that does not list its folder, or kinds of key problems, must be understood as before", async () => {
    const { facts } = await healthy();
    delete facts.program.foreign;
    for (const certificate of facts.certificates) delete certificate.keyFault;
    assert.equal(HostObservation.safeParse(facts).success, true);
    assert.deepEqual(codes(await assessed(({ facts: { program } }) => void delete program.foreign)), []);
    const dead = await assessed(({ certificate }) => {
      certificate.keyUsable = false;
      delete certificate.keyFault;
    });
    assert.deepEqual(codes(dead), ["key-unusable"]);
  });

  it("a finding must be one line of code, expected and actual value, without undefined or null", async () => {
    for (const [code, cases] of Object.entries(CASES)) {
      for (const change of Object.values(cases)) {
        const line = formatDiagnostic((await assessed(change))[0]);
        assert.match(line, new RegExp(`^sync01: ${code}: expected .+, found .+\\.`));
        assert.doesNotMatch(line, /undefined|null|\n|: expected ,|found \./);
      }
    }
  });

  it("a finding on access rules must go by SID: a former service account must not keep its access", async () => {
    const found = await assessed(({ facts }) => void (facts.service.accountSid = "S-1-5-21-1-2-3-1104"));
    assert.deepEqual(codes(found), ["key-acl-lost", "key-acl-wide"]);
  });

  it("a finding must appear beside others that are true at the same time", async () => {
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

describe("the words of a finding", () => {
  const blank = { ApplicationManagedBy: null, CertificateManagedBy: "", CertificateId: null };
  const interrupted = { operation: "register", startedAt: "2026-10-01T11:00:00Z", restoreTask: false } as const;
  const elsewhere = { userName: "someone@contoso.com", certificateSha256: null };

  const WORDS: [
    what: string,
    change: Change,
    expected: Partial<Record<"code" | "expected" | "actual" | "remedy", string>>,
  ][] = [
    [
      "password writeback that is on",
      ({ facts }) => void (facts.passwordWriteback = true),
      { expected: "password writeback off", actual: "password writeback on", remedy: "Set passwordWriteback: true" },
    ],
    [
      "password writeback that is off",
      () => ({ passwordWriteback: true }),
      { expected: "password writeback on", actual: "password writeback off", remedy: "Set passwordWriteback: false" },
    ],
    [
      "a server in staging mode while another one exports",
      ({ facts }) => {
        facts.scheduler.StagingModeEnabled = true;
        return { exporting: ["sync02"] };
      },
      { code: "mode-undeclared", remedy: "No run changes a mode. sync02 exports: switch staging mode on there first" },
    ],
    [
      "a server that exports and is declared as staging",
      () => ({ role: "staging" }),
      { code: "mode-undeclared", remedy: "No run changes a mode: switch staging mode on in" },
    ],
    [
      "a declared role whose mode is changed already",
      () => ({ formerRole: "staging" }),
      {
        code: "role-changed",
        actual: "active, on a server in active mode",
        remedy: "The server's mode is the declared role already. pulumi up records the role",
      },
    ],
    [
      "a scheduler that was on",
      ({ facts }) => void (facts.interrupted = { ...interrupted, syncCycleEnabled: true }),
      { expected: "the scheduler on, as before register" },
    ],
    [
      "a scheduler that was off",
      ({ facts }) => void (facts.interrupted = { ...interrupted, syncCycleEnabled: false }),
      { expected: "the scheduler off, as before register" },
    ],
    [
      "a program of which nothing is known",
      ({ facts }) => void (facts.program = { sha256: null, problem: null }),
      { code: "program-changed" },
    ],
    [
      "a rule that denies the service account",
      ({ certificate }) => void certificate.acl!.push(rule(SERVICE_SID, false)),
      { actual: "a rule that denies it" },
    ],
    [
      "a service account without a rule",
      ({ certificate }) => void (certificate.acl = certificate.acl!.filter(({ sid }) => sid !== SERVICE_SID)),
      { actual: "no rule for it" },
    ],
    [
      "another reader, by account",
      ({ certificate }) => void certificate.acl!.push(rule("S-1-1-0")),
      { actual: "also account of S-1-1-0" },
    ],
    [
      "another reader without a name, by SID",
      ({ certificate }) => void certificate.acl!.push({ ...rule("S-1-1-0"), account: "" }),
      { actual: "also S-1-1-0" },
    ],
    [
      "a key that is dead for no known reason",
      ({ certificate }) => void Object.assign(certificate, { keyUsable: false, keyProblem: null }),
      { actual: "a key that does not sign" },
    ],
    ["a key without a provider", ({ certificate }) => void (certificate.keyProvider = null), { actual: "no provider" }],
    [
      "a certificate of ours that is missing",
      ({ facts }) => void (facts.certificates = []),
      { expected: 'a certificate labelled "ConnectSyncIdentity dev/sync01 g1"' },
    ],
    [
      "an adopted certificate that is missing",
      ({ facts, application: seen }) => {
        facts.certificates = [];
        seen.keys[0].sha256 = OTHER_SHA256;
        return { adoptedSha256: OTHER_SHA256 };
      },
      { expected: "the adopted certificate dddddddddddd" },
    ],
    [
      "another application, by its id",
      ({ facts }) => void Object.assign(facts.connector, { ...elsewhere, appId: OTHER_APP_ID, parameters: blank }),
      { code: "connector-other-application", actual: `application ${OTHER_APP_ID}` },
    ],
    [
      "another application without an id, by its user",
      ({ facts }) => void Object.assign(facts.connector, { ...elsewhere, appId: null, parameters: blank }),
      { code: "connector-other-application", actual: "application someone@contoso.com" },
    ],
    [
      "a password account, and not its blank parameters",
      ({ facts }) =>
        void Object.assign(facts.connector, { ...elsewhere, identityType: "ServiceAccount", parameters: blank }),
      { code: "connector-password-account", actual: "the password account someone@contoso.com" },
    ],
  ];
  for (const [what, change, expected] of WORDS) {
    it(`a finding must name ${what}`, async () => {
      const [found, ...more] = await assessed(change);
      assert.deepEqual(codes(more), []);
      const shown = { ...found, remedy: words(found.remedy) };
      for (const [name, text] of Object.entries(expected)) {
        const actual = shown[name as keyof typeof expected];
        assert.ok(actual.startsWith(text), `${name}: ${actual}`);
      }
    });
  }

  it("a declared role whose mode is another one must be two findings: what a run records, and what a person does", async () => {
    const [changed, mode, ...more] = await assessed(() => ({ role: "staging", formerRole: "active" }));
    assert.deepEqual(codes([changed, mode, ...more]), ["role-changed", "mode-undeclared"]);
    assert.match(words(changed.remedy), /records the role .* changes no mode.* the swap itself is made in the wizards/);
    assert.match(words(mode.remedy), /^No run changes a mode: switch staging mode on .* before another one exports/);
  });

  it("a role must be no finding if no run recorded one", async () => {
    assert.deepEqual(codes(await assessed(() => ({}))), []);
  });

  it("a sign-in that was requested for another application or certificate must not be reported as pending", async () => {
    for (const other of [{ appId: OTHER_APP_ID }, { certificateSha256: "e".repeat(64) }]) {
      const found = await assessed(({ facts, certificate }) => {
        facts.connector.certificateSha256 = OTHER_SHA256;
        const record = { since: "2026-10-01T11:00:00Z", command: "Add-ADSyncApplicationRegistration" };
        facts.signIn = { ...record, appId: APP_ID, certificateSha256: certificate.sha256, ...other };
      });
      assert.deepEqual(codes(found), ["connector-other-certificate"]);
    }
  });

  it("a switch to another certificate must not be reported as unverified", async () => {
    const unverified = { since: "2026-10-01T11:00:00Z", appId: APP_ID, certificateSha256: OTHER_SHA256 };
    assert.deepEqual(await assessed(({ facts }) => void (facts.unverified = unverified)), []);
  });
});

describe("a revocation", () => {
  const revoked = async (generation: number) => {
    const { facts, application: seen } = await healthy(generation);
    seen.tags.push(revocationTag(1, NOW));
    facts.passwordWriteback = true;
    return codes(assess(facts, seen, expectation(), generation));
  };

  it("a revocation must be found beside the server's own findings, and not for a later generation", async () => {
    assert.deepEqual(await revoked(1), ["writeback-undeclared", "credential-revoked"]);
    assert.deepEqual(await revoked(2), ["writeback-undeclared"]);
  });
});

describe("a healthy server", () => {
  it("a healthy server must have no finding", async () => {
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
    "the account of the service does not resolve": ({ facts }) => void (facts.service.accountSid = null),
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
    it(`a healthy server must have no finding if ${what}`, async () => {
      assert.deepEqual(codes(await assessed(change)), []);
    });
  }
});

describe("the rotation window", () => {
  it("the rotation window must begin at its exact time, by the host's clock", async () => {
    const { certificate } = await healthy();
    const due = Date.parse(certificate.notAfter) - 180 * DAY;
    const at = (instant: number) => assessed(({ facts }) => void (facts.takenAt = new Date(instant).toISOString()));
    assert.deepEqual(codes(await at(due - 1)), []);
    assert.deepEqual(codes(await at(due)), ["rotation-due"]);
  });

  it("the rotation window must have the declared length", async () => {
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
  it("a server before its first onboarding must have no finding", async () => {
    const expected = expectation({ appId: null, programInstalled: false });
    assert.deepEqual(assess(await untouched(), null, expected, 1), []);
  });

  it("findings that concern only the server must be reported before the application exists", async () => {
    const facts = { ...(await untouched()), passwordWriteback: true };
    const expected = expectation({ appId: null, programInstalled: false });
    assert.deepEqual(codes(assess(facts, null, expected, 1)), ["writeback-undeclared"]);
  });
});

describe("an unfinished generation", () => {
  const empty: ObservedApplication = { ...application(), appId: APP_ID };

  it("a certificate that the host never created must not be reported as missing", async () => {
    const { facts, application: seen } = await healthy(1);
    assert.deepEqual(codes(assess(facts, seen, expectation(), 2)), []);
  });

  it("a credential must not be reported as missing in Entra before it was uploaded", async () => {
    const { facts, application: seen } = await healthy(1);
    facts.certificates.push(structuredClone(await generationFacts(IDENTITY, 2)));
    assert.deepEqual(codes(assess(facts, seen, expectation(), 2)), ["connector-other-certificate"]);
  });

  it("an unusable key of an unfinished generation must be reported, because nothing else would replace it", async () => {
    const { facts } = await healthy();
    facts.connector.certificateSha256 = OTHER_SHA256;
    facts.certificates[0].keyProvider = "Microsoft Software Key Storage Provider";
    const found = assess(facts, { ...empty }, expectation(), 1);
    assert.deepEqual(codes(found), ["key-not-in-tpm", "connector-other-certificate"]);
  });

  it("a credential must not be reported as missing on an application that the connector does not use yet", async () => {
    const found = codes(assess(await untouched(), empty, expectation({ programInstalled: false }), 1));
    assert.deepEqual(found, ["connector-password-account"]);
  });

  it("a certificate must be reported as missing as soon as Entra holds its key", async () => {
    const { facts, application: seen } = await healthy(1);
    seen.keys.push(...application(await generationFacts(IDENTITY, 2)).keys);
    assert.deepEqual(codes(assess(facts, seen, expectation(), 2)), ["certificate-missing"]);
  });
});

describe("blank parameters", () => {
  it("blank parameters must name the module that their repair lacks, and no module that is not known", async () => {
    const said = async (adSyncTools: HostObservation["adSyncTools"]) => {
      const [found] = await assessed(({ facts }) => {
        facts.connector.parameters.CertificateId = null;
        facts.adSyncTools = adSyncTools;
      });
      return words(found.remedy);
    };
    assert.match(await said({ version: null }), /this server has none.*Install-Module -Name ADSyncTools/);
    assert.match(await said({ version: "2.2.9" }), /this server has 2\.2\.9/);
    for (const one of [{ version: "2.3.0" }, { version: "2.10.0" }, null, undefined]) {
      assert.match(await said(one), /^Set repairConnectivityParameters/);
    }
  });

  it("blank parameters must be fixed only if the repair is requested by name", async () => {
    const blank: Change = ({ facts }) => {
      facts.connector.parameters.CertificateId = null;
      return { repairConnectivityParameters: true };
    };
    const [found] = await assessed(blank);
    assert.deepEqual([found.code, found.cure, found.remedy], ["connector-parameters-blank", "registration", []]);
  });
});

describe("the newest generation", () => {
  it("the newest generation must be the highest of this server on the host or in Entra", async () => {
    const [one, three] = [await generationFacts(IDENTITY, 1), await generationFacts(IDENTITY, 3)];
    const foreign = await generationFacts({ stack: "dev", server: "sync02" }, 9);
    assert.equal(newestGeneration(hostFacts(one), application(three), IDENTITY), 3);
    assert.equal(newestGeneration(hostFacts(three), application(one), IDENTITY), 3);
    assert.equal(newestGeneration(hostFacts(foreign), application(foreign), IDENTITY), 0);
    assert.equal(newestGeneration(null, null, IDENTITY), 0);
  });
});
