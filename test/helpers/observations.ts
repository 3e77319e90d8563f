/** Builders of observations: a healthy server and its application, with the changes of a test. */
import type { CertificatePolicy } from "../../model/certificate/certificate-policy";
import { CERTIFICATE_DEFAULTS } from "../../model/certificate/certificate-policy";
import type { ServerRole } from "../../model/configuration/configuration";
import { findingsOf } from "../../model/server/assessment";
import { LABEL_PREFIX, type HostCertificateFacts, type HostObservation } from "../../model/protocol/host-protocol";
import { applicationMarker, type ServerIdentity } from "../../model/server/labels";
import type {
  Observation,
  ObservedApplication,
  ObservedNamesake,
  ObservedTenantRoles,
} from "../../model/server/observation";
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import type { ServerInputs } from "../../model/server/server-state";
import { MINIMUM_VERSION } from "../../model/server/product-table";
import { generationFacts, NOW, SERVICE_SID } from "./certificates";

export const IDENTITY: ServerIdentity = { stack: "dev", server: "sync01" };
export const APP_ID = "11111111-2222-4333-8444-555555555555";
export const OTHER_APP_ID = "99999999-2222-4333-8444-555555555555";
export const OBJECT_ID = "aaaaaaaa-2222-4333-8444-555555555555";
export const PRINCIPAL_OBJECT_ID = "dddddddd-2222-4333-8444-555555555555";
export const PIPELINE_OBJECT_ID = "bbbbbbbb-2222-4333-8444-555555555555";
export const SYNC_SERVICE_OBJECT_ID = "eeeeeeee-2222-4333-8444-555555555555";
export const KEY_ID = "00000000-2222-4333-8444-555555555555";
export const SYNC_ROLE_ID = "ab43b826-2c7a-4aff-9ecd-d0629d0ca6a9";
export const PROGRAM_SHA256 = "c".repeat(64);
export const OTHER_SHA256 = "d".repeat(64);

/** Facts of a server that uses this certificate of ours for the application. */
export function hostFacts(certificate: HostCertificateFacts, changes: Partial<HostObservation> = {}): HostObservation {
  return {
    takenAt: NOW.toISOString(),
    computerName: "SYNC01",
    powershell: { version: "5.1.20348.2849", languageMode: "FullLanguage" },
    caller: { account: "SYNC01\\Administrator", sid: "S-1-5-21-1-2-3-500", administrator: true },
    product: {
      version: "2.6.84.0",
      cmdlets: {
        "Add-ADSyncApplicationRegistration": ["CertificateSHA256Hash", "ApplicationAppId"],
        "Invoke-ADSyncApplicationCredentialRotation": ["CertificateSHA256Hash"],
      },
    },
    service: { status: "Running", account: "NT SERVICE\\ADSync", accountSid: SERVICE_SID },
    tpm: { present: true, ready: true, specVersion: "2.0" },
    certificates: [certificate],
    connector: {
      name: "contoso.onmicrosoft.com - AAD",
      identityType: "Application",
      userName: `{${APP_ID}}@contoso.onmicrosoft.com`,
      appId: APP_ID,
      certificateSha256: certificate.sha256,
      parameters: {
        ApplicationManagedBy: "Customer",
        CertificateManagedBy: "Customer",
        CertificateId: "6f1f2f3f-2222-4333-8444-555555555555",
      },
    },
    scheduler: {
      AllowedSyncCycleInterval: "00:30:00",
      CurrentlyEffectiveSyncCycleInterval: "00:30:00",
      CustomizedSyncCycleInterval: null,
      NextSyncCyclePolicyType: "Delta",
      NextSyncCycleStartTimeInUTC: null,
      PurgeRunHistoryInterval: "7.00:00:00",
      SyncCycleEnabled: true,
      MaintenanceEnabled: true,
      StagingModeEnabled: false,
      SchedulerSuspended: false,
      SyncCycleInProgress: false,
    },
    passwordWriteback: false,
    machineIdentifier: "0123456789ab",
    events: [],
    interrupted: null,
    signIn: null,
    unverified: null,
    legacyAccountName: "Sync_SYNC01_0123456789ab",
    program: { sha256: PROGRAM_SHA256, problem: null },
    ...changes,
  };
}

/** A connector that signs in as an application, or as an account where none is given. */
export function connectorOn(appId: string | null, changes: Partial<HostObservation["connector"]> = {}) {
  const parameters = { ApplicationManagedBy: "Customer", CertificateManagedBy: "Customer", CertificateId: "1" };
  return {
    name: "contoso.onmicrosoft.com - AAD",
    identityType: appId === null ? ("ServiceAccount" as const) : ("Application" as const),
    userName:
      appId === null ? "Sync_SYNC01_0123456789ab@contoso.onmicrosoft.com" : `{${appId}}@contoso.onmicrosoft.com`,
    ...{ appId, certificateSha256: null, parameters },
    ...changes,
  };
}

