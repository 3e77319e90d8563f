/** Notices: what is worth knowing of a server and no difference from its declaration, so that no drift alarm is red. */
import type { CertificatePolicy } from "../certificate/certificate-policy";
import { daysBefore, daysBetween, toDays } from "../configuration/duration";
import { certificateOf, type CertificateReference } from "../certificate/generations";
import type { HostObservation } from "../protocol/host-protocol";
import { generationOf } from "../server/labels";
import type { ObservedTenantRoles } from "../server/observation";
import { supportEnd } from "../server/versions";

/** Every notice and its meaning. docs/findings.md is held against this table by a test. */
export const NOTICES = {
  "expiry-ahead": "The certificate's rotation window begins within 30 days.",
  "rotation-after-warning": "`rotateBefore` is so short that the product warns before the rotation.",
  "version-support-ends": "The installed version leaves support within 90 days, or has left it.",
  "cmdlet-parameters-changed": "A cmdlet that switches the identity has other parameters than the known ones.",
  "certificate-left": "A certificate of an earlier generation is on the server still.",
  "legacy-account-present": "The password account that the server no longer uses is there still.",
  "managed-application-left": "An application that the product made for this server by itself is there still.",
} as const satisfies Record<string, string>;

/** Code of a notice: a key of {@link NOTICES}. */
export type NoticeCode = keyof typeof NOTICES;

export interface Notice {
  code: NoticeCode;
  level: "notice";
  /** What was seen, one sentence. */
  text: string;
  /** What a person may do about it; empty where nothing has to be done. */
  remedy: string;
}

/** Days before the rotation window from which on it is told. */
const EXPIRY_AHEAD_DAYS = 30;
/** Days before a version's end of support from which on it is told. */
const SUPPORT_AHEAD_DAYS = 90;

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

function notice(code: NoticeCode, text: string, remedy = ""): Notice {
  return { code, level: "notice", text, remedy };
}

/** One line for one notice. */
export function formatNotice(server: string, { code, text, remedy }: Notice): string {
  return `${server}: ${code}: ${text}${remedy === "" ? "" : ` ${remedy}`}`;
}

function policyNotices({ lifetime, rotateBefore }: CertificatePolicy): Notice[] {
  const age = toDays(lifetime) - toDays(rotateBefore);
  const warnsAt = Math.min(toDays(lifetime) - WARNING_DAYS, Math.floor(toDays(lifetime) * WARNING_SHARE));
  if (age < warnsAt) return [];
  const text = `a certificate of ${lifetime} is rotated after ${age} days, but the product may warn from day ${Math.max(0, warnsAt)} on.`;
  return [notice("rotation-after-warning", text, "Lengthen rotateBefore, or take the warning for what it is.")];
}

function expiryNotices(facts: HostObservation, reference: CertificateReference, policy: CertificatePolicy): Notice[] {
  const certificate = certificateOf(facts, reference);
  if (!certificate) return [];
  const due = daysBefore(new Date(certificate.notAfter), toDays(policy.rotateBefore));
  const ahead = daysBetween(new Date(facts.takenAt), due);
  if (ahead <= 0 || ahead > EXPIRY_AHEAD_DAYS) return [];
  const end = certificate.notAfter.slice(0, 10);
  return [
    notice("expiry-ahead", `the first pulumi up from ${day(due)} on rotates the certificate, which ends on ${end}.`),
  ];
}

function versionNotices({ product, takenAt }: HostObservation): Notice[] {
  const end = supportEnd(product.version);
  if (end === null) return [];
  const ahead = daysBetween(new Date(takenAt), new Date(`${end}T00:00:00Z`));
  if (ahead > SUPPORT_AHEAD_DAYS) return [];
  const text = `support of version ${product.version} ${ahead > 0 ? "ends" : "ended"} on ${end}.`;
  return [notice("version-support-ends", text, "Upgrade Microsoft Entra Connect Sync on this server.")];
}

function cmdletNotices({ product }: HostObservation): Notice[] {
  return Object.entries(KNOWN_PARAMETERS).flatMap(([cmdlet, known]) => {
    const actual = product.cmdlets[cmdlet as keyof typeof product.cmdlets];
    const own = actual.filter((name) => !COMMON_PARAMETERS.has(name.toLowerCase()));
    const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase()).sort();
    if (lower(own).join() === lower(known).join()) return [];
    const text = `${cmdlet} has the parameters ${own.join(", ") || "none"}; known are ${known.join(", ")}.`;
    return [notice("cmdlet-parameters-changed", text, "Try the next switch on a staging server first.")];
  });
}

/**
 * Certificates of ours beside the one that the connector uses: what state does not know any more, nothing removes. That is
 * so after a lost state, a kill, or a key that died while the connection changed.
 */
function leftOverNotices(facts: HostObservation, reference: CertificateReference): Notice[] {
  const current = certificateOf(facts, reference);
  if (!current || facts.connector.certificateSha256 !== current.sha256) return [];
  const earlier = facts.certificates.filter(
    ({ label, sha256 }) => sha256 !== current.sha256 && generationOf(reference.identity, label) !== null,
  );
  return earlier.map(({ label, thumbprint }) =>
    notice(
      "certificate-left",
      `"${label}" is on the server still, though the connector uses "${current.label}".`,
      "The next pulumi up removes it where state knows it; else on the server: " +
        `Remove-Item -Path Cert:\\LocalMachine\\My\\${thumbprint} -DeleteKey`,
    ),
  );
}

function tenantNotices(server: string, facts: HostObservation, roles: ObservedTenantRoles): Notice[] {
  const { connector, computerName, legacyAccountName } = facts;
  if (connector.identityType !== "Application") return [];
  const found: Notice[] = [];
  const account = legacyAccountName?.toLowerCase();
  const user = roles.syncAccounts?.find(({ name }) => name.toLowerCase().split("@")[0] === account);
  if (legacyAccountName && user) {
    const command = `npx connect-sync-identity remove-legacy-account ${server} --name ${legacyAccountName}`;
    const text = `the account ${user.name} may synchronise still, though the server signs in as an application.`;
    found.push(notice("legacy-account-present", text, `To remove it: ${command}`));
  }
  const prefix = `ConnectSyncProvisioning_${computerName}_`.toLowerCase();
  for (const { appId, name } of roles.managedApplications) {
    if (!name.toLowerCase().startsWith(prefix) || appId === connector.appId) continue;
    const text = `the application ${appId} ("${name}") keeps its role and key, though the server uses another one.`;
    found.push(notice("managed-application-left", text, `To remove it: az ad app delete --id ${appId}`));
  }
  return found;
}

/**
 * The notices of a server.
 *
 * @param roles who may synchronise into the tenant, null where that was not read
 */
export function noticesOf(
  server: string,
  facts: HostObservation,
  reference: CertificateReference,
  policy: CertificatePolicy,
  roles: ObservedTenantRoles | null,
): Notice[] {
  return [
    ...expiryNotices(facts, reference, policy),
    ...policyNotices(policy),
    ...versionNotices(facts),
    ...cmdletNotices(facts),
    ...leftOverNotices(facts, reference),
    ...(roles ? tenantNotices(server, facts, roles) : []),
  ];
}
