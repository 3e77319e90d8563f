/** For each notice what makes it, each from a healthy server. */
import type { CertificatePolicy } from "../../model/certificate/certificate-policy";
import type { NoticeCode } from "../../model/diagnostics/registry";
import type { ConnectorFacts, HostObservation } from "../../model/protocol/host-protocol";
import type { SeenServer } from "../../model/server/in-use";
import { certificateLabel } from "../../model/server/labels";
import { oldestReview } from "../../model/server/product-table";
import { DIRECTORY_ROLES } from "../../model/guard/guard-roles";
import type { ObservedDirectoryRoleHolder, ObservedTenantRoles } from "../../model/server/observation";
import type { KeyRule } from "../../model/tenant/key-rules";
import { DAY } from "./certificates";
import { ISSUANCE } from "./finding-cases";
import { IDENTITY, OTHER_APP_ID, OTHER_SHA256 } from "./observations";

export const ACCOUNT = "Sync_SYNC01_0123456789ab";

/** Notices of the tenant as a whole, which no server has. */
type TenantNoticeCode = "installer-role-left" | "sync-accounts-near-limit" | "review-overdue";

export interface NoticeCase {
  facts?: (facts: HostObservation) => void;
  policy?: Partial<CertificatePolicy>;
  declared?: {
    ownApplication?: boolean;
    serviceAccount?: string;
    passwordWriteback?: boolean;
    minimumVersion?: string;
    minimumVersionReason?: string;
  };
  roles?: Partial<ObservedTenantRoles> | null;
  /** What policies allow of the next certificate. */
  keyRules?: KeyRule[];
  /** Declared servers beside this one. */
  fleet?: SeenServer[];
}

/** A version of which no end of support is known, so that days far ahead bring no notice of their own. */
const UNKNOWN_VERSION = "2.9.0.0";

export const before = (facts: HostObservation, days: number) => {
  facts.takenAt = new Date(Date.parse(facts.certificates[0].notAfter) - (180 + days) * DAY).toISOString();
  facts.product.version = UNKNOWN_VERSION;
};
/** A second certificate, with the label of an earlier or another one. */
export const leave = ({ certificates }: HostObservation, label: string) =>
  void certificates.push({ ...certificates[0], label, sha256: OTHER_SHA256, thumbprint: "AB".repeat(20) });
export const account = { id: "1", name: `${ACCOUNT}@contoso.onmicrosoft.com` };
export const managed = { id: "2", appId: OTHER_APP_ID, name: "ConnectSyncProvisioning_SYNC01_0123456789ab" };

/** The connector on the application that the product made. */
const onProduct = (connector: ConnectorFacts) =>
  void Object.assign(connector, { appId: OTHER_APP_ID, userName: `{${OTHER_APP_ID}}@contoso.onmicrosoft.com` });
/** The connector on a password account. */
const onAccount = (connector: ConnectorFacts) =>
  void Object.assign(connector, { identityType: "ServiceAccount", userName: account.name, appId: null });
const CONNECTOR: ConnectorFacts = {
  ...{ name: "contoso.onmicrosoft.com - AAD", identityType: "Application", userName: "", appId: null },
  ...{ certificateSha256: OTHER_SHA256 },
  parameters: { ApplicationManagedBy: null, CertificateManagedBy: null, CertificateId: null },
};
/** Another declared server, with its connector. */
function sharer(change: (connector: ConnectorFacts) => void): SeenServer {
  const connector = structuredClone(CONNECTOR);
  change(connector);
  return { server: "sync02", host: { computerName: "SYNC02", connector, legacyAccountName: null } };
}

/** A moment so many days after the oldest review of the table of versions. */
export const daysAfterReview = (days: number) =>
  new Date(Date.parse(`${oldestReview()}T00:00:00Z`) + days * DAY + 1).toISOString();

