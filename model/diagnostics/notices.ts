/** Notices: facts about a server that are worth knowing but are no difference from its declaration, so that no drift alarm is red. */
import { installerNotices } from "../guard/guard-administrators";
import { sourceOf } from "../certificate/certificate-source";
import type { CertificatePolicy } from "../certificate/certificate-policy";
import { daysBefore, daysBetween, toDays } from "../configuration/duration";
import { certificateOf, type CertificateReference } from "../certificate/generations";
import { TPM_PROVIDER } from "../protocol/host-operations";
import type { HostObservation } from "../protocol/host-protocol";
import { keyReported, rotationReported } from "../server/event-meanings";
import { choiceOf, useOf, type SeenServer } from "../server/in-use";
import { generationOf } from "../server/labels";
import type { ObservedTenantRoles } from "../server/observation";
import { allowedDays, refusingRule, type KeyRule } from "../tenant/key-rules";
import { isManagedFor } from "../tenant/managed-application";
import { compareServiceAccount } from "../server/service-account";
import { countedAccounts, SYNC_ACCOUNT_LIMIT, SYNC_ACCOUNTS_AHEAD } from "../tenant/sync-accounts";
import { MINIMUM_VERSION, oldestReview, reviewIsOld } from "../server/product-table";
import { serviceProxyOther } from "../server/service-proxy";
import { deadlinesFor, supportEnd } from "../server/versions";
import { diagnose, type Diagnostic } from "./diagnostic";
import { sharedNotices, takenOver } from "./shared-notices";

/** Days before the rotation window from which on it is reported. */
const EXPIRY_AHEAD_DAYS = 30;
/** Days before an end of support or a deadline from which on it is reported, each time in other words. */
const AHEAD_DAYS = [30, 90, 180] as const;

/**
 * The product warns 150 days before the end in older builds and in the how-to page, at 70 % of the lifetime in newer
 * pages.
 */
const WARNING_DAYS = 150;
const WARNING_SHARE = 0.7;

/** The parameters that this project was written against (how-to page; earlier pages had the user principal name). */
const KNOWN_PARAMETERS: Record<keyof HostObservation["product"]["cmdlets"], readonly string[]> = {
  "Add-ADSyncApplicationRegistration": ["CertificateSHA256Hash", "ApplicationAppId"],
  "Invoke-ADSyncApplicationCredentialRotation": ["CertificateSHA256Hash"],
};

/** Parameters that PowerShell gives to every advanced function. */
const COMMON_PARAMETERS = new Set(
  [
    ...["Verbose", "Debug", "ErrorAction", "WarningAction", "InformationAction", "ErrorVariable", "WarningVariable"],
    ...["InformationVariable", "OutVariable", "OutBuffer", "PipelineVariable", "ProgressAction", "WhatIf", "Confirm"],
  ].map((name) => name.toLowerCase()),
);

const day = (date: Date) => date.toISOString().slice(0, 10);

function policyNotices(server: string, policy: CertificatePolicy): Diagnostic[] {
  const { lifetime, rotateBefore } = policy;
  // How long a certificate of a CA is valid is not declared here.
  if (sourceOf(policy).kind !== "selfSigned") return [];
  const age = toDays(lifetime) - toDays(rotateBefore);
  const warnsAt = Math.min(toDays(lifetime) - WARNING_DAYS, Math.floor(toDays(lifetime) * WARNING_SHARE));
  if (age < warnsAt) return [];
  return [diagnose("rotation-after-warning", server, { lifetime, age, warnsAt: Math.max(0, warnsAt) })];
}

function expiryNotices(
  server: string,
  facts: HostObservation,
  reference: CertificateReference,
  policy: CertificatePolicy,
): Diagnostic[] {
  const certificate = certificateOf(facts, reference);
  if (!certificate) return [];
  const due = daysBefore(new Date(certificate.notAfter), toDays(policy.rotateBefore));
  const ahead = daysBetween(new Date(facts.takenAt), due);
  if (ahead <= 0 || ahead > EXPIRY_AHEAD_DAYS) return [];
  return [diagnose("expiry-ahead", server, { due: day(due), end: certificate.notAfter.slice(0, 10) })];
}

/** Of a certificate of a CA, whose revocation nothing on this server could look up. */
function revocationNotices(server: string, facts: HostObservation, reference: CertificateReference): Diagnostic[] {
  const issuance = certificateOf(facts, reference)?.issuance;
  if (issuance?.revocation !== "unchecked") return [];
  const reason = issuance.revocationProblem ?? "no reason is known";
  return [diagnose("revocation-unchecked", server, { issuer: issuance.issuer, reason })];
}

