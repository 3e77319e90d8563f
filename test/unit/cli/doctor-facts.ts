/** Builders of what the doctor sees: a healthy server and tenant, with what a test changes. */
import { TPM_PROVIDER, type HostCertificateFacts, type HostDiagnosis } from "../../../model/protocol/host-protocol";
import {
  checkConfiguration,
  type AllowedRoleHolder,
  type ServerConfiguration,
} from "../../../model/configuration/configuration";
import { diagnose } from "../../../model/diagnostics/diagnostic";
import { assessFleet } from "../../../model/fleet/assessment";
import type { DeclaredServer } from "../../../model/fleet/facts";
import { inFleet } from "../../../model/fleet/shared-identities";
import { synchronisers } from "../../../model/fleet/synchronisers";
import type { TenantRolesObservation } from "../../../model/server/observation";
import { nextState } from "../../../model/server/server-state";
import { declarationOf } from "../../../cli/stack/fleet-facts";
import { certificateLabel } from "../../../model/server/labels";
import type { ServerFacts } from "../../../cli/doctor/doctor-server-checks";
import type { TenantFacts } from "../../../cli/doctor/doctor-tenant-checks";
import { PIPELINE_PERMISSIONS } from "../../../model/tenant/pipeline-permissions";
import { keyAccess, SERVICE_SID } from "../../helpers/certificates";
import {
  APP_ID,
  application,
  hostFacts,
  IDENTITY,
  KEY_ID,
  PIPELINE_OBJECT_ID,
  PROGRAM_SHA256,
  SYNC_ROLE_ID,
  tenantRoles,
} from "../../helpers/observations";

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
  subject: `CN=${certificateLabel(IDENTITY, 1)}`,
  notBefore: "2026-09-01T00:00:00Z",
  notAfter: "2027-09-01T00:00:00Z",
  certificate: "",
  keyProvider: TPM_PROVIDER,
  keyUsable: true,
  keyProblem: null,
  keyInHardware: true,
  acl: keyAccess(),
};

/** A server as the doctor sees it, before it is assessed. */
type Seen = Pick<ServerFacts, "server" | "observation" | "application">;

/** The facts that the doctor has of its one server, which state knows where it has an application. */
function declaredFacts({ server, observation, application: seen }: Seen): DeclaredServer {
  const facts = observation && "facts" in observation ? observation.facts : null;
  const host = facts ? { facts, problem: null } : { facts: null, problem: unread };
  const tenant = seen === undefined ? { application: null, problem: unread } : { application: seen, problem: null };
  const declared = { owners: [PIPELINE_OBJECT_ID], roles: [SYNC_ROLE_ID] };
  const declaration = declarationOf({ stack: IDENTITY.stack, programSha256: PROGRAM_SHA256 }, server);
  const healthy = { host: { facts: hostFacts(certificate), problem: null }, tenant } as const;
  const memory = seen ? nextState(undefined, { ...declaration, appId: seen.appId, observation: healthy }) : undefined;
  return {
    declaration,
    observation: inFleet([{ ...IDENTITY, observation: { host, tenant } }], IDENTITY.server),
    memory,
    credentials: {
      declared: {
        server: IDENTITY.server,
        policy: "report",
        identities: [IDENTITY],
        principalOwners: declared.owners,
        keys: [KEY_ID],
        ...declared,
      },
      earlier: declared,
      audit: [],
    },
  };
}

const unread = diagnose("GRAPH_UNAVAILABLE", IDENTITY.server, { property: "x", actual: "503" });

export function serverFacts(changes: Partial<ServerFacts> = {}): ServerFacts {
  const seen: Seen = {
    server: declaredServer(),
    observation: { facts: hostFacts(certificate) },
    application: application(certificate),
    ...changes,
  };
  const { servers } = assessFleet({ servers: [declaredFacts(seen)], tenant: null, takenAt: NOW });
  return { diagnosis: healthyDiagnosis(), programSha256: PROGRAM_SHA256, verdict: servers[0], ...seen, ...changes };
}

/** What the tests of the tenant change. */
export interface SeenTenant {
  application: ServerFacts["application"];
  roles: TenantRolesObservation;
  allowed: AllowedRoleHolder[];
}

export function tenantFacts(changes: Partial<TenantFacts> = {}, seen: Partial<SeenTenant> = {}): TenantFacts {
  const { roles = { roles: tenantRoles(), problem: null }, allowed = [] } = seen;
  const own = "application" in seen ? seen.application : application(certificate);
  const server = declaredFacts({
    server: declaredServer(),
    observation: { facts: hostFacts(certificate) },
    application: own,
  });
  const principals = new Map(own?.principal ? [[own.principal.objectId, IDENTITY.server]] : []);
  const tenant = { roles, allowed, principals, principalsKnown: own !== undefined, used: [], audit: undefined };
  const facts = { servers: [server], tenant, takenAt: NOW };
  const assessment = assessFleet(facts);
  return {
    tenantId: "contoso",
    identity: {
      appId: APP_ID,
      roles: PIPELINE_PERMISSIONS.map(({ name }) => name),
      requested: PIPELINE_PERMISSIONS.map(({ id }) => id),
      readProblem: null,
    },
    problem: null,
    servers: [{ verdict: assessment.servers[0], tenant: server.observation.tenant }],
    verdict: assessment.tenant,
    synchronisers: synchronisers(facts, assessment.tenant!).length,
    ...changes,
  };
}