export const NOTICE_CASES: Record<Exclude<NoticeCode, TenantNoticeCode>, Record<string, NoticeCase>> = {
  "expiry-ahead": {
    "the rotation window begins in 30 days": { facts: (facts) => before(facts, 30) },
    "it begins in a day": { facts: (facts) => before(facts, 1) },
  },
  "revocation-unchecked": {
    "no revocation list answers": {
      facts: ({ certificates }) =>
        void (certificates[0].issuance = { ...ISSUANCE, revocation: "unchecked", revocationProblem: "offline" }),
    },
  },
  "policy-refuses-rotation": {
    "the lifetime is longer than the policy allows": {
      keyRules: [{ policy: "p", property: "asymmetricKeyLifetime", days: 364 }],
    },
    "only trusted authorities may issue": {
      keyRules: [{ policy: "p", property: "trustedCertificateAuthority", days: null }],
    },
  },
  "rotation-after-warning": {
    "rotateBefore is the product's own 150 days": { policy: { rotateBefore: "150 days" } },
    "it comes after 70 % of a longer lifetime": { policy: { lifetime: "730 days", rotateBefore: "200 days" } },
  },
  "minimum-version-lowered": {
    "an older version is accepted by name": {
      declared: { minimumVersion: "2.5.76.0", minimumVersionReason: "this cloud has no cutoff." },
    },
  },
  "version-support-ends": {
    "it ends within 180 days": {
      facts: (facts) => Object.assign(facts, { takenAt: "2027-05-01T00:00:00Z" }),
    },
    "it ends within 90 days": {
      facts: (facts) => Object.assign(facts, { takenAt: "2027-07-01T00:00:00Z" }),
    },
    "it has ended": {
      facts: (facts) =>
        Object.assign(facts.product, { version: "2.5.79.0" }) && (facts.takenAt = "2026-11-01T00:00:00Z"),
    },
  },
  "deadline-ahead": {
    "the version stops synchronising": {
      facts: (facts) =>
        Object.assign(facts.product, { version: "2.5.78.0" }) && (facts.takenAt = "2026-09-01T00:00:00Z"),
    },
    "the connector is on a password account, which will not synchronise": {
      facts: (facts) => {
        Object.assign(facts.connector, { identityType: "ServiceAccount", appId: null });
        facts.takenAt = "2027-01-10T00:00:00Z";
      },
    },
  },
  "cmdlet-parameters-changed": {
    "a cmdlet has one more": {
      facts: ({ product }) => void product.cmdlets["Add-ADSyncApplicationRegistration"].push("UserPrincipalName"),
    },
    "a cmdlet has one less": {
      facts: ({ product }) => void (product.cmdlets["Invoke-ADSyncApplicationCredentialRotation"] = []),
    },
  },
  "certificate-left": {
    "another generation lies beside the one in use": {
      facts: (facts) => leave(facts, certificateLabel(IDENTITY, 2)),
    },
  },
  "tpm-not-ready": {
    "it lacks its owner's authorisation": { facts: ({ tpm }) => void (tpm!.ready = false) },
  },
  "scheduler-off": {
    "a person switched it off": { facts: ({ scheduler }) => void (scheduler.SyncCycleEnabled = false) },
  },
  "scheduler-suspended": {
    "the wizard is open": { facts: ({ scheduler }) => void (scheduler.SchedulerSuspended = true) },
  },
  "maintenance-off": {
    "it was switched off": { facts: ({ scheduler }) => void (scheduler.MaintenanceEnabled = false) },
  },
  "service-proxy-other": {
    "only the service goes through a proxy, which answers": {
      facts: (facts) =>
        void (facts.serviceProxy = { source: "machine.config", address: "http://p:1", answers: true, session: null }),
    },
    "only the session goes through a proxy": {
      facts: (facts) =>
        void (facts.serviceProxy = { source: "account", address: null, answers: null, session: "http://p:1" }),
    },
  },
  "rotation-reported": {
    "the certificate is in the store of the service account": {
      facts: (facts) => {
        facts.connector.certificateSha256 = OTHER_SHA256;
        facts.events.push({ time: facts.takenAt, id: 1011, message: "expires in 20 day(s)" });
      },
    },
  },
  "key-reported": {
    "the key is declared to be in the TPM": {
      facts: (facts) => void facts.events.push({ time: facts.takenAt, id: 1014, message: "not backed by a TPM" }),
    },
  },
  "service-account-uncompared": {
    "one of the names is a user principal name": { declared: { serviceAccount: "sync@contoso.com" } },
  },
  "writeback-unread": {
    "the setting cannot be read": { facts: (facts) => void (facts.passwordWriteback = null) },
  },
  "fact-unreadable": {
    "the host says so": {
      facts: (facts) => void (facts.unreadable = [{ field: "machineIdentifier", reason: "access is denied" }]),
    },
  },
  "legacy-account-present": {
    "the tenant holds it": { roles: { syncAccounts: [account] } },
    "it is written in another case": { roles: { syncAccounts: [{ id: "1", name: account.name.toUpperCase() }] } },
  },
  "application-in-common": {
    "another server is on the application of this one": {
      facts: ({ connector }) => void onProduct(connector),
      fleet: [sharer((connector) => void onProduct(connector))],
    },
  },
  "account-in-common": {
    "another server is on the account of this one": {
      facts: ({ connector }) => void onAccount(connector),
      fleet: [sharer((connector) => void onAccount(connector))],
    },
  },
  "product-took-over": {
    "the connector is on an application of the product": {
      facts: ({ connector }) => void onProduct(connector),
      roles: { managedApplications: [managed] },
    },
  },
  "managed-application-left": {
    "the tenant holds one for this computer": { roles: { managedApplications: [managed] } },
  },
};

/** Accounts that the tenant holds, of machines that are no declared servers. */
export const formerAccounts = (count: number): ObservedDirectoryRoleHolder[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: `account ${index}`, name: `Sync_OLD${index}_0123456789ab@contoso.onmicrosoft.com` },
    ...{ assignmentId: `assignment of ${index}`, role: DIRECTORY_ROLES[0].name, appId: null },
  }));

export const administrator = (name: string, role: string): ObservedDirectoryRoleHolder => ({
  ...{ id: `id of ${name}`, name, role, assignmentId: `${role} of ${name}`, appId: null },
});

export interface TenantNoticeCase {
  roles?: Partial<ObservedTenantRoles>;
  /** What the connector of the server signs in with. @default its application */
  connector?: Partial<HostObservation["connector"]>;
  /** The moment of the look. */
  takenAt?: string;
}

/** For each notice of the tenant and the fleet as a whole what makes it. */
export const TENANT_NOTICE_CASES: Record<TenantNoticeCode, Record<string, TenantNoticeCase>> = {
  "sync-accounts-near-limit": {
    "eighteen accounts have the directory role": { roles: { directoryRoles: formerAccounts(18) } },
    "directory roles cannot be read, and eighteen users are named like accounts": {
      roles: { directoryRoles: null, syncAccounts: formerAccounts(18).map(({ id, name }) => ({ id, name })) },
    },
  },
  "installer-role-left": {
    "a server signs in with an account, and a user is Hybrid Identity Administrator": {
      connector: { identityType: "ServiceAccount", userName: "svc-sync@contoso.com", appId: null },
      roles: { administrators: [administrator("installer@contoso.com", "Hybrid Identity Administrator")] },
    },
  },
  "review-overdue": {
    "the oldest review of a row was 181 days ago": { takenAt: daysAfterReview(181) },
  },
};
