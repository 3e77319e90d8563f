/** Words that page and Markdown share. */
import type {
  LINK_STATES,
  ReportDocument,
  ReportFinding,
  ReportHolder,
  ReportServer,
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

/** What is not known if directory roles could not be read. */
const UNREAD_ROLES = "who may by a directory role could not be read";

/** Said in place of an empty list of those who may synchronise; null if the list is not empty. */
export function noHolders({ tenant }: Pick<ReportDocument, "tenant">): string | null {
  if (tenant.holders.length > 0) return null;
  return tenant.directoryRolesRead
    ? "No identity may synchronise into this tenant yet."
    : `No application may synchronise into this tenant yet; ${UNREAD_ROLES}.`;
}

/** Whether an undeclared identity may synchronise if none was found. */
export const noneUndeclared = ({ tenant }: Pick<ReportDocument, "tenant">) =>
  tenant.directoryRolesRead
    ? "No undeclared identity may synchronise."
    : `No undeclared application may synchronise; ${UNREAD_ROLES}.`;

/** A name of others, and what comes before and after it. */
export type Named = [before: string, name: string | null, after: string];

/** The server that an application or account belongs to; of what belongs to none, as far as servers were observed. */
export function serverWords(
  { servers }: Pick<ReportDocument, "servers">,
  { server, namedFor }: Pick<ReportHolder, "server" | "namedFor">,
): Named {
  if (server !== null) return ["", server, ""];
  if (namedFor !== null) return ["named as one of ", namedFor, ", which does not prove that it is"];
  const unseen = servers.filter(({ host }) => host === null).map(({ name }) => name);
  return unseen.length === 0
    ? ["of no declared server", null, ""]
    : [`of no declared server that was observed (not observed: ${unseen.length})`, null, ""];
}

/** Said in place of an empty list of findings. */
export function noFindings({ servers }: Pick<ReportDocument, "servers">): string {
  return servers.some(({ status }) => status === "planned")
    ? "Nothing that is set up differs from the declaration."
    : "Nothing that was observed differs from the declaration.";
}

/** Said in place of an empty list of changes: what one of both reports did not observe is no change. */
export const NO_CHANGES = "Nothing that both reports observed has changed.";

/** Of the list of such accounts: the name is no proof. */
export const SYNC_ACCOUNTS =
  "Accounts whose names begin with Sync_, as Entra Connect names the password account of a server";

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

/** Name and domain of the tenant, or why they are not known. */
export function organizationWords({ organization }: Pick<ReportDocument, "organization">): string {
  const { name, domain, unread } = organization;
  if (unread !== null) return `name not read: ${unread}`;
  return [name, domain].filter((part) => part !== null).join(", ");
}

/** `0.1.0, commit 0123456789ab, modified`. */
export function toolWords({ tool }: Pick<ReportDocument, "tool">): string {
  if (!tool) return "not recorded";
  const commit = tool.commit === null ? "" : `, commit ${tool.commit.slice(0, 12)}`;
  return `${tool.version}${commit}${tool.modified ? ", modified" : ""}`;
}

/** When the stack's state was written last. */
export function stateWords({ stateUpdatedAt }: Pick<ReportDocument, "stateUpdatedAt">): string {
  return stateUpdatedAt === null ? "no run has written any" : momentOf(stateUpdatedAt);
}

/** When Entra Connect last synchronised into the tenant, as Entra shows it. */
export function synchronisedWords({ organization }: Pick<ReportDocument, "organization">): string {
  const { lastSynchronisation, unread } = organization;
  if (lastSynchronisation !== null) return momentOf(lastSynchronisation);
  return unread === null ? "Entra shows none" : "not read";
}

export const short = (sha256: string) => sha256.slice(0, 12);

/** What it means that no certificate of a server is listed. */
export function foundNone({ host, unobserved }: Pick<ReportServer, "host" | "unobserved">): string {
  if (unobserved === null) return "no certificate found";
  return host ? "none in the machine store" : "not observed";
}

/** The end of a server's current certificate, and what is to be known of it beside that. */
export function endWords(server: ReportServer): string {
  const current = server.certificates.find((certificate) => certificate.current);
  if (!current) return foundNone(server);
  const { state, stateWords, notAfter } = current;
  return state === "valid" ? dayOf(notAfter) : `${dayOf(notAfter)} (${stateWords.toLowerCase()})`;
}

/** The rotation that comes first: of the declared servers' current certificates that are where they are to be. */
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

/** Whether a server exports, in words. */
export const exportWords = (exporting: boolean | null) =>
  exporting === null ? "not observed" : exporting ? "yes" : "no";
