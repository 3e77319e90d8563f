/** A server that Entra Connect manages: what it is held against, and what a change of its mode does. */
import assert from "node:assert/strict";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";
import { noticesFor } from "../../../model/fleet/assessment";
import { assessServer } from "../../../model/server/assessment";
import { rotationDay } from "../../../model/server/managed";
import type { HostObservation } from "../../../model/protocol/host-protocol";
import type { ObservedApplication, ObservedKey } from "../../../model/server/observation";
import type { ServerState } from "../../../model/server/server-facts";
import { changedProperties, nextState } from "../../../model/server/server-state";
import { DAY, NOW } from "../../helpers/certificates";
import {
  APP_ID,
  application,
  healthy,
  observation,
  OTHER_APP_ID,
  OTHER_SHA256,
  serverInputs,
  tenantRoles,
} from "../../helpers/observations";

const at = (days: number) => new Date(NOW.getTime() + days * DAY).toISOString();

const key = (changes: Partial<ObservedKey> = {}): ObservedKey => ({
  keyId: "k1",
  sha256: OTHER_SHA256,
  subject: "CN=ConnectSyncProvisioning_SYNC01_0123456789ab",
  startDateTime: at(0),
  endDateTime: at(180),
  ...changes,
});

interface Seen {
  facts: HostObservation;
  /** A certificate as the host shows one. */
  held: HostObservation["certificates"][number];
  application: ObservedApplication;
}

/** A server as the wizard leaves it: the product's application, a certificate that is out of reach. */
async function seen(change: (seen: Seen) => void = () => undefined): Promise<Seen> {
  const { facts, certificate: held } = await healthy();
  facts.takenAt = at(10);
  facts.certificates = [];
  facts.legacyAccountName = null;
  Object.assign(facts.connector, { appId: OTHER_APP_ID, certificateSha256: OTHER_SHA256 });
  const own = { ...application(), appId: OTHER_APP_ID, tags: [], keys: [key()] };
  const managed = { facts, held, application: { ...own, displayName: "ConnectSyncProvisioning_SYNC01_0123456789ab" } };
  change(managed);
  return managed;
}

const declared = { mode: "managed", appId: "", programSha256: "" } as const;
const inputs = ({ facts, application: app }: Pick<Seen, "facts" | "application">) =>
  serverInputs(observation(facts, app), declared);
const stateOf = async (change?: (seen: Seen) => void, old?: ServerState) => nextState(old, inputs(await seen(change)));
const codesOf = async (change?: (seen: Seen) => void) => {
  return (await stateOf(change)).findings.map((line) => line.split(": ")[1]);
};

describe("a server that Entra Connect manages", () => {
  it("a server as the wizard left it must have no finding and no problem", async () => {
    const state = await stateOf();
    assert.deepEqual([state.findings, state.problem, state.mode], [[], "", "managed"]);
  });

  it("an unchanged managed server must be no change in the next run", async () => {
    const old = await stateOf();
    assert.deepEqual(changedProperties(old, await stateOf(undefined, old)), []);
  });

  const CASES: [what: string, code: string, change: (seen: Seen) => void][] = [
    [
      "a password account",
      "managed-identity-other",
      ({ facts }) => void Object.assign(facts.connector, { identityType: "ServiceAccount", appId: null }),
    ],
    [
      "an application that someone else made",
      "managed-identity-other",
      ({ application: app }) => void (app.displayName = "Contoso"),
    ],
    [
      "a certificate of LocalMachine\\My",
      "managed-identity-other",
      ({ facts, held }) => void (facts.certificates = [{ ...held, label: "", sha256: OTHER_SHA256 }]),
    ],
    [
      "blank parameters",
      "managed-parameters-blank",
      ({ facts }) => void (facts.connector.parameters.CertificateId = null),
    ],
    [
      "a certificate that Entra lacks",
      "managed-key-missing",
      ({ application: app }) => void (app.keys = [key({ sha256: "e".repeat(64) })]),
    ],
    [
      "a later key than the one in use",
      "managed-credential-foreign",
      ({ application: app }) => void app.keys.push(key({ keyId: "k2", sha256: "e".repeat(64), startDateTime: at(5) })),
    ],
    [
      "a secret",
      "managed-credential-foreign",
      ({ application: app }) =>
        void app.secrets.push({ keyId: "s", displayName: "", startDateTime: null, endDateTime: null }),
    ],
    ["a rotation that is late", "managed-rotation-overdue", ({ facts }) => void (facts.takenAt = at(128))],
    ["an expired certificate", "managed-certificate-expired", ({ facts }) => void (facts.takenAt = at(181))],
    ["another role", "mode-undeclared", ({ facts }) => void (facts.scheduler.StagingModeEnabled = true)],
    ["writeback that is on", "writeback-undeclared", ({ facts }) => void (facts.passwordWriteback = true)],
  ];
  for (const [what, code, change] of CASES) {
    it(`a managed server with ${what} must be the finding ${code}, which no run heals`, async () => {
      assert.deepEqual(await codesOf(change), [code]);
      const { facts, application: app } = await seen(change);
      const { findings } = assessServer({
        declaration: inputs({ facts, application: app }),
        observation: observation(facts, app),
        memory: null,
      });
      assert.deepEqual(
        findings.map(({ cure }) => cure),
        ["nothing"],
      );
    });
  }

  it("a rotation must be late only once 150 days before the end and 70 % of the lifetime have both passed", async () => {
    assert.equal(rotationDay(key()).toISOString(), at(127));
    assert.equal(rotationDay(key({ endDateTime: at(730) })).toISOString(), at(581));
    assert.deepEqual(await codesOf(({ facts }) => void (facts.takenAt = at(126))), []);
  });

  it("a key of an earlier certificate must be a notice with the product's own command, never the key in use", async () => {
    const { facts, application: app } = await seen();
    app.keys.push(key({ keyId: "k0", sha256: "e".repeat(64), startDateTime: at(-100) }));
    const about = { declaration: inputs({ facts, application: app }), observation: observation(facts, app) };
    const left = noticesFor(about, tenantRoles()).filter(({ code }) => code === "managed-key-left");
    assert.equal(left.length, 1);
    assert.match(formatDiagnostic(left[0]), /ADSync\\Remove-EntraApplicationKey -CertificateId k0/);
    assert.deepEqual(assessServer({ ...about, memory: null }).findings, []);
  });
});

