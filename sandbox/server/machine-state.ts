/** The whole state of the model of a Windows server, and the state of a new server. */
import { randomUUID } from "node:crypto";
import type { ConnectorFacts, KeyAccess, RunResult, SchedulerFacts } from "../../model/protocol/host-protocol";
import { BUILT_IN_ACCOUNTS, machineSid, serviceAccount, type Account } from "./identities";
import type { CertificateEntry } from "./windows";

/** A key container with its file. The state file (mode 0600) holds the private key, in place of the TPM. */
export interface MachineKey {
  name: string;
  provider: string;
  file: string;
  /** PKCS #8, PEM. */
  privateKey: string;
  /** Why the key can no longer be opened; null while it can. */
  dead: string | null;
  /** It opens, but signs nothing. */
  mute?: true;
  /** It can be exported. */
  exportable?: true;
  /** The older interface of Windows (CSP) keeps it. */
  legacy?: true;
  access: KeyAccess[];
}

/** A certificate of LocalMachine\My and the key container that it refers to. */
export interface StoredCertificate extends CertificateEntry {
  keyName: string;
  keyProvider: string;
}

/** A request in LocalMachine\REQUEST that its CA has not answered yet. */
interface StoredRequest {
  sha256: string;
  label: string;
  template: string;
  keyName: string;
  keyProvider: string;
}

export interface MachineEvent {
  time: string;
  id: number;
  message: string;
}

/** The tenant in the sync service's own configuration. */
export interface MachineTenant {
  /** OAuth 2.0 token endpoint, v2.0. */
  tokenEndpoint: string;
  /** The part of the connector's user name behind the @. */
  domain: string;
}

/** The CA of the organisation. */
export interface MachineAuthority {
  /** PKCS #8, PEM. */
  privateKey: string;
  /** Certificates that it issued so far. */
  issued: number;
  /** SHA-256 of those that it revoked. */
  revoked: string[];
}

export interface MachineState {
  computerName: string;
  /** Registry value DefaultShell of OpenSSH; absent for the default, cmd.exe. */
  defaultShell?: string;
  sid: string;
  version: string;
  service: { status: string; account: string; accountSid: string; imagePath: string };
  /** Accounts that resolve on this host. */
  accounts: Account[];
  tpm: { present: boolean; ready: boolean; specVersion: string | null };
  keys: MachineKey[];
  certificates: StoredCertificate[];
  /** Absent until a request had to wait. */
  requests?: StoredRequest[];
  connector: ConnectorFacts;
  tenant: MachineTenant;
  /** Get-ADSyncScheduler, except what is derived when it is read. */
  scheduler: Omit<SchedulerFacts, "SyncCycleInProgress">;
  /** When the running cycle ends; null if none runs. */
  cycleEndsAt: string | null;
  /** Get-ADSyncRunProfileResult, newest last; a folder of an earlier version has no ids. */
  runHistory: (RunResult & { id?: string })[];
  /** Password hash synchronisation has its own scheduler: a pause does not stop it. */
  passwordHashSync: { enabled: boolean; lastSignIn: { time: string; certificateSha256: string } | null };
  passwordWriteback: boolean;
  /** Registry value SyncMachineIdentifier, 32 hexadecimal digits. */
  machineIdentifier: string;
  /** What the running service read when it started, by which it names accounts and applications; absent if it is that. */
  serviceIdentifier?: string;
  /** Registry value AzureInstance; absent as on most servers, which detect their cloud. */
  azureInstance?: number;
  /** The proxy in miiserver.exe.config, which does not answer; absent as the product's installer leaves it. */
  serviceProxy?: { source: "miiserver.exe.config"; address: string };
  events: MachineEvent[];
  /** What the host program wrote to the Application log; absent in state of an older sandbox. */
  changes?: MachineEvent[];
  /** Absent until it issued a certificate to this server. */
  authority?: MachineAuthority;
  /** The holder of the global mutex; one without a process has abandoned it. */
  lockHolder: string | null;
  /** `minutes` after a run that did not restore, the task runs again; one of an older host program has none and runs once. */
  restoreTask: { deadline: string; minutes?: number } | null;
}

/** How a server authenticates when the sandbox creates it. */
export type InitialIdentity =
  | {
      kind: "managed";
      /** The product's own application, `ConnectSyncProvisioning_...`. */
      appId: string;
      /** Its certificate is in the service account's own store, out of reach over SSH. */
      certificateDer: Buffer;
    }
  | { kind: "password"; userName: string };

export interface MachineSeed {
  name: string;
  role: "active" | "staging";
  initial: InitialIdentity;
  /** SHA-256 of the initial certificate; null with a password account. */
  initialCertificateSha256: string | null;
  tenant: MachineTenant;
  now: Date;
  /** @default "2.6.84.0" */
  version?: string;
  /** @default NT SERVICE\ADSync */
  serviceAccount?: Account;
  /** @default false */
  passwordWriteback?: boolean;
  /** @default a new one */
  machineIdentifier?: string;
}

const minutesLater = (instant: Date, minutes: number) => new Date(instant.getTime() + minutes * 60_000).toISOString();

/** The connector of a new server. */
function initialConnector(seed: MachineSeed): ConnectorFacts {
  const name = `${seed.tenant.domain} - AAD`;
  const parameters = { ApplicationManagedBy: null, CertificateManagedBy: null, CertificateId: null };
  if (seed.initial.kind === "password") {
    const { userName } = seed.initial;
    return { name, identityType: "ServiceAccount", userName, appId: null, certificateSha256: null, parameters };
  }
  const { appId } = seed.initial;
  return {
    name,
    identityType: "Application",
    userName: `{${appId}}@${seed.tenant.domain}`,
    appId,
    certificateSha256: seed.initialCertificateSha256,
    parameters: {
      ApplicationManagedBy: "EntraConnect",
      CertificateManagedBy: "EntraConnect",
      CertificateId: randomUUID(),
    },
  };
}

/** A server as the product's installer leaves it: scheduler on, TPM ready, no certificate of this project. */
export function newMachineState(seed: MachineSeed): MachineState {
  const computerName = seed.name.toUpperCase();
  const account = seed.serviceAccount ?? serviceAccount("ADSync");
  return {
    computerName,
    sid: machineSid(computerName),
    version: seed.version ?? "2.6.84.0",
    service: {
      status: "Running",
      account: account.account,
      accountSid: account.sid,
      imagePath: '"C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\miiserver.exe"',
    },
    accounts: [...BUILT_IN_ACCOUNTS, account],
    tpm: { present: true, ready: true, specVersion: "2.0, 0, 1.38" },
    keys: [],
    certificates: [],
    connector: initialConnector(seed),
    tenant: seed.tenant,
    scheduler: {
      AllowedSyncCycleInterval: "00:30:00",
      CurrentlyEffectiveSyncCycleInterval: "00:30:00",
      CustomizedSyncCycleInterval: null,
      NextSyncCyclePolicyType: "Delta",
      NextSyncCycleStartTimeInUTC: minutesLater(seed.now, 30),
      PurgeRunHistoryInterval: "7.00:00:00",
      SyncCycleEnabled: true,
      MaintenanceEnabled: true,
      StagingModeEnabled: seed.role === "staging",
      SchedulerSuspended: false,
    },
    cycleEndsAt: null,
    runHistory: [],
    passwordHashSync: { enabled: true, lastSignIn: null },
    passwordWriteback: seed.passwordWriteback ?? false,
    machineIdentifier: seed.machineIdentifier ?? randomUUID().replaceAll("-", ""),
    events: [],
    lockHolder: null,
    restoreTask: null,
  };
}
