/** What answers of the host protocol are made of: facts of a host, as its program reads them. */
import { z } from "zod";
import { guid, sha256, sid, thumbprint, utc } from "./host-formats";

/** One access rule on a key file. */
export const KeyAccess = z.object({ sid, account: z.string(), rights: z.string(), allow: z.boolean() });
export type KeyAccess = z.infer<typeof KeyAccess>;

/**
 * Why a key does not sign: `dead` is the one proof that it is lost; `passing`, `denied` and `unknown` say nothing about
 * the key itself; `unsupported` is a provider that cannot make the signature that Entra wants; `unlinked` is a
 * certificate without an RSA key.
 */
const KEY_FAULTS = ["dead", "passing", "denied", "unsupported", "unknown", "unlinked"] as const;
export type KeyFault = (typeof KEY_FAULTS)[number];

/** What is known of a certificate that a CA issued. */
const Issuance = z.object({
  /** X.500 name of the CA. */
  issuer: z.string(),
  /** The chain ends in a root that this server trusts; revocation left aside. */
  trusted: z.boolean(),
  /** Why it is not trusted. */
  problem: z.string().nullable(),
  /** `unchecked` if no revocation list and no responder answered. */
  revocation: z.enum(["good", "revoked", "unchecked"]),
  /** Why it was not checked. */
  revocationProblem: z.string().nullable(),
});

/** A certificate in LocalMachine\My and what is known of its key. */
export const HostCertificateFacts = z.object({
  sha256,
  /** SHA-1, as Windows shows it, upper case. */
  thumbprint,
  label: z.string(),
  subject: z.string(),
  notBefore: utc,
  notAfter: utc,
  /** DER, base64. */
  certificate: z.string(),
  /** Full name of the key storage provider, null if the certificate has no private key. */
  keyProvider: z.string().nullable(),
  /** The key opens and a PS256 signature made with it verifies. */
  keyUsable: z.boolean(),
  /** Why `keyUsable` is false. */
  keyProblem: z.string().nullable(),
  /** What kind of problem that is; null if there is none, absent from an older host program. */
  keyFault: z.enum(KEY_FAULTS).nullish(),
  keyInHardware: z.boolean(),
  /** Null if the certificate signs itself, absent from an older host program. */
  issuance: Issuance.nullish(),
  /** Access rules of the key file, null if they cannot be read. */
  acl: z.array(KeyAccess).nullable(),
});
export type HostCertificateFacts = z.infer<typeof HostCertificateFacts>;

/** What Get-ADSyncEntraConnectorCredential and the connector's connectivity parameters say. */
export const ConnectorFacts = z.object({
  name: z.string(),
  identityType: z.enum(["ServiceAccount", "Application"]),
  userName: z.string(),
  /** From the user name `<appId>@<tenant>`; null with a service account. */
  appId: guid.nullable(),
  certificateSha256: sha256.nullable(),
  parameters: z.object({
    ApplicationManagedBy: z.string().nullable(),
    CertificateManagedBy: z.string().nullable(),
    CertificateId: z.string().nullable(),
  }),
});
export type ConnectorFacts = z.infer<typeof ConnectorFacts>;

/** Get-ADSyncScheduler, its own names. */
export const SchedulerFacts = z.object({
  AllowedSyncCycleInterval: z.string(),
  CurrentlyEffectiveSyncCycleInterval: z.string(),
  CustomizedSyncCycleInterval: z.string().nullable(),
  NextSyncCyclePolicyType: z.string(),
  NextSyncCycleStartTimeInUTC: z.string().nullable(),
  PurgeRunHistoryInterval: z.string(),
  SyncCycleEnabled: z.boolean(),
  MaintenanceEnabled: z.boolean(),
  StagingModeEnabled: z.boolean(),
  SchedulerSuspended: z.boolean(),
  SyncCycleInProgress: z.boolean(),
});
export type SchedulerFacts = z.infer<typeof SchedulerFacts>;

/** The proxy of the service's own context, as its configuration says. */
export const ServiceProxyFacts = z.object({
  /** What sets it: the service's own file, that of all .NET programs, or the Internet settings of its account. */
  source: z.enum(["miiserver.exe.config", "machine.config", "account"]),
  /** Null if the service goes to Entra directly. */
  address: z.string().nullable(),
  /** Whether something accepts a connection at the address; null if it is the session's as well, or there is none. */
  answers: z.boolean().nullable(),
  /** The proxy of the session that read this; null if it goes there directly. */
  session: z.string().nullable(),
});
export type ServiceProxyFacts = z.infer<typeof ServiceProxyFacts>;

