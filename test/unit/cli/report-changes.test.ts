/** What a report tells to have changed since an earlier one. */
import assert from "node:assert/strict";
import { changesSince, CHANGES } from "../../../cli/report/report-changes";
import { CHANGE_KINDS, type ReportDocument } from "../../../cli/report/report-document";
import type { ReportFacts } from "../../../cli/report/report-facts";
import { generationFacts } from "../../helpers/certificates";
import { problem } from "../../helpers/observations";
import { applicationOf, forget, hostOf, nameOf, report, reportFacts, unobserve } from "./report-facts";

const STRANGER = { id: "99999999-3333-4333-8444-555555555555", name: "Backup tool", assignmentId: "x" };

/** Changes between a healthy stack and what a test makes of it; the way back must tell the opposite. */
async function changed(change: (facts: ReportFacts) => void | ReportFacts | Promise<void>, servers = 1) {
  const facts = await reportFacts(servers);
  const before = report(await reportFacts(servers));
  const after = report((await change(facts)) ?? facts);
  const lines = (from: ReportDocument, to: ReportDocument) =>
    changesSince(from, to).map(({ kind, subject, before, after }) => `${kind} ${subject}: ${before} -> ${after}`);
  return { there: lines(before, after), back: lines(after, before), same: lines(after, after) };
}

