/**
 * Preview, comment, policies, doctor and report show the same codes of the same servers, in the same number, for the same
 * facts: for each finding, for what stops the work, for notices. That they get the same facts is the end-to-end test's.
 */
import assert from "node:assert/strict";
import { AREAS } from "../../../model/diagnostics/registry";
import { DIRECTORY_ROLES } from "../../../model/guard/guard-roles";
import type { ReportFacts } from "../../../cli/report/report-facts";
import type { StateResource } from "../../../cli/stack/stack-context";
import { FINDING_CASES, type Change } from "../../helpers/finding-cases";
import { GUARD_CASES, PRODUCT_GUARD_CASES } from "../../helpers/guard-cases";
import { foreignKey, STRANGER } from "../../helpers/guarded";
import { administrator, formerAccounts, NOTICE_CASES, TENANT_NOTICE_CASES } from "../../helpers/notice-cases";
import {
  APP_ID,
  healthy,
  KEY_ID,
  OBJECT_ID,
  OTHER_APP_ID,
  PRINCIPAL_OBJECT_ID,
  problem,
} from "../../helpers/observations";
import { readersOf } from "../../helpers/readers";
import { hostOf, reportFacts } from "./report-facts";

/** State of the first server as the ids of the fabricated one want it. */
function withIds(resource: StateResource, certificateGeneration: number): StateResource {
  const name = resource.urn.split("::").at(-1);
  const change = (changes: Record<string, unknown>) => ({ ...resource, inputs: { ...resource.inputs, ...changes } });
  if (name === "sync01-server") return change({ appId: APP_ID, certificateGeneration });
  if (name === "sync01-guard") return change({ application: OBJECT_ID, keys: [KEY_ID] });
  return name === "sync01-principal" ? { ...resource, outputs: { objectId: PRINCIPAL_OBJECT_ID } } : resource;
}

/** A healthy stack of two servers, of which the first is the one that the cases of the rules change. */
async function stack(generation = 1): Promise<{ facts: ReportFacts; seen: Parameters<Change>[0] }> {
  const facts = await reportFacts(2);
  const seen = await healthy(generation);
  const observation = {
    host: { facts: seen.facts, problem: null },
    tenant: { application: seen.application, problem: null },
  } as const;
  const [own, ...others] = facts.roles.roles!.holders;
  Object.assign(facts.roles.roles!, { holders: [{ ...own, id: PRINCIPAL_OBJECT_ID, appId: APP_ID }, ...others] });
  const servers = { ...facts.servers, sync01: { observation, audit: [] } };
  return { facts: { ...facts, servers, state: facts.state.map((resource) => withIds(resource, generation)) }, seen };
}

/** The role that the last run recorded. */
const recordRole = (facts: ReportFacts, role: string, server = "sync01") => {
  const resource = facts.state.find(({ urn }) => urn.endsWith(`::${server}-server`));
  Object.assign(resource?.inputs ?? {}, { role });
};

/** All readers show exactly this. */
function agree(facts: ReportFacts, expected: string[]): void {
  const { findings, notices, synchronisers } = readersOf(facts);
  for (const [reader, shown] of Object.entries(findings)) {
    assert.deepEqual(shown, [...expected].sort(), `findings: ${reader}`);
  }
  for (const [reader, shown] of Object.entries(notices)) assert.deepEqual(shown, notices.preview, `notices: ${reader}`);
  assert.equal(synchronisers.doctor, synchronisers.report, "who may synchronise");
}

