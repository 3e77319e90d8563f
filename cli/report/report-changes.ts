/** What changed since an earlier report of the same stack. Pure. */
import type { CHANGE_KINDS, ReportChange, ReportDocument, ReportServer } from "./report-document";

type Kind = (typeof CHANGE_KINDS)[number];

/** Every kind of change in words; a test compares docs/report.md with this table. */
export const CHANGES: Record<Kind, string> = {
  "server-added": "Server added",
  "server-removed": "Server removed from the configuration",
  "server-unobserved": "Server could no longer be observed",
  "server-observed": "Server observed again",
  "role-changed": "Role of the server changed",
  "host-key-changed": "Pinned host key changed",
  "finding-opened": "New finding",
  "finding-closed": "Finding gone",
  "certificate-rotated": "Certificate rotated",
  "connector-switched": "Connector switched",
  "application-changed": "Application changed",
  "credential-added": "Credential added",
  "credential-removed": "Credential gone",
  "owner-added": "Owner added",
  "owner-removed": "Owner gone",
  "holder-added": "May synchronise now",
  "holder-removed": "May no longer synchronise",
  "version-changed": "Product version changed",
  "scheduler-changed": "Scheduler changed",
};

const TENANT = "tenant";

/** A set of one subject, as two reports show it. */
interface ComparedSet<T> {
  added: Kind;
  removed: Kind;
  subject: string;
  before: T[];
  after: T[];
  id: (one: T) => string;
  name: (one: T) => string;
}

class Changes {
  readonly found: ReportChange[] = [];

  add(kind: Kind, subject: string, before: string | null, after: string | null): void {
    this.found.push({ kind, subject, before, after });
  }

  /** A value that differs, if it was seen both times. */
  value(kind: Kind, subject: string, before: string | null | undefined, after: string | null | undefined): void {
    if (before === null || before === undefined || after === null || after === undefined) return;
    if (before !== after) this.add(kind, subject, before, after);
  }

  /** What came and went of a set whose members have an id. */
  set<T>({ added, removed, subject, before, after, id, name }: ComparedSet<T>): void {
    const ids = (list: T[]) => new Set(list.map(id));
    const [earlier, later] = [ids(before), ids(after)];
    for (const one of after) if (!earlier.has(id(one))) this.add(added, subject, null, name(one));
    for (const one of before) if (!later.has(id(one))) this.add(removed, subject, name(one), null);
  }
}

const current = ({ certificates }: ReportServer) => certificates.find((certificate) => certificate.current);

const certificateName = (server: ReportServer) => {
  const certificate = current(server);
  if (!certificate) return null;
  return `${certificate.name} (${certificate.sha256.slice(0, 12)}), until ${certificate.notAfter.slice(0, 10)}`;
};

const connectorName = ({ connector }: ReportServer) => {
  if (!connector) return null;
  if (connector.identityType === "ServiceAccount") return `password account ${connector.userName}`;
  const certificate = connector.certificateSha256?.slice(0, 12) ?? "unknown";
  return `application ${connector.appId ?? connector.userName}, certificate ${certificate}`;
};

const schedulerName = ({ host }: ReportServer) => {
  if (!host) return null;
  const { enabled, suspended, staging, interval } = host.scheduler;
  const state = suspended ? "suspended" : enabled ? "on" : "off";
  return `${state}, ${staging ? "staging mode" : "exports"}, every ${interval}`;
};