/** A rotation that is yet to come; what is refused now stops the run. */
function refusalNotices({ server, facts, reference, policy, keyRules }: NoticeFacts): Diagnostic[] {
  const current = certificateOf(facts, reference);
  if (sourceOf(policy).kind !== "selfSigned") return [];
  if (!current || facts.connector.certificateSha256 !== current.sha256) return [];
  const rule = refusingRule(keyRules ?? [], policy);
  if (!rule) return [];
  const reason = rule.days === null ? "it is self-signed" : `it is valid for more than ${allowedDays(rule)} days`;
  const { policy: id, property } = rule;
  return [diagnose("policy-refuses-rotation", server, { policy: id, property, reason })];
}

/** How far away a day is, in words; null if it is too far to be reported. */
function aheadWords(day: string, takenAt: string): string | null {
  const ahead = daysBetween(new Date(takenAt), new Date(`${day}T00:00:00Z`));
  if (ahead <= 0) return "which has passed";
  const within = AHEAD_DAYS.find((days) => ahead <= days);
  return within === undefined ? null : `in ${within} days or less`;
}

function floorNotices({ server, minimumVersion, minimumVersionReason: reason }: NoticeFacts): Diagnostic[] {
  if (!minimumVersion || !reason) return [];
  return [diagnose("minimum-version-lowered", server, { declared: minimumVersion, floor: MINIMUM_VERSION, reason })];
}

function versionNotices(server: string, { product, takenAt }: HostObservation): Diagnostic[] {
  const end = supportEnd(product.version);
  const ahead = end === null ? null : aheadWords(end, takenAt);
  if (end === null || ahead === null) return [];
  return [diagnose("version-support-ends", server, { version: product.version, end, ahead })];
}

function deadlineNotices(server: string, { product, connector, takenAt }: HostObservation): Diagnostic[] {
  return deadlinesFor(product.version, connector.identityType === "ServiceAccount").flatMap(({ day, what, source }) => {
    const ahead = aheadWords(day, takenAt);
    return ahead === null ? [] : [diagnose("deadline-ahead", server, { day, ahead, what, source: source.title })];
  });
}

function cmdletNotices(server: string, { product }: HostObservation): Diagnostic[] {
  return Object.entries(KNOWN_PARAMETERS).flatMap(([cmdlet, known]) => {
    const actual = product.cmdlets[cmdlet as keyof typeof product.cmdlets];
    const own = actual.filter((name) => !COMMON_PARAMETERS.has(name.toLowerCase()));
    const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase()).sort();
    if (lower(own).join() === lower(known).join()) return [];
    const values = { cmdlet, found: own.join(", ") || "none", known: known.join(", ") };
    return [diagnose("cmdlet-parameters-changed", server, values)];
  });
}

/**
 * Certificates of ours beside the one that the connector uses: what state does not know any more, nothing removes. That is
 * so after a lost state, a kill, or a key that died while the connection changed.
 */
function leftOverNotices({ server, facts, reference }: NoticeFacts): Diagnostic[] {
  const current = certificateOf(facts, reference);
  if (!current || facts.connector.certificateSha256 !== current.sha256) return [];
  const earlier = facts.certificates.filter(
    ({ label, sha256 }) => sha256 !== current.sha256 && generationOf(reference.identity, label) !== null,
  );
  // Its key never leaves this server, whose connector uses another one: no connector can sign in with it.
  return earlier.map(({ label, thumbprint }) =>
    diagnose("certificate-left", server, { label, current: current.label, thumbprint }),
  );
}

function leftInTenant({ server, facts, fleet }: NoticeFacts, roles: ObservedTenantRoles): Diagnostic[] {
  const { connector, computerName, legacyAccountName } = facts;
  if (connector.identityType !== "Application") return [];
  const found: Diagnostic[] = [];
  const account = legacyAccountName?.toLowerCase();
  const user = roles.syncAccounts?.find(({ name }) => name.toLowerCase().split("@")[0] === account);
  if (legacyAccountName && user) {
    const { values, remedy } = choiceOf(useOf({ kind: "account", userName: user.name }, fleet), "free");
    const own = { account: user.name, server, name: legacyAccountName };
    found.push(diagnose("legacy-account-present", server, { ...own, ...values }, { remedy }));
  }
  for (const { appId, name } of roles.managedApplications) {
    if (!isManagedFor(name, computerName) || appId === connector.appId) continue;
    const { values, remedy } = choiceOf(useOf({ kind: "application", appId }, fleet), "free");
    found.push(diagnose("managed-application-left", server, { appId, name, ...values }, { remedy }));
  }
  return found;
}

/** Only of a server whose key belongs in the TPM. */
function tpmNotices({ server, facts: { tpm }, policy }: NoticeFacts): Diagnostic[] {
  const asks = policy.keyProvider === TPM_PROVIDER && tpm?.present === true && !tpm.ready;
  return asks ? [diagnose("tpm-not-ready", server, {})] : [];
}

