/** For each finding the changes that cause it, each applied to a healthy server. */
import type { FindingCode } from "../../model/diagnostics/registry";
import { SOFTWARE_PROVIDER, type HostObservation } from "../../model/protocol/host-protocol";
import type { ObservedNamesake } from "../../model/server/observation";
import { revocationTag } from "../../model/server/labels";
import { DAY, SERVICE_SID } from "./certificates";
import { APP_ID, expectation, OTHER_APP_ID, OTHER_SHA256, type Expectation, type Healthy } from "./observations";

/** What a case changes: the server in place (`gone`: its application); its result changes the expectation. */
export type Change = (seen: Healthy & { gone?: boolean; named?: ObservedNamesake[] }) => Partial<Expectation> | void;

export const accessRule = (sid: string, allow = true) => ({ sid, account: `account of ${sid}`, rights: "Read", allow });

const ago = ({ takenAt }: HostObservation, minutes: number) =>
  new Date(Date.parse(takenAt) - minutes * 60_000).toISOString();
const daysAgo = (facts: HostObservation, days: number) => ago(facts, days * 24 * 60);

/** So that an event can be newer than the certificate. */
export const aDayLater = (facts: HostObservation) => void (facts.takenAt = ago(facts, -24 * 60));

/** Event 906 as Entra Connect writes it. */
export const refusal = (
  facts: HostObservation,
  minutes: number,
  message = "AADSTS7000112: the application is disabled.",
) => ({
  time: ago(facts, minutes),
  id: 906,
  message: `GetSecurityToken: ${message}`,
});

/** What an incomplete registration left on the server. */
const switchRecord = ({ certificate }: Healthy) => ({
  since: "2026-10-01T11:00:00Z",
  appId: APP_ID,
  certificateSha256: certificate.sha256,
  command: "Add-ADSyncApplicationRegistration -CertificateSHA256Hash AB -ApplicationAppId CD",
});

/** An application of the name that is declared. */
export const namesake = (objectId: string): ObservedNamesake => {
  return { objectId, appId: OTHER_APP_ID, displayName: "Entra Connect Sync - sync01" };
};

/** A certificate of a CA that all is well with. */
export const ISSUANCE = {
  issuer: "CN=Contoso Issuing CA",
  trusted: true,
  problem: null,
  revocation: "good" as const,
  revocationProblem: null,
};

