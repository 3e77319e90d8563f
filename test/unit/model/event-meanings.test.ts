/** What each event of the synchronisation service means: by its id, its certificate and its age. */
import assert from "node:assert/strict";
import { EVENT_IDS } from "../../../model/protocol/host-constants";
import { noticesOf } from "../../../model/diagnostics/notices";
import type { HostObservation } from "../../../model/protocol/host-protocol";
import { ANY_READER, renderRemedy } from "../../../model/diagnostics/remedy";
import { EVENT_MEANINGS } from "../../../model/server/event-meanings";
import { SOFTWARE_PROVIDER } from "../../../model/protocol/host-protocol";
import { CERTIFICATE_DEFAULTS } from "../../../model/certificate/certificate-policy";
import { aDayLater, refusal } from "../../helpers/finding-cases";
import { assess, expectation, healthy, IDENTITY, OTHER_SHA256 } from "../../helpers/observations";

/** Codes of findings and notices of a server a day after its certificate was made. */
async function said(change: (facts: HostObservation) => void, keyProvider = CERTIFICATE_DEFAULTS.keyProvider) {
  const { facts, application } = await healthy();
  aDayLater(facts);
  const policy = { ...CERTIFICATE_DEFAULTS, keyProvider, allowSoftwareKey: keyProvider === SOFTWARE_PROVIDER };
  for (const certificate of facts.certificates) certificate.keyProvider = keyProvider;
  change(facts);
  const findings = assess(facts, application, expectation({ certificate: policy }), 1);
  const reference = { identity: IDENTITY, generation: 1, adoptedSha256: "" };
  const of = { server: "sync01", passwordWriteback: false, roles: null, fleet: [] };
  return [...findings, ...noticesOf({ ...of, facts, reference, policy })].map(({ code }) => code);
}

const event = (facts: HostObservation, id: number) => ({ time: facts.takenAt, id, message: `event ${id}` });
/** The connector's certificate is in the service account's own store. */
const unreadable = (facts: HostObservation) => void (facts.connector.certificateSha256 = OTHER_SHA256);

describe("an event of the synchronisation service", () => {
  it("a refused sign-in must be a finding while cycles repeat it, and not any more after them", async () => {
    assert.deepEqual(await said((facts) => void facts.events.push(refusal(facts, 59))), ["sign-in-refused"]);
    assert.deepEqual(await said((facts) => void facts.events.push(refusal(facts, 61))), []);
  });

  it("a refusal must hold for two of the server's own intervals", async () => {
    const found = await said((facts) => {
      facts.scheduler.CurrentlyEffectiveSyncCycleInterval = "03:00:00";
      facts.events.push(refusal(facts, 350));
    });
    assert.deepEqual(found, ["sign-in-refused"]);
  });

  it("a refusal must not be reported if it is of another key, of an earlier certificate, or in the future", async () => {
    const other = `AADSTS700027: invalid. Thumbprint of key used by client: '${"CD".repeat(20)}'`;
    assert.deepEqual(await said((facts) => void facts.events.push(refusal(facts, 5, other))), []);
    assert.deepEqual(await said((facts) => void facts.events.push(refusal(facts, -5))), []);
    const replaced = await said((facts) => {
      facts.certificates[0].notBefore = facts.takenAt;
      facts.events.push(refusal(facts, 5));
    });
    assert.deepEqual(replaced, []);
  });

  it("a refusal of the key in use must be reported regardless of the case in which Entra writes its thumbprint", async () => {
    const found = await said((facts) => {
      const thumbprint = facts.certificates[0].thumbprint.toLowerCase();
      facts.events.push(refusal(facts, 5, `AADSTS700027: Thumbprint of key used by client: '${thumbprint}'`));
    });
    assert.deepEqual(found, ["sign-in-refused"]);
  });

  /** The finding of a refusal with a text. */
  async function refusedWith(message: string) {
    const { facts, application } = await healthy();
    aDayLater(facts);
    facts.events.push({ ...refusal(facts, 5), message });
    const [finding] = assess(facts, application, expectation(), 1);
    return { actual: finding.actual, remedy: renderRemedy(finding.remedy, ANY_READER) };
  }

  it("a refusal must be shown with its code and its correlation id, however late they are in the text", async () => {
    const id = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f";
    const ids = `Trace ID: ${id.replace(/0a/g, "ff")} Correlation ID: ${id} Timestamp: x`;
    const { actual } = await refusedWith(
      `[MSAL] ${"p".repeat(400)} AADSTS700027: not registered. ${"q".repeat(500)} ${ids}`,
    );
    assert.match(
      actual,
      /^event 906 at \S+: \[MSAL\] p+\.\.\. AADSTS700027: not registered\. q+ \(correlation id 0a1b2c3d-/,
    );
    assert.ok(actual.length < 300, String(actual.length));
    assert.match(
      (await refusedWith("GetSecurityToken:\r\nAADSTS50105: no")).actual,
      /GetSecurityToken:.* AADSTS50105: no$/,
    );
    const short = await refusedWith(`AADSTS50105: no. Correlation ID: ${id}`);
    assert.equal(short.actual.split(id).length, 2);
  });

  it("each known refusal must have the remedy of its own code, any other the general one", async () => {
    const remedies: [string, RegExp][] = [
      ["700016", /application is gone from the tenant/],
      ["700024", /w32tm \/resync/],
      ["700027", /another server uses the same application/],
      ["53003", /Conditional Access/],
      ["7000112", /Enable the application/],
      ["7000222", /has expired/],
      ["90033", /^Other findings/],
      ["9999999", /^Other findings/],
    ];
    for (const [code, remedy] of remedies) assert.match((await refusedWith(`AADSTS${code}: x`)).remedy, remedy, code);
  });

  it("an event 906 without a code of Entra must mean nothing", async () => {
    assert.deepEqual(await said((facts) => void facts.events.push(refusal(facts, 5, "a token was issued"))), []);
  });

  it("1011, 1012 and 1014 must not count as refused sign-ins", async () => {
    for (const id of [1011, 1012, 1014]) {
      const found = await said((facts) => void facts.events.push(event(facts, id)));
      assert.ok(!found.includes("sign-in-refused"), String(id));
    }
  });

  it("1011 and 1012 must be reported of a certificate that only the product reads: others are judged by their dates", async () => {
    const codes = async (id: number, change: (facts: HostObservation) => void) =>
      (await said((facts) => (facts.events.push(event(facts, id)), change(facts)))).filter((code) =>
        ["rotation-reported", "credential-expired"].includes(code),
      );
    assert.deepEqual(await codes(1011, unreadable), ["rotation-reported"]);
    assert.deepEqual(await codes(1012, unreadable), ["credential-expired"]);
    assert.deepEqual(await codes(1011, () => undefined), []);
    assert.deepEqual(await codes(1012, () => undefined), []);
  });

  it("1014 must be a notice if the key is declared to be in the TPM, and nothing if it is declared elsewhere", async () => {
    assert.deepEqual(await said((facts) => void facts.events.push(event(facts, 1014))), ["key-reported"]);
    assert.deepEqual(await said((facts) => void facts.events.push(event(facts, 1014)), SOFTWARE_PROVIDER), []);
  });

  it("each id that the host program reads must have a meaning, and no other one may count", async () => {
    assert.deepEqual(Object.keys(EVENT_MEANINGS), EVENT_IDS.map(String));
    assert.deepEqual(await said((facts) => void facts.events.push(event(facts, 2622))), []);
  });
});
