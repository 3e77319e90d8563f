/** What tenant and servers hold, in tables for people. */
import { TPM_PROVIDER } from "../../model/protocol/host-protocol";
import { drawTable } from "../../console/table";
import type { ServerStatus } from "../../sandbox/server/server-status";
import type { SandboxStatus } from "../../sandbox/world/status";
import type { ApplicationDescription } from "../../sandbox/tenant/describe";

/** Hexadecimal digits of a hash that are shown; the JSON form has them all. */
const SHORT_HASH = 12;

const day = (instant: string) => instant.slice(0, 10);
const short = (sha256: string) => `${sha256.slice(0, SHORT_HASH)}…`;

const table = (head: string[], rows: string[][]) => drawTable(head, rows, { compact: rows.length === 0 });

function schedulerText({ scheduler }: ServerStatus): string {
  const mode = scheduler.StagingModeEnabled ? "staging mode" : "exports";
  if (scheduler.SchedulerSuspended) return `suspended\n${mode}`;
  return `${scheduler.SyncCycleEnabled ? "on" : "OFF"}, ${mode}`;
}

function keyPlace(keyProvider: string | null, keyUsable: boolean): string {
  if (keyProvider === null) return "no private key";
  const place = keyProvider === TPM_PROVIDER ? "key in the TPM" : `key with "${keyProvider}"`;
  return keyUsable ? place : `${place}, not usable`;
}

/** The certificate that the connector uses. */
function certificateText({ connector, certificates }: ServerStatus): string {
  const { certificateSha256 } = connector;
  if (certificateSha256 === null) return "none";
  const found = certificates.find(({ sha256 }) => sha256 === certificateSha256);
  // In managed mode it is in the service account's own store.
  if (!found) return `${short(certificateSha256)}\nnot in the machine's store`;
  const { notAfter, keyProvider, keyUsable } = found;
  return `${short(certificateSha256)}\nexpires ${day(notAfter)}\n${keyPlace(keyProvider, keyUsable)}`;
}

function applicationText({ connector }: ServerStatus, applications: readonly ApplicationDescription[]): string {
  if (connector.appId === null) return "none";
  const found = applications.find(({ appId }) => appId === connector.appId);
  return `${found?.displayName ?? "not in the tenant"}\n${connector.appId}`;
}

function identityText({ connector }: ServerStatus, applications: readonly ApplicationDescription[]): string {
  if (connector.identityType === "ServiceAccount") return "password account";
  const application = applications.find(({ appId }) => appId === connector.appId);
  const known = application?.keyCredentials.some(({ sha256 }) => sha256 === connector.certificateSha256);
  return `Application\n${known ? "key known to Entra" : "key NOT in Entra"}`;
}

/** One line for each server: what it is and how it authenticates. */
export function serverTable({ servers, tenant: { applications } }: SandboxStatus): string {
  const rows = servers.map((server) => [
    server.name,
    server.role,
    applicationText(server, applications),
    certificateText(server),
    identityText(server, applications),
    schedulerText(server),
  ]);
  return table(["server", "role", "application", "certificate", "connector identity", "scheduler"], rows);
}

/** The tenant's applications. */
export function applicationTable({ tenant: { applications } }: SandboxStatus): string {
  const rows = applications.map((application) => [
    `${application.displayName}\n${application.appId}`,
    application.keyCredentials.map(({ sha256, endDateTime }) => `${short(sha256)} to ${day(endDateTime)}`).join("\n"),
    application.servicePrincipal?.appRoles.join("\n") ?? "no service principal",
    String(application.owners.length),
  ]);
  return table(["application", "key credentials", "app roles", "owners"], rows);
}

/** Certificates in the machines' stores. */
export function certificateTable({ servers }: SandboxStatus): string {
  const rows = servers.flatMap((server) =>
    server.certificates.map((certificate) => [
      server.name,
      certificate.friendlyName,
      short(certificate.sha256),
      day(certificate.notAfter),
      keyPlace(certificate.keyProvider, certificate.keyUsable),
      (certificate.acl ?? []).map(({ account }) => account).join("\n"),
    ]),
  );
  return table(["server", "certificate", "hash", "expires", "key", "who may use the key"], rows);
}