/** The application of {@link APP_ID}, holding the certificates as key credentials. */
export function application(...certificates: HostCertificateFacts[]): ObservedApplication {
  return {
    objectId: OBJECT_ID,
    appId: APP_ID,
    displayName: "Entra Connect Sync - sync01",
    tags: [LABEL_PREFIX, applicationMarker(IDENTITY)],
    signInAudience: "AzureADMyOrg",
    secrets: [],
    federatedCredentials: [],
    owners: [{ id: PIPELINE_OBJECT_ID, name: "pipeline" }],
    lock: true,
    principal: {
      objectId: PRINCIPAL_OBJECT_ID,
      accountEnabled: true,
      keys: [],
      secrets: [],
      owners: [{ id: PIPELINE_OBJECT_ID, name: "pipeline" }],
      appRoles: [
        { id: "assignment", appRoleId: SYNC_ROLE_ID, resourceId: SYNC_SERVICE_OBJECT_ID, resourceName: "Sync service" },
      ],
      delegatedScopes: [],
    },
    keys: certificates.map((certificate, index) => ({
      keyId: `${index}0000000-2222-4333-8444-555555555555`,
      sha256: certificate.sha256,
      subject: certificate.subject,
      startDateTime: certificate.notBefore,
      endDateTime: certificate.notAfter,
    })),
  };
}

/** A tenant into which only the server of {@link application} may synchronise. */
export function tenantRoles(changes: Partial<ObservedTenantRoles> = {}): ObservedTenantRoles {
  const holder = { id: PRINCIPAL_OBJECT_ID, name: "Entra Connect Sync - sync01", assignmentId: "assignment" };
  return {
    ...{ holders: [holder], managedApplications: [], directoryRoles: [], syncAccounts: [], unread: [] },
    ...changes,
  };
}

/** The observation of a healthy server on a generation. */
export interface Healthy {
  facts: HostObservation;
  application: ObservedApplication;
  certificate: HostCertificateFacts;
}

/** A healthy server, created anew at each call so that a test may change it. */
export async function healthy(generation = 1, identity: ServerIdentity = IDENTITY): Promise<Healthy> {
  const certificate = structuredClone(await generationFacts(identity, generation));
  return { certificate, facts: hostFacts(certificate), application: application(certificate) };
}

/** A server before its first run: on a password account, without anything of this project. */
export async function untouched(): Promise<HostObservation> {
  const { facts } = await healthy();
  const user = "Sync_SYNC01_0123456789ab@contoso.onmicrosoft.com";
  const connector = { ...facts.connector, identityType: "ServiceAccount" as const, userName: user };
  return {
    ...facts,
    certificates: [],
    connector: { ...connector, appId: null, certificateSha256: null },
    program: { sha256: null, problem: "no manifest.json" },
  };
}

/** The observation of a host and its application, both successful. */
export function observation(facts: HostObservation, seen: ObservedApplication | null): Observation {
  return { host: { facts, problem: null }, tenant: { application: seen, problem: null } };
}

/** A problem as an observation tells it. */
export function problem(changes: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: "HOST_UNREACHABLE",
    severity: "error",
    subject: IDENTITY.server,
    property: "connection.host",
    actual: "127.0.0.1:1: ECONNREFUSED",
    expected: "an SSH server that answers",
    cure: "nothing",
    remedy: ["Check that the server runs."],
    ...changes,
  };
}

/** What a server is held against. */
export interface Expectation {
  server: string;
  role: ServerRole;
  serviceAccount: string | null;
  identity: ServerIdentity;
  adoptedSha256: string;
  certificate: CertificatePolicy;
  passwordWriteback: boolean;
  repairConnectivityParameters: boolean;
  programSha256: string;
  programInstalled: boolean;
  appId: string | null;
  exporting: readonly string[];
  /** The role that the last run recorded. */
  formerRole?: ServerRole;
}

/** The findings of a server that should be on a generation. */
export function assess(
  host: HostObservation,
  seen: ObservedApplication | null,
  { server, identity, adoptedSha256, programInstalled, appId, exporting, formerRole, ...declaration }: Expectation,
  generation: number,
  named?: readonly ObservedNamesake[],
): Diagnostic[] {
  const reference = { identity, adoptedSha256, generation };
  const known = { programInstalled, appId, exporting, formerRole };
  return findingsOf({ server, host, application: seen, named, declaration, reference, ...known });
}

export function expectation(changes: Partial<Expectation> = {}): Expectation {
  return {
    server: IDENTITY.server,
    identity: IDENTITY,
    adoptedSha256: "",
    certificate: { ...CERTIFICATE_DEFAULTS },
    passwordWriteback: false,
    repairConnectivityParameters: false,
    programSha256: PROGRAM_SHA256,
    programInstalled: true,
    appId: APP_ID,
    role: "active",
    serviceAccount: null,
    exporting: [],
    ...changes,
  };
}

/** What the program passes to `check` of a server. */
export function serverInputs(seen: Observation, changes: Partial<ServerInputs> = {}): ServerInputs {
  const certificate: CertificatePolicy = { ...CERTIFICATE_DEFAULTS };
  return {
    ...IDENTITY,
    role: "active",
    host: "sync01.contoso.com",
    port: 22,
    user: "Administrator",
    hostKeyFingerprint: "SHA256:abc",
    rotate: "",
    adopt: "",
    appId: APP_ID,
    passwordWriteback: false,
    certificate,
    repairConnectivityParameters: false,
    minimumVersion: MINIMUM_VERSION,
    verify: "sync",
    programSha256: PROGRAM_SHA256,
    observation: seen,
    ...changes,
  };
}