describe("an old key that Entra Connect could not remove", () => {
  const USED = "11111111-aaaa-4333-8444-555555555555";
  const OLD = "22222222-aaaa-4333-8444-555555555555";
  const OLDER = "33333333-aaaa-4333-8444-555555555555";
  const words = `The certificate credential ${OLD} could not be removed from the application.`;
  const noticesOf = async (events: HostObservation["events"], keys = [OLD]) => {
    const { facts, application: app } = await seen();
    app.keys[0].keyId = USED;
    for (const keyId of keys) app.keys.push(key({ keyId, sha256: "e".repeat(64), startDateTime: at(-100) }));
    facts.events = events;
    const about = { declaration: inputs({ facts, application: app }), observation: observation(facts, app) };
    return noticesFor(about, tenantRoles()).filter(({ code }) => code.startsWith("managed-key"));
  };
  const event = (message: string, changes = {}) => ({ time: at(9), id: 6900, message, ...changes });

  it("an error about a key that is still there must be a notice with the event and the product's own command", async () => {
    const [notice, ...others] = await noticesOf([event(words)]);
    assert.deepEqual(others, []);
    const line = formatDiagnostic(notice);
    assert.match(line, /managed-key-removal-failed: event 6900 at .*could not be removed from the application/);
    assert.match(line, new RegExp(`ADSync\\\\Remove-EntraApplicationKey -CertificateId ${OLD}`));
  });

  it("an error must be about the keys that it names, and about each left key if it names none", async () => {
    const codes = async (message: string) => (await noticesOf([event(message)], [OLD, OLDER])).map(({ code }) => code);
    assert.deepEqual(await codes(words.toUpperCase()), ["managed-key-removal-failed", "managed-key-left"]);
    const both = ["managed-key-removal-failed", "managed-key-removal-failed"];
    assert.deepEqual(await codes("The old certificate could not be removed."), both);
  });

  it("an error about a key that is gone, of another id or of the future must be no notice", async () => {
    assert.deepEqual(await noticesOf([event(words)], []), []);
    for (const other of [event(words, { id: 906 }), event(words, { time: at(11) })]) {
      assert.deepEqual(
        (await noticesOf([other])).map(({ code }) => code),
        ["managed-key-left"],
      );
    }
  });
});

describe("a change of the mode", () => {
  const ownState = async () => {
    const { facts, application: app } = await healthy();
    return { ...nextState(undefined, serverInputs(observation(facts, app))), findings: [] };
  };

  it("a state of a server with an own application must have no mode, as in earlier releases", async () => {
    assert.equal("mode" in (await ownState()), false);
  });

  it("a server must not become managed while its connector uses the own application", async () => {
    const { facts, application: app } = await healthy();
    const state = nextState(await ownState(), inputs({ facts, application: app }));
    assert.match(state.problem, /\[MODE_NEEDS_A_PERSON\]$/);
    // Without state the marker says whose the application is.
    assert.match(nextState(undefined, inputs({ facts, application: app })).problem, /\[MODE_NEEDS_A_PERSON\]$/);
  });

  it("a server must become managed once its connector has left the own application", async () => {
    const old = await ownState();
    const state = await stateOf(undefined, old);
    assert.deepEqual([state.findings, state.problem], [[], ""]);
    assert.ok(changedProperties(old, state).includes("mode"));
  });

  it("a managed server that is declared as own must begin as a new one", async () => {
    const old = await stateOf();
    const { facts } = await seen();
    const state = nextState(old, serverInputs(observation(facts, null), { appId: APP_ID }));
    assert.deepEqual([state.findings, state.problem, state.certificateGeneration], [[], "", 1]);
    assert.ok(changedProperties(old, state).includes("mode"));
  });
});