function compareServers(changes: Changes, before: ReportServer, after: ReportServer): void {
  const { name } = after;
  if (before.unobserved === null && after.unobserved !== null)
    changes.add("server-unobserved", name, null, after.unobserved);
  if (before.unobserved !== null && after.unobserved === null)
    changes.add("server-observed", name, before.unobserved, null);
  changes.value("role-changed", name, before.role, after.role);
  changes.value("host-key-changed", name, before.connection.hostKey, after.connection.hostKey);
  const rotated = current(before)?.sha256 !== current(after)?.sha256;
  if (rotated) changes.value("certificate-rotated", name, certificateName(before), certificateName(after));
  changes.value("connector-switched", name, connectorName(before), connectorName(after));
  changes.value("version-changed", name, before.host?.version, after.host?.version);
  changes.value("scheduler-changed", name, schedulerName(before), schedulerName(after));
  const [earlier, later] = [before.application, after.application];
  if (earlier?.appId !== later?.appId) {
    // Without a look at the tenant nothing is known to be gone.
    if (before.unobserved !== null || after.unobserved !== null) return;
    changes.add("application-changed", name, earlier?.appId ?? null, later?.appId ?? null);
  }
  if (!earlier || !later) return;
  changes.set({
    ...{ added: "credential-added", removed: "credential-removed", subject: name },
    ...{ before: earlier.credentials, after: later.credentials },
    id: ({ kind, keyId }) => `${kind} ${keyId}`,
    name: (one) => `${one.kind} ${one.keyId} "${one.name}"${one.until ? `, until ${one.until.slice(0, 10)}` : ""}`,
  });
  changes.set({
    ...{ added: "owner-added", removed: "owner-removed", subject: name },
    ...{ before: earlier.owners, after: later.owners },
    id: ({ id }) => id,
    name: (one) => `${one.name} (${one.id})`,
  });
}

function compareFindings(changes: Changes, before: ReportDocument, after: ReportDocument): void {
  const earlier = new Set(before.findings.map(({ id }) => id));
  const later = new Set(after.findings.map(({ id }) => id));
  const unseen = new Set([
    ...after.servers.filter(({ unobserved }) => unobserved !== null).map(({ name }) => name),
    ...(after.tenant.unobserved === null ? [] : [TENANT]),
  ]);
  for (const { id, subject, code, actual } of after.findings) {
    if (!earlier.has(id)) changes.add("finding-opened", subject, null, `${code}: ${actual}`);
  }
  for (const { id, subject, code, actual } of before.findings) {
    // It was not observed, so it may still exist.
    if (!later.has(id) && !unseen.has(subject)) changes.add("finding-closed", subject, `${code}: ${actual}`, null);
  }
}

function compareHolders(changes: Changes, { tenant: before }: ReportDocument, { tenant: after }: ReportDocument): void {
  if (before.unobserved !== null || after.unobserved !== null) return;
  // Holders of directory roles that were not read in one of both did neither come nor go.
  const both = before.directoryRolesRead && after.directoryRolesRead;
  const comparable = ({ holders }: ReportDocument["tenant"]) =>
    holders.filter(({ role }) => both || role.includes("."));
  changes.set({
    ...{ added: "holder-added", removed: "holder-removed", subject: TENANT },
    ...{ before: comparable(before), after: comparable(after) },
    id: ({ id, role }) => `${role} ${id}`,
    name: ({ id, name, role, kind }) => `${name} (${id}) by ${role}, ${kind}`,
  });
}

/** Compares a report with an earlier one of the same stack. */
export function changesSince(before: ReportDocument, after: Omit<ReportDocument, "changes">): ReportChange[] {
  const changes = new Changes();
  const later: ReportDocument = { ...after, changes: null };
  const missing = (from: ReportDocument, other: ReportDocument) =>
    from.servers.filter(({ name }) => !other.servers.some((server) => server.name === name));
  const place = ({ role, connection }: ReportServer) => `${role} server at ${connection.host}`;
  for (const server of missing(later, before)) changes.add("server-added", server.name, null, place(server));
  const gone = missing(before, later);
  for (const server of gone) changes.add("server-removed", server.name, place(server), null);
  for (const server of later.servers) {
    const earlier = before.servers.find((candidate) => candidate.name === server.name);
    if (earlier) compareServers(changes, earlier, server);
  }
  compareFindings(changes, before, later);
  compareHolders(changes, before, later);
  // With a server all that was found of it went as well.
  const went = new Set(gone.map(({ name }) => name));
  return changes.found.filter(({ kind, subject }) => kind !== "finding-closed" || !went.has(subject));
}
