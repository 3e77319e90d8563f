/** Words that page and Markdown share. */
import type {
  LINK_STATES,
  ReportCertificate,
  ReportDocument,
  ReportFinding,
  ReportHolder,
  ServerStatus,
  Step,
} from "./report-document";

export const STATUS_WORDS: Record<ServerStatus, string> = {
  "as-declared": "As declared",
  planned: "Not set up yet",
  waiting: "Waiting for a sign-in",
  differs: "Differs from the declaration",
  unobserved: "Not observed",
};

export const STEP_WORDS: Record<Step, string> = {
  server: "Server",
  connector: "Connector",
  certificate: "Certificate",
  key: "Private key",
  application: "Application",
  roles: "Roles",
};

export const LINK_WORDS: Record<(typeof LINK_STATES)[number], string> = {
  ok: "as declared",
  finding: "differs",
  none: "not set up",
  unknown: "not observed",
};

export const CERTIFICATE_WORDS = {
  valid: "Valid",
  due: "Rotation due",
  expired: "Expired",
  missing: "Not on the server",
} as const;

/** Whether the connector uses a certificate; one that is gone it can only name. Null if it does not. */
export function useWords({ inUse, state }: Pick<ReportCertificate, "inUse" | "state">): string | null {
  if (!inUse) return null;
  return state === "missing" ? "named by the connector" : "in use";
}

/** What happens about a finding. */
export const THEN_WORDS: Record<ReportFinding["then"], string> = {
  heals: "The next pulumi up heals it",
  removes: "The next pulumi up removes it",
  person: "A person has to decide",
  stops: "Stops every run",
};

export const HOLDER_WORDS: Record<ReportHolder["kind"], string> = {
  declared: "Declared server",
  allowed: "Allowed",
  managed: "Used by a declared server, or by one before it was set up",
  "sync-account": "Account of a declared server",
  undeclared: "Not declared",
  expired: "Allowed until a day that has passed",
};

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `26 Nov 2026` of an instant or day. */
export function dayOf(instant: string): string {
  const [year, month, day] = instant.slice(0, 10).split("-").map(Number);
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

/** `26 Nov 2026, 21:40 UTC`. */
export function momentOf(instant: string): string {
  return `${dayOf(instant)}, ${instant.slice(11, 16)} UTC`;
}

export const short = (sha256: string) => sha256.slice(0, 12);

/** The rotation that comes first: of the declared servers' current certificates. */
export function nextRotation({ servers }: ReportDocument): { server: string; from: string; state: string } | null {
  const current = servers.flatMap(({ name, certificates }) =>
    certificates.flatMap(({ current, rotationFrom, state }) =>
      current && rotationFrom ? [{ server: name, from: rotationFrom, state }] : [],
    ),
  );
  return current.sort((left, right) => (left.from < right.from ? -1 : 1))[0] ?? null;
}

/** Whole days from one instant to another. */
export function daysUntil(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
