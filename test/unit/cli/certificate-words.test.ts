/** The words of a certificate's state: none may say more than was observed. */
import assert from "node:assert/strict";
import {
  certificateState,
  certificateTone,
  certificateWords,
  placeWords,
  useWords,
  type CertificateFacts,
} from "../../../cli/report/certificate-words";
import { reportMarkdown } from "../../../cli/report/report-markdown";
import { reportPage } from "../../../cli/report/report-page";
import { shortMarkdown } from "../../../cli/report/report-short";
import { problem } from "../../helpers/observations";
import { applicationOf, hostOf, nameOf, report, reportFacts, unobserve } from "./report-facts";

const NOW = new Date("2026-10-01T12:00:00Z");
const GOOD: CertificateFacts = {
  ...{ onServer: true, onApplication: true, inUse: true, keyUsable: true },
  notBefore: new Date("2026-09-01T00:00:00Z"),
  notAfter: new Date("2027-09-01T00:00:00Z"),
  rotationFrom: new Date("2027-03-01T00:00:00Z"),
};
const PAST = new Date("2026-09-30T00:00:00Z");
const AHEAD = new Date("2026-10-02T00:00:00Z");

/** What differs from a certificate in good order, its words and what they say of its use. */
const CASES: [string, Partial<CertificateFacts>, words: string, use: string][] = [
  ["in good order", {}, "Valid", "in use"],
  ["in good order, of no connector", { inUse: false }, "Valid", "not in use"],
  ["in its rotation window", { rotationFrom: PAST }, "Rotation due", "in use"],
  ["gone from the server", { onServer: false, keyUsable: null }, "Not in the machine store", "named by the connector"],
  ["not on the application", { onApplication: false }, "Not on the application", "named by the connector"],
  ["expired", { notAfter: PAST }, "Expired", "named by the connector"],
  ["expired and gone", { notAfter: PAST, onServer: false }, "Not in the machine store", "named by the connector"],
  ["not valid yet", { notBefore: AHEAD }, "Not valid yet", "named by the connector"],
  ["without a key that signs", { keyUsable: false }, "Key does not sign", "named by the connector"],
  [
    "of an unobserved server",
    { onServer: null, inUse: null, keyUsable: null },
    "Server not observed",
    "use not observed",
  ],
  ["of an unobserved application", { onApplication: null }, "Application not observed", "named by the connector"],
];

describe("words of a certificate", () => {
  for (const [name, change, words, use] of CASES) {
    it(`a certificate ${name} must be called "${words}, ${use}"`, () => {
      const facts = { ...GOOD, ...change };
      const state = certificateState(facts, NOW);
      const shown = { ...facts, state, current: true, generation: 1 };
      assert.equal(certificateWords(shown), words);
      assert.equal(useWords(shown), use);
      assert.equal(certificateTone(shown) === "good", words === "Valid");
    });
  }

  it("a certificate that this project did not make must only be called not seen: the server lists no others", () => {
    const shown = { ...GOOD, inUse: false, onServer: false, state: "missing" as const, current: false };
    assert.equal(certificateWords({ ...shown, generation: null }), "Not seen in the machine store");
    assert.equal(certificateTone({ ...shown, generation: null }), "mute");
  });

  it("a certificate's place must name what was not observed", () => {
    const shown = { ...GOOD, onServer: null, inUse: null, state: "unobserved" as const, current: true, generation: 1 };
    assert.equal(placeWords(shown), "current, use not observed, server not observed, on the application");
  });
});

describe("certificates of a report", () => {
  async function formsWith(change: (facts: Awaited<ReturnType<typeof reportFacts>>) => void) {
    const facts = await reportFacts(1);
    change(facts);
    const document = report(facts);
    return { document, forms: [reportPage(document), reportMarkdown(document), shortMarkdown(document)] };
  }

  const changes: Record<string, [change: Parameters<typeof formsWith>[0], words: RegExp]> = {
    "gone from the server": [(facts) => (hostOf(facts).certificates = []), /not in the machine store/i],
    "gone from the application": [(facts) => (applicationOf(facts).keys = []), /not on the application/i],
    expired: [(facts) => (hostOf(facts).takenAt = "2027-10-02T00:00:00Z"), /expired/i],
    "without a key that signs": [(facts) => (hostOf(facts).certificates[0].keyUsable = false), /key does not sign/i],
    "of a server that was not observed": [
      (facts) => unobserve(facts, 1, problem({ subject: nameOf(1) })),
      /not observed/i,
    ],
  };
  for (const [name, [change, words]] of Object.entries(changes)) {
    it(`a certificate ${name} must be valid and in use in no form of the report`, async () => {
      const { document, forms } = await formsWith(change);
      const [certificate] = document.servers[0].certificates;
      assert.notEqual(certificate.state, "valid");
      assert.match(certificate.stateWords, words);
      for (const text of forms) {
        assert.match(text, words);
        assert.doesNotMatch(text, /\bValid\b|, in use\b|>in use\b/);
      }
    });
  }

  it("a certificate that is not where it is to be must have no date for its rotation", async () => {
    const { document, forms } = await formsWith((facts) => (hostOf(facts).certificates = []));
    assert.equal(document.servers[0].certificates[0].rotationFrom, null);
    assert.doesNotMatch(forms[2], /next rotation/);
  });

  it("a connector's certificate that was seen nowhere must be shown as seen nowhere", async () => {
    const { forms } = await formsWith((facts) => (hostOf(facts).connector.certificateSha256 = "f".repeat(64)));
    for (const form of forms.slice(0, 2)) {
      assert.match(form, /f{64}[\s\S]*not known: it is not in LocalMachine\\+My, and the application does not have it/);
    }
  });

  it("a certificate list that is empty must say whether anything was observed", async () => {
    const unread = problem({ code: "GRAPH_UNAVAILABLE", subject: nameOf(1), actual: "503" });
    const { forms } = await formsWith((facts) => {
      unobserve(facts, 1, problem({ subject: nameOf(1) }));
      facts.servers[nameOf(1)].observation.tenant = { application: null, problem: unread };
    });
    for (const text of forms) {
      assert.doesNotMatch(text, /no certificate found|\| none \|/);
      assert.match(text, /not observed/);
    }
  });
});