/** The scheduler as a person or the product left it; what an interrupted run left is a finding. */
function schedulerNotices({ server, facts: { scheduler, interrupted } }: NoticeFacts): Diagnostic[] {
  const due = scheduler.NextSyncCycleStartTimeInUTC ?? "an unknown time";
  return [
    ...(scheduler.SyncCycleEnabled || interrupted ? [] : [diagnose("scheduler-off", server, { due })]),
    ...(scheduler.SchedulerSuspended ? [diagnose("scheduler-suspended", server, {})] : []),
    ...(scheduler.MaintenanceEnabled ? [] : [diagnose("maintenance-off", server, {})]),
  ];
}

/** What was declared and could not be compared with the server, and what could not be read. */
function uncomparedNotices({ server, facts, serviceAccount, passwordWriteback }: NoticeFacts): Diagnostic[] {
  const { service, computerName } = facts;
  const found: Diagnostic[] = [];
  if (serviceAccount && compareServiceAccount(serviceAccount, service, computerName) === "unknown") {
    const values = { declared: serviceAccount, account: service.account, sid: service.accountSid ?? "unknown" };
    found.push(diagnose("service-account-uncompared", server, values));
  }
  if (facts.passwordWriteback === null) {
    found.push(diagnose("writeback-unread", server, { declared: passwordWriteback ? "on" : "off" }));
  }
  const lost = (facts.unreadable ?? []).map((fact) => diagnose("fact-unreadable", server, fact));
  return [...found, ...lost];
}

function accountNotices(roles: ObservedTenantRoles): Diagnostic[] {
  const count = countedAccounts(roles)?.length ?? 0;
  if (count < SYNC_ACCOUNTS_AHEAD) return [];
  return [diagnose("sync-accounts-near-limit", null, { count, limit: SYNC_ACCOUNT_LIMIT })];
}

/** The notices of the tenant and the fleet as a whole. */
export function tenantNotices(roles: ObservedTenantRoles, now: Date, fleet: readonly SeenServer[]): Diagnostic[] {
  const old = reviewIsOld(now) ? [diagnose("review-overdue", null, { day: oldestReview() })] : [];
  return [...accountNotices(roles), ...installerNotices(roles, fleet), ...old];
}

/** What the notices of a server are made from. */
export interface NoticeFacts {
  server: string;
  /** As declared; null or absent if any account may run the service. */
  serviceAccount?: string | null;
  passwordWriteback: boolean;
  minimumVersion?: string;
  /** Why the declared one is below the service's own floor; null or absent if it is not. */
  minimumVersionReason?: string | null;
  facts: HostObservation;
  reference: CertificateReference;
  policy: CertificatePolicy;
  /** What policies allow of the next certificate. */
  keyRules?: readonly KeyRule[] | null;
  /** Who may synchronise into the tenant; null if that was not read. */
  roles: ObservedTenantRoles | null;
  /** Every declared server, as observed: nothing that one of them signs in with is proposed to be removed. */
  fleet: readonly SeenServer[];
  /** Whether the stack made an application for the server already. @default no */
  ownApplication?: boolean;
}

/** Those of a server whose application and certificate are the product's: a pause that was cut off is a scheduler that is off. */
export function productNotices(from: NoticeFacts): Diagnostic[] {
  const { server, facts, roles } = from;
  return [
    ...versionNotices(server, facts),
    ...deadlineNotices(server, facts),
    ...schedulerNotices({ ...from, facts: { ...facts, interrupted: null } }),
    ...serviceProxyOther({ server, host: facts }),
    ...rotationReported({ server, host: facts }),
    ...keyReported({ server, host: facts }, true),
    ...uncomparedNotices(from),
    ...(roles ? leftInTenant(from, roles) : []),
  ];
}

/** The notices of a server. */
export function noticesOf(from: NoticeFacts): Diagnostic[] {
  const { server, facts, reference, policy, roles } = from;
  return [
    ...expiryNotices(server, facts, reference, policy),
    ...revocationNotices(server, facts, reference),
    ...refusalNotices(from),
    ...policyNotices(server, policy),
    ...floorNotices(from),
    ...versionNotices(server, facts),
    ...deadlineNotices(server, facts),
    ...cmdletNotices(server, facts),
    ...tpmNotices(from),
    ...schedulerNotices(from),
    ...serviceProxyOther({ server, host: facts }),
    ...rotationReported({ server, host: facts }),
    ...keyReported({ server, host: facts }, policy.keyProvider === TPM_PROVIDER),
    ...uncomparedNotices(from),
    ...leftOverNotices(from),
    ...sharedNotices(from),
    // Before the first run, and with a certificate of its own, a server belongs on the product's application.
    ...(roles && from.ownApplication ? takenOver(from, roles) : []),
    ...(roles ? leftInTenant(from, roles) : []),
  ];
}