describe("all readers of one assessment", () => {
  it("must find nothing on a healthy stack", async () => {
    agree((await stack()).facts, []);
    assert.deepEqual(readersOf((await stack()).facts).notices.preview, []);
  });

  for (const [code, cases] of Object.entries(FINDING_CASES)) {
    for (const [what, change] of Object.entries(cases)) {
      it(`must show ${code} alike where ${what}`, async () => {
        const { facts, seen } = await stack();
        const declared = change(seen) ?? {};
        Object.assign(facts.configuration.servers[0], declared);
        recordRole(facts, declared.formerRole ?? declared.role ?? "active");
        if (declared.exporting) {
          facts.configuration.servers[1].role = "active";
          recordRole(facts, "active", "sync02");
          hostOf(facts, 2).scheduler.StagingModeEnabled = false;
        }
        if (declared.appId === null) {
          facts.state = facts.state.filter(({ urn }) => !/::sync01(-|$)/.test(urn));
          facts.roles.roles!.holders.shift();
        }
        facts.servers.sync01.observation.named = seen.named;
        if (seen.gone) facts.servers.sync01.observation.tenant = { application: null, problem: null };
        // An application that is gone stops the run as well.
        const stops = code === "application-missing" ? ["sync01 APPLICATION_MISSING"] : [];
        agree(facts, [`sync01 ${code}`, ...stops]);
      });
    }
  }

  for (const [code, cases] of Object.entries(GUARD_CASES)) {
    for (const [what, change] of Object.entries(cases ?? {})) {
      it(`must show ${code} alike: ${what}`, async () => {
        const { facts, seen } = await stack();
        const host = { certificates: seen.facts.certificates.map(({ sha256 }) => sha256) };
        const view = { application: seen.application, host, fleet: [], audit: [] };
        change(seen.application, seen.application.principal!, view);
        agree(facts, [`sync01 ${code}`]);
      });
    }
  }

  it("must show alike the key that an own certificate replaced on the product's application", async () => {
    const { facts, seen } = await stack();
    facts.configuration.servers[0].mode = "byoc";
    const former = foreignKey();
    Object.assign(seen.application, { displayName: "ConnectSyncProvisioning_SYNC01_0123456789ab", tags: [] });
    seen.application.keys.unshift(former);
    facts.state = facts.state.map((one) => {
      if (!one.urn.endsWith("::sync01-server")) return one;
      return { ...one, inputs: { ...one.inputs, mode: "byoc", formerSha256: former.sha256 } };
    });
    agree(facts, ["sync01 key-replaced"]);
  });

  const holder = { id: STRANGER, name: "Directory Helper", assignmentId: "a", appId: OTHER_APP_ID };
  const user = { id: STRANGER, name: "mallory@contoso.com", assignmentId: "b", role: DIRECTORY_ROLES[0].name };
  const STRANGERS: Record<string, (facts: ReportFacts) => void> = {
    "role-holder-foreign": ({ roles }) => void roles.roles!.holders.push(holder),
    "role-holder-expired": ({ roles, configuration }) => {
      roles.roles!.holders.push(holder);
      configuration.allowedRoleHolders.push({ id: STRANGER, reason: "pilot", expires: "2020-01-01" });
    },
    "directory-role-foreign": ({ roles }) => void roles.roles!.directoryRoles!.push(user),
    "connector-account-administrator": ({ roles, servers }) => {
      const { connector } = servers.sync01.observation.host.facts!;
      Object.assign(connector, { identityType: "ServiceAccount", userName: user.name });
      roles.roles!.administrators = [administrator(user.name, "Global Administrator")];
    },
    "legacy-account-left": ({ roles }) => void roles.roles!.directoryRoles!.push(...formerAccounts(1)),
  };
  const ALSO: Record<string, string[]> = { "connector-account-administrator": ["sync01 connector-password-account"] };
  for (const [code, change] of Object.entries(STRANGERS)) {
    it(`must show ${code} of the tenant alike`, async () => {
      const { facts } = await stack();
      change(facts);
      agree(facts, [...(ALSO[code] ?? []), `tenant ${code}`]);
    });
  }

  for (const [code, cases] of Object.entries(NOTICE_CASES)) {
    for (const [
      what,
      { facts: change = () => undefined, policy = {}, declared = {}, roles = {}, keyRules = [], fleet = [] },
    ] of Object.entries(cases)) {
      it(`must show ${code} alike where ${what}`, async () => {
        // What is left is older than what is in use.
        const { facts, seen } = await stack(code === "certificate-left" ? 3 : 1);
        change(seen.facts);
        Object.assign(facts.configuration.servers[0].certificate, policy);
        Object.assign(facts.configuration.servers[0], declared);
        Object.assign(facts.roles.roles!, roles);
        facts.servers.sync01.observation.keyRules = keyRules;
        for (const { host } of fleet) hostOf(facts, 2).connector = host!.connector;
        const { notices } = readersOf(facts);
        const [expected] = Object.values(notices);
        assert.ok(expected.includes(`sync01 ${code}`), expected.join());
        for (const [reader, shown] of Object.entries(notices)) assert.deepEqual(shown, expected, reader);
      });
    }
  }

  for (const [code, cases] of Object.entries(TENANT_NOTICE_CASES)) {
    for (const [what, { roles = {}, takenAt, connector = {} }] of Object.entries(cases)) {
      it(`must show ${code} of the tenant alike where ${what}`, async () => {
        const { facts } = await stack();
        Object.assign(hostOf(facts, 1).connector, connector);
        Object.assign(facts.roles.roles!, roles);
        if (takenAt) facts.takenAt = takenAt;
        const { notices } = readersOf(facts);
        for (const [reader, shown] of Object.entries(notices)) assert.deepEqual(shown, [`tenant ${code}`], reader);
      });
    }
  }

  it("must show alike that a principal is undeclared which is named like one of a declared server", async () => {
    const { facts } = await stack();
    const { managedApplications, holders, directoryRoles } = facts.roles.roles!;
    const named = { id: STRANGER, name: "ConnectSyncProvisioning_SYNC01_0123456789ab", appId: OTHER_APP_ID };
    managedApplications.push(named);
    holders.push({ ...named, assignmentId: "a" });
    directoryRoles!.push({ ...user, id: "another", name: "Sync_mallory@contoso.onmicrosoft.com" });
    agree(facts, ["tenant directory-role-foreign", "tenant role-holder-foreign"]);
  });

  const certificateOf = (facts: ReportFacts, index: number) => hostOf(facts, index).certificates[0];
  const OBSTACLES: Record<string, { change(facts: ReportFacts): void; also?: string[] }> = {
    HOST_UNREACHABLE: {
      change: (facts) => void (facts.servers.sync01.observation.host = { facts: null, problem: problem() }),
    },
    GRAPH_UNAVAILABLE: {
      change: (facts) => {
        const unread = problem({ code: "GRAPH_UNAVAILABLE", property: "application" });
        facts.servers.sync01.observation.tenant = { application: null, problem: unread };
      },
    },
    MACHINE_SHARED: {
      change: (facts) => void (hostOf(facts, 2).machineIdentifier = hostOf(facts, 1).machineIdentifier),
      also: ["sync02 MACHINE_SHARED"],
    },
    APPLICATION_SHARED: {
      change: (facts) => void Object.assign(hostOf(facts, 2).connector, { appId: APP_ID }),
      also: ["sync02 APPLICATION_SHARED"],
    },
    CERTIFICATE_SHARED: {
      change: (facts) =>
        void Object.assign(hostOf(facts, 2).connector, { certificateSha256: certificateOf(facts, 1).sha256 }),
      also: ["sync02 CERTIFICATE_SHARED"],
    },
    VERSION_TOO_OLD: {
      change: (facts) => {
        hostOf(facts, 1).product.version = "2.5.3.0";
        hostOf(facts, 1).passwordWriteback = null;
        certificateOf(facts, 1).acl = null;
      },
      also: ["sync01 key-acl-lost"],
    },
    SERVICE_STOPPED: {
      change: (facts) => {
        hostOf(facts, 1).service.status = "Stopped";
        certificateOf(facts, 1).acl = null;
      },
      also: ["sync01 key-acl-lost"],
    },
    TPM_MISSING: {
      change: (facts) => {
        hostOf(facts, 1).tpm = { present: false, ready: false, specVersion: null };
        hostOf(facts, 1).certificates = [];
      },
      also: ["sync01 certificate-missing"],
    },
    SERVICE_ACCOUNT_UNEXPECTED: {
      change: ({ configuration }) => void (configuration.servers[0].serviceAccount = "CONTOSO\\gmsa-sync$"),
    },
    WRITEBACK_CONTRADICTED: {
      change: (facts) => {
        hostOf(facts, 1).passwordWriteback = true;
        Object.assign(hostOf(facts, 1).connector, { identityType: "Application", appId: OTHER_APP_ID });
      },
      also: ["sync01 connector-other-application", "sync01 writeback-undeclared"],
    },
    KEY_NOT_IN_HARDWARE: {
      change: (facts) => {
        certificateOf(facts, 1).keyInHardware = false;
        certificateOf(facts, 1).acl = null;
      },
      also: ["sync01 key-acl-lost"],
    },
    SCHEDULER_SUSPENDED: {
      change: (facts) => {
        hostOf(facts, 1).scheduler.SchedulerSuspended = true;
        certificateOf(facts, 1).acl = null;
      },
      also: ["sync01 key-acl-lost"],
    },
  };
  for (const [code, { change, also = [] }] of Object.entries(OBSTACLES)) {
    it(`must show alike that nothing can go on: ${code}`, async () => {
      const { facts } = await stack();
      change(facts);
      const expected = [`sync01 ${code}`, ...also].sort();
      const { findings } = readersOf(facts);
      const { "doctor, for a person": person, ...others } = findings;
      for (const [reader, shown] of Object.entries(others)) assert.deepEqual(shown, expected, reader);
      // What its own checks of connection, service and product say is not repeated.
      assert.ok(
        person.every((one) => expected.includes(one)),
        person.join(),
      );
    });
  }

  it("must show alike what is left of a server that is not in state any more", async () => {
    const { facts } = await stack();
    const state = facts.state.filter(({ urn }) => !/::sync01(-|$)/.test(urn));
    hostOf(facts, 1).connector.certificateSha256 = null;
    const expected = ["sync01 APPLICATION_UNKNOWN", "sync01 connector-other-certificate"];
    agree({ ...facts, state }, expected);
  });

  it("must show alike that no one can say who may synchronise", async () => {
    const { facts } = await stack();
    const unread = problem({ code: "GRAPH_FORBIDDEN", subject: null, property: "holders of the role" });
    const { findings } = readersOf({ ...facts, roles: { roles: null, problem: unread } });
    const { "doctor, for a person": _, ...others } = findings;
    for (const [reader, shown] of Object.entries(others)) assert.deepEqual(shown, ["tenant GRAPH_FORBIDDEN"], reader);
  });

  it("must have a case for every finding and every notice", () => {
    const names = (table: object) => Object.keys(table).sort();
    assert.deepEqual(names(FINDING_CASES), names(AREAS.findings));
    assert.deepEqual(names({ ...NOTICE_CASES, ...TENANT_NOTICE_CASES }), names(AREAS.notices));
    assert.deepEqual(names({ ...GUARD_CASES, ...PRODUCT_GUARD_CASES, ...STRANGERS }), names(AREAS.guard));
  });

  it("must count whoever may synchronise alike, by the application role or by a directory role", async () => {
    const { facts } = await stack();
    facts.roles.roles!.directoryRoles!.push({ ...user, name: "Sync_SYNC02_2@contoso.onmicrosoft.com" });
    assert.deepEqual(readersOf(facts).synchronisers, { doctor: 3, report: 3 });
  });
});
