/** Builders of what the doctor sees: a healthy server and tenant, with what a test changes. */
import { TPM_PROVIDER, type HostCertificateFacts, type HostDiagnosis } from "../../../model/protocol/host-protocol";
import { checkConfiguration, type ServerConfiguration } from "../../../model/configuration/configuration";
import { certificateLabel } from "../../../model/server/labels";
import type { ServerFacts } from "../../../cli/doctor/doctor-server-checks";
import type { TenantFacts } from "../../../cli/doctor/doctor-tenant-checks";
import { PIPELINE_PERMISSIONS } from "../../../model/tenant/pipeline-permissions";
import { keyAccess, SERVICE_SID } from "../../helpers/certificates";
import { APP_ID, application, hostFacts, IDENTITY, PROGRAM_SHA256, tenantRoles } from "../../helpers/observations";

export const SIGN_IN = "https://login.microsoftonline.com/contoso/v2.0/.well-known/openid-configuration";
export const GRAPH = "https://graph.microsoft.com/v1.0/applications";
const NOW = "2026-10-01T12:00:00.000Z";

export const answered = (url: string, changes: Partial<HostDiagnosis["endpoints"][number]> = {}) => ({
  ...{ url, reached: true, status: url === GRAPH ? 401 : 200, date: NOW, takenAt: NOW, proxy: null, problem: null },
  ...changes,
});

export function healthyDiagnosis(changes: Partial<HostDiagnosis> = {}): HostDiagnosis {
  return {
    computerName: "SYNC01",
    powershell: { version: "5.1.20348.2849", languageMode: "FullLanguage" },
    caller: { account: "SYNC01\\svc-pulumi", sid: "S-1-5-21-1-2-3-1001", administrator: true },
    defaultShell: null,
    service: { status: "Running", account: "NT SERVICE\\ADSync", accountSid: SERVICE_SID },
    product: { version: "2.6.91.0", modulePath: "C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\ADSync" },
    tpm: { present: true, ready: true, specVersion: "2.0, 0, 1.38" },
    endpoints: [answered(SIGN_IN), answered(GRAPH)],
    program: { sha256: PROGRAM_SHA256, problem: null },
    ...changes,
  };
}

export function declaredServer(changes: Record<string, unknown> = {}): ServerConfiguration {
  const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtQHkJLzh2xQb1oYVxF1d8cU2mJmUu1Qm0T0b0s8H9v";
  const connection = { host: "sync01.contoso.com", user: "svc-pulumi", hostKey };
  const { configuration, problems } = checkConfiguration(
    { servers: { sync01: { role: "active", connection, ...changes } } },
    {},
  );
  if (!configuration) throw new Error(JSON.stringify(problems));
  return configuration.servers[0];
}

/** The doctor looks at what a host says of a certificate, never at its bytes. */
export const certificate: HostCertificateFacts = {
  sha256: "a".repeat(64),
  thumbprint: "A".repeat(40),
  label: certificateLabel(IDENTITY, 1),
  subject: "CN=sync01",
  notBefore: "2026-09-01T00:00:00Z",
  notAfter: "2027-09-01T00:00:00Z",
  certificate: "",
  keyProvider: TPM_PROVIDER,
  keyUsable: true,
  keyProblem: null,
  keyInHardware: true,
  acl: keyAccess(),
};

export function serverFacts(changes: Partial<ServerFacts> = {}): ServerFacts {
  return {
    server: declaredServer(),
    stack: "dev",
    diagnosis: healthyDiagnosis(),
    observation: { facts: hostFacts(certificate) },
    application: application(certificate),
    programSha256: PROGRAM_SHA256,
    ...changes,
  };
}

export function tenantFacts(changes: Partial<TenantFacts> = {}): TenantFacts {
  return {
    tenantId: "contoso",
    identity: {
      appId: APP_ID,
      roles: PIPELINE_PERMISSIONS.map(({ name }) => name),
      requested: PIPELINE_PERMISSIONS.map(({ id }) => id),
      readProblem: null,
    },
    problem: null,
    applications: { sync01: { application: application(certificate) } },
    roles: { roles: tenantRoles(), problem: null },
    allowed: [],
    hosts: [{ computerName: "SYNC01" }],
    today: "2026-10-01",
    ...changes,
  };
}