describe("changes since the last report", () => {
  it("a report must list no change if nothing changed, whatever the time", async () => {
    const later = { ...(await reportFacts(2)), takenAt: "2026-10-09T12:00:00.000Z" };
    assert.deepEqual(changesSince(report(await reportFacts(2)), report(later)), []);
    const document = report(later, report(await reportFacts(2)));
    assert.deepEqual(document.changes, { since: "2026-10-01T12:00:00Z", entries: [] });
    assert.equal(report(later).changes, null);
  });

  it("a report must list new findings and findings that are gone", async () => {
    const { there, back, same } = await changed((facts) => void (hostOf(facts).passwordWriteback = true));
    assert.deepEqual(there, ["finding-opened sync01: null -> writeback-undeclared: password writeback on"]);
    assert.deepEqual(back, ["finding-closed sync01: writeback-undeclared: password writeback on -> null"]);
    assert.deepEqual(same, []);
  });

  it("a report must not list a finding as gone if it could not be observed", async () => {
    const facts = await reportFacts(1);
    hostOf(facts).passwordWriteback = true;
    const before = report(facts);
    unobserve(facts, 1, problem());
    const kinds = changesSince(before, report(facts)).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["server-unobserved", "finding-opened"]);
  });

  it("a report must list a rotation, and the switch of the connector to the new certificate", async () => {
    const { there } = await changed(async (facts) => {
      const next = await generationFacts({ stack: "dev", server: "sync01" }, 2);
      hostOf(facts).certificates = [next];
      hostOf(facts).connector.certificateSha256 = next.sha256;
      const [key] = applicationOf(facts).keys;
      Object.assign(key, { sha256: next.sha256, subject: next.subject, keyId: "f0000000-0000-4000-8000-000000000002" });
      Object.assign(facts.state[1].inputs!, { certificateGeneration: 2 });
      (facts.state[2].inputs as { keys: string[] }).keys.push(key.keyId);
    });
    assert.deepEqual(
      there.map((line) => line.replace(/[0-9a-f]{12}\b/g, "HASH")),
      [
        "certificate-rotated sync01: ConnectSyncIdentity dev/sync01 g1 (HASH), until 2027-10-01 -> ConnectSyncIdentity dev/sync01 g2 (HASH), until 2027-10-01",
        "connector-switched sync01: application aaaaaaaa-0000-4000-8000-HASH, certificate HASH -> application aaaaaaaa-0000-4000-8000-HASH, certificate HASH",
        'credential-added sync01: null -> key f0000000-0000-4000-8000-HASH "CN=ConnectSyncIdentity dev/sync01 g2", until 2027-10-01',
        'credential-removed sync01: key dddddddd-0000-4000-8000-HASH "CN=ConnectSyncIdentity dev/sync01 g1", until 2027-10-01 -> null',
      ],
    );
  });

  const CASES: Record<string, [change: (facts: ReportFacts) => void, there: RegExp, back: RegExp]> = {
    "a product version": [
      (facts) => void (hostOf(facts).product.version = "2.6.91.0"),
      /^version-changed sync01: 2\.6\.84\.0 -> 2\.6\.91\.0$/,
      /^version-changed sync01: 2\.6\.91\.0 -> 2\.6\.84\.0$/,
    ],
    "a scheduler that was switched off": [
      (facts) => void (hostOf(facts).scheduler.SyncCycleEnabled = false),
      /^scheduler-changed sync01: on, exports, every 00:30:00 -> off, exports/,
      /^scheduler-changed sync01: off, exports, every 00:30:00 -> on, exports/,
    ],
    "a connector on a password account": [
      ({ servers }) =>
        void Object.assign(servers[nameOf(1)].observation.host.facts!.connector, {
          ...{ identityType: "ServiceAccount", userName: "Sync_A", appId: null, certificateSha256: null },
        }),
      /^connector-switched sync01: application .* -> password account Sync_A$/,
      /^connector-switched sync01: password account Sync_A -> application /,
    ],
    "a client secret": [
      (facts) =>
        void applicationOf(facts).secrets.push({
          ...{ keyId: "s", displayName: "backdoor", startDateTime: null, endDateTime: "2028-01-01T00:00:00Z" },
        }),
      /^credential-added sync01: null -> secret s "backdoor", until 2028-01-01$/,
      /^credential-removed sync01: secret s "backdoor", until 2028-01-01 -> null$/,
    ],
    "an owner": [
      (facts) => void applicationOf(facts).owners.push({ id: "o", name: "mallory" }),
      /^owner-added sync01: null -> mallory \(o\)$/,
      /^owner-removed sync01: mallory \(o\) -> null$/,
    ],
    "who may synchronise": [
      (facts) => void facts.roles.roles!.holders.push(STRANGER),
      /^holder-added tenant: null -> Backup tool \(99999999-.*\) by ADSynchronization\.ReadWrite\.All, undeclared$/,
      /^holder-removed tenant: Backup tool .* -> null$/,
    ],
    "a role of a server": [
      ({ configuration }) => void (configuration.servers[0].role = "staging"),
      /^role-changed sync01: active -> staging$/,
      /^role-changed sync01: staging -> active$/,
    ],
    "a server that cannot be observed": [
      (facts) => unobserve(facts, 1, problem()),
      /^server-unobserved sync01: null -> .*ECONNREFUSED/,
      /^server-observed sync01: .*ECONNREFUSED.* -> null$/,
    ],
    "an application that vanished": [
      ({ servers }) => void (servers[nameOf(1)].observation.tenant = { application: null, problem: null }),
      /^application-changed sync01: aaaaaaaa-.* -> null$/,
      /^application-changed sync01: null -> aaaaaaaa-/,
    ],
  };
  for (const [name, [change, expected, opposite]] of Object.entries(CASES)) {
    it(`a report must list ${name}, in both directions`, async () => {
      const { there, back } = await changed(change);
      assert.ok(
        there.some((line) => expected.test(line)),
        there.join("\n"),
      );
      assert.ok(
        back.some((line) => opposite.test(line)),
        back.join("\n"),
      );
    });
  }

  it("a report must list a changed pinned host key", async () => {
    const other = (await reportFacts(2)).configuration.servers[1].connection.hostKey;
    const { there } = await changed(({ configuration }) => void (configuration.servers[0].connection.hostKey = other));
    assert.match(there[0], /^host-key-changed sync01: SHA256:.* -> SHA256:/);
  });

  it("a report must list added and removed servers, without their contents", async () => {
    const two = await reportFacts(2);
    hostOf(two, 2).passwordWriteback = true;
    const [one, both] = [report(await reportFacts(1)), report(two)];
    const kinds = (from: ReportDocument, to: ReportDocument) =>
      changesSince(from, to).map(({ kind, subject, before, after }) =>
        `${kind} ${subject} ${before ?? after}`.slice(0, 60),
      );
    assert.deepEqual(kinds(one, both).slice(0, 1), ["server-added sync02 staging server at sync02.contoso.com"]);
    assert.deepEqual(kinds(both, one), [
      "server-removed sync02 staging server at sync02.contoso.com",
      "holder-removed tenant Entra Connect Sync - sync02 (cccccccc-".slice(0, 60),
    ]);
  });

  it("a report must not list directory roles that only one of the two reports could read", async () => {
    const unread = await changed((facts) => void (facts.roles.roles!.directoryRoles = null));
    assert.deepEqual([...unread.there, ...unread.back], []);
    const role = "Directory Synchronization Accounts";
    const facts = await reportFacts(1);
    facts.roles.roles!.directoryRoles = [{ ...STRANGER, role }];
    const read = report(facts);
    facts.roles.roles!.directoryRoles = null;
    const kinds = changesSince(read, report(facts)).map(({ kind }) => kind);
    assert.ok(!kinds.includes("holder-removed"), kinds.join());
  });

  it("each kind of change must have a description", () => {
    assert.deepEqual(Object.keys(CHANGES).sort(), [...CHANGE_KINDS].sort());
  });

  it("a report must list a server that state lost once, as a server that stops", async () => {
    const { there } = await changed((facts) => forget(facts, 1));
    assert.deepEqual(
      there.filter((line) => line.includes("APPLICATION_UNKNOWN")).map((line) => line.split(":")[0]),
      ["finding-opened sync01"],
    );
  });
});
