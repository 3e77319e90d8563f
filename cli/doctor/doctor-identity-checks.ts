/** What a server signs in with, and its state: the assessment's findings, else a short text. Pure. */
import type { ServerVerdict } from "../../model/fleet/assessment";
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import type { FindingCode, ManagedCode } from "../../model/diagnostics/registry";
import { LABEL_PREFIX, type HostObservation } from "../../model/protocol/host-protocol";
import type { ObservedApplication } from "../../model/server/observation";
import { notice, ok, problem, type Check } from "./doctor-check";
import { checkRemedy } from "./doctor-remedies";

/** The checks that findings of a server are shown under. */
export type AssessedCheck =
  | "signature"
  | "connector"
  | "certificate"
  | "leftovers"
  | "host-program"
  | "writeback"
  | "application"
  | "scheduler"
  | "sign-ins";

/** Each finding of a server and the check that shows it. */
const CHECK_OF: Record<FindingCode | ManagedCode, AssessedCheck> = {
  "key-unusable": "signature",
  "key-unavailable": "signature",
  "connector-password-account": "connector",
  "connector-other-application": "connector",
  "connector-other-certificate": "connector",
  "connector-parameters-blank": "connector",
  "credential-revoked": "connector",
  "certificate-missing": "certificate",
  "certificate-not-taken": "certificate",
  "key-not-in-tpm": "certificate",
  "key-acl-lost": "certificate",
  "key-acl-wide": "certificate",
  "rotation-due": "certificate",
  "certificate-distrusted": "certificate",
  "credential-missing": "certificate",
  "scheduler-left-paused": "leftovers",
  "sign-in-awaited": "leftovers",
  "switch-unverified": "leftovers",
  "program-changed": "host-program",
  "program-folder-foreign": "host-program",
  "writeback-undeclared": "writeback",
  "application-missing": "application",
  "mode-undeclared": "scheduler",
  "role-changed": "scheduler",
  "exports-twice": "scheduler",
  "synchronisation-overdue": "scheduler",
  "service-proxy-unreachable": "scheduler",
  "sign-in-refused": "sign-ins",
  "credential-expired": "sign-ins",
  "application-name-taken": "application",
  "managed-identity-other": "connector",
  "managed-parameters-blank": "connector",
  "managed-key-missing": "certificate",
  "managed-credential-foreign": "application",
  "managed-rotation-overdue": "certificate",
  "managed-certificate-expired": "certificate",
  "managed-key-left": "application",
  "managed-key-removal-failed": "application",
};

/** Written by the product into the parameters of what it manages itself. */
const BY_PRODUCT = /^EntraConnect$/i;

/** What the connector signs in with, in the words of Microsoft's documentation. */
function describeConnector({ connector }: HostObservation): string {
  const { identityType, userName, appId, parameters } = connector;
  if (identityType === "ServiceAccount") return `the password account ${userName}`;
  const application = `application ${appId ?? userName}`;
  if (!BY_PRODUCT.test(parameters.ApplicationManagedBy ?? "")) return `${application}, which is not the product's`;
  const managed = BY_PRODUCT.test(parameters.CertificateManagedBy ?? "");
  return managed
    ? `${application}, managed by Entra Connect`
    : `${application} of Entra Connect with an own certificate (BYOC)`;
}

/** @param application undefined if the tenant was not read */
export function connectorWords(host: HostObservation, application: ObservedApplication | null | undefined): string {
  if (application && application.keys.length > 0) return `the declared application ${application.appId}`;
  const then = application === undefined ? "the tenant was not read" : "no credential of this stack yet";
  return `${describeConnector(host)}; ${then}`;
}

/** The connector's own certificate; one that the product manages is in the service account's own store, which cannot be read. */
export function certificateWords({ certificates, connector }: HostObservation): string {
  const used = certificates.find(({ sha256 }) => sha256 === connector.certificateSha256);
  if (used) return `"${used.label}" until ${used.notAfter.slice(0, 10)}`;
  const ours = certificates.filter(({ label }) => label.startsWith(LABEL_PREFIX)).length;
  return `the connector uses no certificate in LocalMachine\\My; ${ours} of this project there`;
}

/** A finding as a line. */
export function findingCheck(check: string, { code, expected, actual, remedy }: Diagnostic): Check {
  const help = remedy.length === 0 ? checkRemedy("heal") : remedy;
  return problem(check, `${code}: expected ${expected}, found ${actual}`, help);
}

export const isShownUnder = (check: AssessedCheck, code: string) => CHECK_OF[code as FindingCode] === check;

/** The findings that a check shows, else that it passed. */
export function assessedChecks(check: AssessedCheck, verdict: ServerVerdict, well: string): Check[] {
  const found = verdict.findings.filter(({ code }) => isShownUnder(check, code));
  return found.length > 0 ? found.map((finding) => findingCheck(check, finding)) : [ok(check, well)];
}

/** Notices, each under its code. */
export function noticeCheck(found: Diagnostic): Check {
  return notice(found.code === "cmdlet-parameters-changed" ? "cmdlets" : found.code, found);
}

/** The last day's refused sign-ins, none of them recent: those are findings. */
export function signInWords({ events }: HostObservation): string {
  const refused = events.filter(({ id }) => id === 906);
  const last = refused.at(-1);
  return last
    ? `${refused.length} refused in the last 24 hours, none since ${last.time}`
    : "none refused in the last 24 hours";
}

/** A scheduler without a finding. */
export function schedulerWords({ scheduler }: HostObservation): string {
  const on = scheduler.SyncCycleEnabled ? "on" : "off (possibly disabled by a person; not changed)";
  const mode = scheduler.StagingModeEnabled ? "staging" : "active";
  return `${on}, ${mode}, every ${scheduler.CurrentlyEffectiveSyncCycleInterval}`;
}