const PowerShellFacts = z.object({
  version: z.string(),
  languageMode: z.string(),
  /** Release of .NET Framework 4 as its registry key has it; null if it is not known, absent from an older host program. */
  dotnetRelease: z.int().nullish(),
});
const CallerFacts = z.object({ account: z.string(), sid, administrator: z.boolean() });
/** The SID of the account is null if Windows does not resolve it, as without a domain controller. */
const ServiceFacts = z.object({ status: z.string(), account: z.string(), accountSid: sid.nullable() });
const TpmFacts = z.object({ present: z.boolean(), ready: z.boolean(), specVersion: z.string().nullable() });
const ProgramFacts = z.object({
  sha256: sha256.nullable(),
  problem: z.string().nullable(),
  /**
   * Files and folders in the program's folder that are not part of it; `earlier` if an older version of this project
   * brought them. Null if the folder cannot be listed, absent from an older host program.
   */
  foreign: z.array(z.object({ name: z.string(), earlier: z.boolean() })).nullish(),
});

/** Facts of an answer that are not known though they should be, and why; absent from an older host program. */
const unreadable = z.array(z.object({ field: z.string(), reason: z.string() })).nullish();

/** Whether an endpoint answers the host. */
export const EndpointFacts = z.object({
  url: z.string(),
  reached: z.boolean(),
  /** HTTP status, 0 if there was no answer. */
  status: z.int(),
  /** The answer's Date header. */
  date: utc.nullable(),
  /** The host's clock at that moment. */
  takenAt: utc,
  /** The proxy that the session takes, null if it goes there directly. */
  proxy: z.string().nullable(),
  problem: z.string().nullable(),
});
export type EndpointFacts = z.infer<typeof EndpointFacts>;

/** What `diagnose` finds. */
export const HostDiagnosis = z.object({
  computerName: z.string(),
  powershell: PowerShellFacts,
  caller: CallerFacts,
  /** The shell that sshd starts for a session, null if it is cmd.exe by default. */
  defaultShell: z.string().nullable(),
  /** Null if there is no service ADSync. */
  service: ServiceFacts.nullable(),
  /** Null if there is no service, or no module beside its program. */
  product: z.object({ version: z.string(), modulePath: z.string() }).nullable(),
  /** Null if Windows does not say. */
  tpm: TpmFacts.nullable(),
  /** As asked, in order. */
  endpoints: z.array(EndpointFacts),
  program: ProgramFacts,
  unreadable,
});
export type HostDiagnosis = z.infer<typeof HostDiagnosis>;

/** What `observe` finds. */
export const HostObservation = z.object({
  /** The host's clock. */
  takenAt: utc,
  computerName: z.string(),
  powershell: PowerShellFacts,
  caller: CallerFacts,
  product: z.object({
    version: z.string(),
    /** Parameter names of the two cmdlets that change the identity. */
    cmdlets: z.object({
      "Add-ADSyncApplicationRegistration": z.array(z.string()),
      "Invoke-ADSyncApplicationCredentialRotation": z.array(z.string()),
    }),
  }),
  service: ServiceFacts,
  /** Null if Windows does not say. */
  tpm: TpmFacts.nullable(),
  /** Certificates with our label prefix, and the one that the connector uses if it is in LocalMachine\My. */
  certificates: z.array(HostCertificateFacts),
  connector: ConnectorFacts,
  scheduler: SchedulerFacts,
  passwordWriteback: z.boolean().nullable(),
  machineIdentifier: z.string().nullable(),
  /** The cloud that the product is set to by hand; null if it detects it, absent from an older host program. */
  azureInstance: z.int().nullish(),
  /** Null if it cannot be known, absent from an older host program. */
  serviceProxy: ServiceProxyFacts.nullish(),
  /** The newest ADSyncTools, whose version is null if there is none; null if not known, absent from an older host program. */
  adSyncTools: z.object({ version: z.string().nullable() }).nullish(),
  events: z.array(z.object({ time: utc, id: z.int(), message: z.string() })),
  /** What the program changed here, from its own entries in the Application log; absent from an older host program. */
  changes: z.array(z.object({ time: utc, id: z.int(), message: z.string() })).nullish(),
  /** What an interrupted run left, null if nothing. */
  interrupted: z
    .object({
      operation: z.string(),
      /** Null if the record of the pause cannot be read. */
      startedAt: utc.nullable(),
      syncCycleEnabled: z.boolean(),
      restoreTask: z.boolean(),
      /** Why the record cannot be read; null if it can, absent from an older host program. */
      problem: z.string().nullish(),
    })
    .nullable(),
  /** A registration that waits for an administrator to sign in at the desktop; null if none does. */
  signIn: z.object({ since: utc, appId: guid, certificateSha256: sha256, command: z.string() }).nullable(),
  /** A switch whose verification did not succeed; null if there is none. */
  unverified: z.object({ since: utc, appId: guid, certificateSha256: sha256 }).nullable(),
  /** Name of the account that Entra Connect creates for this server, `Sync_<computer>_<identifier>`; null if it is not known. */
  legacyAccountName: z.string().nullable(),
  /** SHA-256 of the installed manifest if manifest and files agree, else null with the reason. */
  program: ProgramFacts,
  unreadable,
});
export type HostObservation = z.infer<typeof HostObservation>;
