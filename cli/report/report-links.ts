/** Which link of the chain each finding concerns, and what of a chain can be seen. */
import { SYNC_ROLE } from "../../model/tenant/clouds";
import type { FindingCode, GuardFindingCode, ManagedCode } from "../../model/diagnostics/registry";
import { TPM_PROVIDER } from "../../model/protocol/host-protocol";
import {
  STEPS,
  type LinkState,
  type ReportApplication,
  type ReportCertificate,
  type ReportLink,
  type ReportServer,
  type Step,
} from "./report-document";

/** Every finding of a server and the link that it breaks or weakens. */
export const STEP_OF: Record<Exclude<FindingCode | GuardFindingCode | ManagedCode, TenantCode>, Step> = {
  "scheduler-left-paused": "server",
  "program-changed": "server",
  "program-folder-foreign": "server",
  "writeback-undeclared": "server",
  "mode-undeclared": "server",
  "role-changed": "server",
  "exports-twice": "server",
  "synchronisation-overdue": "server",
  "service-proxy-unreachable": "server",
  "sign-in-refused": "connector",
  "credential-expired": "connector",
  "connector-password-account": "connector",
  "connector-other-application": "connector",
  "connector-other-certificate": "connector",
  "connector-parameters-blank": "connector",
  "sign-in-awaited": "connector",
  "switch-unverified": "connector",
  "certificate-missing": "certificate",
  "certificate-not-taken": "certificate",
  "rotation-due": "certificate",
  "certificate-distrusted": "certificate",
  "credential-missing": "certificate",
  "credential-revoked": "certificate",
  "key-unusable": "key",
  "key-unavailable": "key",
  "key-not-in-tpm": "key",
  "key-acl-lost": "key",
  "key-acl-wide": "key",
  "application-missing": "application",
  "application-name-taken": "application",
  "key-foreign": "application",
  "key-repeated": "application",
  "key-replaced": "application",
  "secret-foreign": "application",
  "federated-credential-foreign": "application",
  "principal-key-foreign": "application",
  "principal-secret-foreign": "application",
  "lock-off": "application",
  "owner-foreign": "application",
  "owner-missing": "application",
  "audience-wide": "application",
  "principal-disabled": "application",
  "principal-missing": "application",
  "role-foreign": "roles",
  "role-missing": "roles",
  "scope-foreign": "roles",
  "managed-identity-other": "connector",
  "managed-parameters-blank": "connector",
  "managed-key-missing": "certificate",
  "managed-credential-foreign": "application",
  "managed-rotation-overdue": "certificate",
  "managed-certificate-expired": "certificate",
  "managed-key-left": "application",
  "managed-key-removal-failed": "application",
};

/** Findings of the tenant as a whole. */
type TenantCode =
  | "role-holder-foreign"
  | "role-holder-expired"
  | "directory-role-foreign"
  | "legacy-account-left"
  | "connector-account-administrator";

/** What stops a server, and what takes more than one link with it. */
const ALSO: Record<string, readonly Step[] | undefined> = {
  "certificate-missing": ["key"],
  APPLICATION_MISSING: ["application", "roles"],
  APPLICATION_UNKNOWN: ["application"],
  APPLICATION_NAME_TAKEN: ["application"],
  MACHINE_SHARED: ["server"],
  APPLICATION_SHARED: ["connector"],
  CERTIFICATE_SHARED: ["certificate"],
  VERSION_TOO_OLD: ["server"],
  SERVICE_STOPPED: ["server"],
  SCHEDULER_SUSPENDED: ["server"],
  TPM_MISSING: ["key"],
};

function concerns(code: string, step: Step): boolean {
  return (STEP_OF as Record<string, Step | undefined>)[code] === step || (ALSO[code]?.includes(step) ?? false);
}

type Shown = Pick<ReportServer, "host" | "connector" | "certificates" | "application">;

interface Seen extends Shown {
  /** Whether server and application were observed. */
  hostSeen: boolean;
  tenantSeen: boolean;
  /** Whether anything of it was set up before. */
  begun: boolean;
  host: ReportServer["host"];
  address: string;
}

const short = (sha256: string) => sha256.slice(0, 12);
const day = (instant: string) => instant.slice(0, 10);

/** What a connector signs in with, as a few words and the name itself. */
function connectorWords(connector: NonNullable<ReportServer["connector"]>): [string, string] {
  return connector.identityType === "Application"
    ? ["Application", connector.appId ?? connector.userName]
    : ["Password account", connector.userName];
}

function keyWords({ key }: ReportCertificate): [string, string] | null {
  if (!key) return null;
  const place = key.provider === TPM_PROVIDER ? "In the TPM" : (key.provider ?? "No private key");
  return [place, key.usable ? "signed a test" : "did not sign"];
}

/** A role whose service could not be read has its id for a name; which one it is then remains open. */
function rolesWords({ roles, principalId, enabled }: ReportApplication): [string, string] {
  const sync = roles.some(({ name }) => name === SYNC_ROLE);
  if (!sync && roles.some(({ id, name }) => id === name)) return ["Roles not resolved", `${roles.length} held`];
  if (sync && principalId !== null && !enabled) return ["Disabled", `holds ${SYNC_ROLE}`];
  const others = roles.length - (sync ? 1 : 0);
  return [sync ? "May synchronise" : "May not synchronise", others === 0 ? SYNC_ROLE : `and ${others} more`];
}

/** Words for each link, null if there is no such thing. */
function words(step: Step, seen: Seen): [string, string] | null {
  const current = seen.certificates.find((certificate) => certificate.current);
  switch (step) {
    case "server":
      return seen.host ? [seen.host.computerName, `Entra Connect Sync ${seen.host.version}`] : null;
    case "connector":
      return seen.connector && connectorWords(seen.connector);
    case "certificate": {
      if (!current) return null;
      const name = current.generation === null ? "Adopted" : `Generation ${current.generation}`;
      const end = `until ${day(current.notAfter)}, ${short(current.sha256)}`;
      return [name, current.state === "valid" ? end : `${current.stateWords}, ${end}`];
    }
    case "key":
      return current ? keyWords(current) : null;
    case "application":
      return seen.application && [seen.application.name, seen.application.appId];
    default:
      return seen.application && rolesWords(seen.application);
  }
}

const OF_TENANT: readonly Step[] = ["application", "roles"];

/** The chain of a server: what was seen of each link, and the findings that concern it. */
export function chainOf(seen: Seen, codes: readonly string[]): ReportLink[] {
  return STEPS.map((step) => {
    const findings = codes.filter((code) => concerns(code, step));
    const known = OF_TENANT.includes(step) ? seen.tenantSeen : seen.hostSeen;
    const shown = known ? words(step, seen) : null;
    const there = shown !== null && (seen.begun || step === "server");
    const state: LinkState = !known ? "unknown" : findings.length > 0 ? "finding" : there ? "ok" : "none";
    const [text, detail] =
      shown ?? (known ? ["None found", ""] : ["Not observed", step === "server" ? seen.address : ""]);
    return { step, state, text, detail, findings };
  });
}