/** For each code the changes that cause it, each applied to a healthy server. */
export const FINDING_CASES: Record<FindingCode, Record<string, Change>> = {
  "certificate-missing": {
    "the certificate is deleted": ({ facts }) => void (facts.certificates = []),
    "the certificate lost its label": ({ certificate }) => void (certificate.label = "something else"),
    "the certificate is another server's": ({ certificate }) =>
      void (certificate.label = "ConnectSyncIdentity dev/sync02 g1"),
    "certificate and key credential are both gone while the connector uses the application": (seen) => {
      seen.facts.certificates = [];
      seen.application.keys = [];
    },
  },
  "certificate-not-taken": {
    "the upload of a longer certificate was refused": (seen) => {
      seen.application.keys = [];
      Object.assign(seen.facts.connector, {
        identityType: "ServiceAccount",
        userName: "Sync_SYNC01_0123456789ab@contoso.onmicrosoft.com",
        appId: null,
        certificateSha256: null,
      });
      return { certificate: { ...expectation().certificate, lifetime: "90 days", rotateBefore: "30 days" } };
    },
  },
  "key-unusable": {
    "the TPM was cleared": ({ certificate }) =>
      void Object.assign(certificate, { keyUsable: false, keyProblem: "NTE_BAD_KEYSET", acl: null, keyProvider: null }),
  },
  "key-unavailable": {
    "the TPM is locked out": ({ certificate }) =>
      void Object.assign(certificate, { keyUsable: false, keyProblem: "locked (0x80280921)", keyFault: "passing" }),
    "the TPM cannot make such a signature, so another key there would be no better": ({ certificate }) =>
      void Object.assign(certificate, { keyUsable: false, keyProblem: "(0x80070423)", keyFault: "unsupported" }),
  },
  "key-not-in-tpm": {
    "the key is stored by the software provider": ({ certificate }) =>
      void (certificate.keyProvider = SOFTWARE_PROVIDER),
    "an HSM is declared": () => ({
      certificate: { ...expectation().certificate, keyProvider: "An HSM's Key Storage Provider" },
    }),
  },
  "key-acl-lost": {
    "the service account's rule is gone": ({ certificate }) =>
      void (certificate.acl = certificate.acl?.filter(({ sid }) => sid !== SERVICE_SID) ?? null),
    "a rule denies the service account": ({ certificate }) =>
      void certificate.acl?.push(accessRule(SERVICE_SID, false)),
    "the access list cannot be read": ({ certificate }) => void (certificate.acl = null),
  },
  "key-acl-wide": {
    "everyone may read": ({ certificate }) => void certificate.acl?.push(accessRule("S-1-1-0")),
    "an account with the service account's name may read": ({ certificate, facts }) =>
      void certificate.acl?.push({ ...accessRule("S-1-5-21-9-9-9-1000"), account: facts.service.account }),
  },
  "rotation-due": {
    "the host's clock is within the rotation window": ({ facts, certificate }) =>
      void (facts.takenAt = new Date(Date.parse(certificate.notAfter) - 180 * DAY + 1000).toISOString()),
    "the certificate has ended": ({ facts, certificate }) =>
      void (facts.takenAt = new Date(Date.parse(certificate.notAfter) + DAY).toISOString()),
  },
  "certificate-distrusted": {
    "its CA revoked it": ({ certificate }) => void (certificate.issuance = { ...ISSUANCE, revocation: "revoked" }),
    "its chain ends in no trusted root": ({ certificate }) =>
      void (certificate.issuance = { ...ISSUANCE, trusted: false, problem: "UntrustedRoot" }),
  },
  "credential-missing": {
    "the application lost its keys": (seen) => void (seen.application.keys = []),
    "the application holds another key under the label": (seen) =>
      seen.application.keys.forEach((key) => (key.sha256 = OTHER_SHA256)),
    "Entra shows no bytes of the key": (seen) => seen.application.keys.forEach((key) => (key.sha256 = null)),
  },
  "connector-password-account": {
    "an administrator went back to a password account": ({ facts }) =>
      void Object.assign(facts.connector, {
        identityType: "ServiceAccount",
        userName: "Sync_SYNC01_0123456789ab@contoso.onmicrosoft.com",
        appId: null,
        certificateSha256: null,
      }),
  },
  "connector-other-application": {
    "the connector uses another application": ({ facts }) =>
      void Object.assign(facts.connector, { appId: OTHER_APP_ID, certificateSha256: OTHER_SHA256 }),
  },
  "connector-other-certificate": {
    "the connector uses another certificate": ({ facts }) => void (facts.connector.certificateSha256 = OTHER_SHA256),
    "the connector names no certificate": ({ facts }) => void (facts.connector.certificateSha256 = null),
  },
  "sign-in-awaited": {
    "the first registration asked for a sign-in": (seen) => {
      Object.assign(seen.facts.connector, {
        identityType: "ServiceAccount",
        userName: "Sync_SYNC01_0123456789ab@contoso.onmicrosoft.com",
        appId: null,
        certificateSha256: null,
      });
      seen.facts.signIn = switchRecord(seen);
    },
    "a rotation asked for a sign-in": (seen) => {
      seen.facts.connector.certificateSha256 = OTHER_SHA256;
      seen.facts.signIn = switchRecord(seen);
    },
  },
  "switch-unverified": {
    "the delta synchronisation after the switch failed": (seen) => {
      const { since, appId, certificateSha256 } = switchRecord(seen);
      seen.facts.unverified = { since, appId, certificateSha256 };
    },
  },
  "credential-revoked": {
    "it was revoked, and the key credential is gone": (seen) => {
      seen.application.keys = [];
      seen.application.tags.push(revocationTag(1, new Date("2026-10-01T11:00:00Z")));
    },
    "certificate and key went as well": (seen) => {
      seen.facts.certificates = [];
      seen.application.keys = [];
      seen.application.tags.push(revocationTag(1, new Date("2026-10-01T11:00:00Z")));
    },
  },
  "connector-parameters-blank": {
    "all parameters are blank": ({ facts }) =>
      void (facts.connector.parameters = { ApplicationManagedBy: null, CertificateManagedBy: "", CertificateId: null }),
    "one parameter is blank": ({ facts }) => void (facts.connector.parameters.CertificateId = ""),
  },
  "scheduler-left-paused": {
    "an interrupted run left its record": ({ facts }) =>
      void (facts.interrupted = {
        operation: "register",
        startedAt: "2026-10-01T11:00:00Z",
        syncCycleEnabled: true,
        restoreTask: false,
      }),
    "an interrupted run left a record that cannot be read": ({ facts }) =>
      void (facts.interrupted = {
        operation: "unknown",
        startedAt: null,
        syncCycleEnabled: true,
        restoreTask: true,
        problem: "pause.json cannot be read",
      }),
  },
  "program-changed": {
    "another program is installed": ({ facts }) => void (facts.program.sha256 = OTHER_SHA256),
    "files and manifest disagree": ({ facts }) =>
      void (facts.program = { sha256: null, problem: "Windows.ps1 is not the file that manifest.json lists" }),
  },
  "program-folder-foreign": {
    "someone put a script beside the program": ({ facts }) =>
      void (facts.program.foreign = [{ name: "Helper.ps1", earlier: false }]),
    "a script is there beside a file of an older version": ({ facts }) =>
      void (facts.program.foreign = [
        { name: "PROTOCOL.md", earlier: true },
        { name: "Helper.ps1", earlier: false },
      ]),
  },
  "writeback-undeclared": {
    "it is on and not declared": ({ facts }) => void (facts.passwordWriteback = true),
    "it is declared and off": () => ({ passwordWriteback: true }),
  },
  "mode-undeclared": {
    "a declared staging server exports": () => ({ role: "staging" }),
    "the active server is in staging mode": ({ facts }) => void (facts.scheduler.StagingModeEnabled = true),
    "the active server is in staging mode, and another one exports": ({ facts }) => {
      facts.scheduler.StagingModeEnabled = true;
      return { exporting: ["sync02"] };
    },
  },
  "role-changed": {
    "it was active, and is in staging mode already": ({ facts }) => {
      facts.scheduler.StagingModeEnabled = true;
      return { role: "staging", formerRole: "active" };
    },
  },
  "exports-twice": {
    "it is declared as staging, and the active server exports as well": () => ({
      role: "staging",
      exporting: ["sync02"],
    }),
  },
  "service-proxy-unreachable": {
    ...Object.fromEntries(
      (["miiserver.exe.config", "machine.config", "account"] as const).map((source): [string, Change] => [
        `the proxy of the service, set by ${source}, accepts no connection`,
        ({ facts }) => void (facts.serviceProxy = { source, address: "http://p:1", answers: false, session: null }),
      ]),
    ),
  },
  "synchronisation-overdue": {
    "the scheduler is on and runs no cycle": ({ facts }) =>
      void (facts.scheduler.NextSyncCycleStartTimeInUTC = daysAgo(facts, 2)),
    "the scheduler was switched off": ({ facts: { scheduler }, facts }) =>
      void Object.assign(scheduler, { SyncCycleEnabled: false, NextSyncCycleStartTimeInUTC: daysAgo(facts, 2) }),
    "the wizard suspends the scheduler": ({ facts: { scheduler }, facts }) =>
      void Object.assign(scheduler, { SchedulerSuspended: true, NextSyncCycleStartTimeInUTC: daysAgo(facts, 2) }),
  },
  "sign-in-refused": {
    "the last cycle was refused": ({ facts }) => {
      aDayLater(facts);
      facts.events.push(refusal(facts, 10));
    },
    ...Object.fromEntries(
      ["700016", "700024", "700027", "53003", "7000222", "50105"].map((code): [string, Change] => [
        `the last cycle was refused with AADSTS${code}`,
        ({ facts }) => {
          aDayLater(facts);
          facts.events.push(refusal(facts, 10, `AADSTS${code}: refused.`));
        },
      ]),
    ),
    "the scheduler is off, and the last sign-in was refused hours ago": ({ facts }) => {
      aDayLater(facts);
      facts.scheduler.SyncCycleEnabled = false;
      facts.events.push(refusal(facts, 600));
    },
  },
  "credential-expired": {
    "it is in the store of the service account, before the first run": (seen) => {
      seen.gone = true;
      const { facts } = seen;
      facts.certificates = [];
      Object.assign(facts.connector, { appId: OTHER_APP_ID, userName: `{${OTHER_APP_ID}}@contoso.onmicrosoft.com` });
      facts.events.push({ time: facts.takenAt, id: 1012, message: "The certificate expired 3 day(s) ago." });
      return { appId: null, programInstalled: false };
    },
  },
  "application-missing": {
    "Entra holds no application with the marker": (seen) => void (seen.gone = true),
  },
  "application-name-taken": {
    "an application of someone else has the name": (seen) => {
      seen.named = [namesake(seen.application.objectId), namesake("another object")];
    },
  },
};
