/**
 * All that the host program asks of Windows, function by function.
 *
 * host/Windows.ps1 does this on a real server. Here it is an interface with one implementation, the model of a server;
 * the TypeScript stand-in of the host program calls it directly, and the program itself under PowerShell 7 calls it
 * through sandbox/server/pwsh/Windows.ps1. Names and shapes are the same on all sides: `getTpm` is `Get-CsiTpm`.
 */
import type { ConnectorFacts, KeyAccess, RunResult, SchedulerFacts } from "../../model/protocol/host-protocol";

/** A failure inside Windows or a cmdlet, as the program sees it. */
export class WindowsError extends Error {
  constructor(
    readonly kind: "not-found" | "access-denied" | "failed" | "disk-full",
    message: string,
  ) {
    super(message);
  }
}

export interface CertificateEntry {
  sha256: string;
  thumbprint: string;
  label: string;
  subject: string;
  notBefore: string;
  notAfter: string;
  /** DER, base64. */
  certificate: string;
}

interface KeyFacts {
  keyProvider: string;
  keyName: string;
  /** Path of the key's file; its access rules decide who may sign. Null where it cannot be told. */
  keyFile: string | null;
  keyInHardware: boolean;
}

export interface PauseRecord {
  operation: string;
  server: string;
  startedAt: string;
  deadline: string;
  syncCycleEnabled: boolean;
}

/** How a cmdlet in a child process ended. */
export interface CmdletOutcome {
  outcome: "completed" | "failed" | "timed-out" | "sign-in-required" | "credential-refused";
  message: string;
}

/** What is remembered of a switch: one that waits for a sign-in, or one that is not verified yet. */
export interface SwitchRecord {
  since: string;
  appId: string;
  certificateSha256: string;
  /** With `sign-in`: what an administrator runs at the server's desktop. */
  command: string | null;
}
export type SwitchRecordName = "sign-in" | "verification";

/** An administrator's sign-in; travels on stdin and is kept nowhere. */
export interface AccountCredential {
  userName: string;
  password: string;
}

export interface Windows {
  /** UTC time of the host, ISO 8601. */
  getTime(): string;
  getHost(): { computerName: string; powershellVersion: string; languageMode: string };
  /** The shell that sshd starts for a session, null where none is set. */
  getDefaultShell(): string | null;
  getCaller(): { account: string; sid: string; administrator: boolean };

  /** The ADSync service, null where it does not exist. */
  getService(): { status: string; account: string; accountSid: string; imagePath: string } | null;
  /** Product version and where its ADSync module lies, from the service's ImagePath; null where not installed. */
  getProduct(): { version: string; modulePath: string } | null;
  /** Parameter names of a cmdlet of the ADSync module, empty where it does not exist. */
  getCmdletParameters(cmdlet: string): string[];
  getConnector(): ConnectorFacts;
  getScheduler(): SchedulerFacts;
  /** Set-ADSyncScheduler -SyncCycleEnabled; writes nothing else. */
  setSyncCycleEnabled(enabled: boolean): void;
  getPasswordWriteback(): boolean | null;
  getMachineIdentifier(): string | null;
  /** Application log, source "Directory Synchronization", ids 906 (with an AADSTS text), 1011, 1012, 1014, newest last. */
  getEvents(hours: number): { time: string; id: number; message: string }[];
  /** Add-ADSyncApplicationRegistration in a child process with a time limit. */
  invokeRegistration(appId: string, certificateSha256: string, seconds: number): Promise<CmdletOutcome>;
  /** Invoke-ADSyncApplicationCredentialRotation in a child process with a time limit. */
  invokeRotation(certificateSha256: string, seconds: number): Promise<CmdletOutcome>;
  /** Start-ADSyncSyncCycle -PolicyType Delta. */
  startSyncCycle(): { started: boolean; problem: string | null };
  /** Get-ADSyncRunProfileResult of runs that started at or after an instant, newest last. */
  getRunResults(since: string): RunResult[];
  /** Add-ADSyncAADServiceAccount -Name, with a time limit. */
  invokeRollback(accountName: string, credential: AccountCredential, seconds: number): Promise<CmdletOutcome>;
  /** Remove-ADSyncAADServiceAccount -Name, with a time limit. */
  invokeLegacyAccountRemoval(
    accountName: string,
    credential: AccountCredential,
    seconds: number,
  ): Promise<CmdletOutcome>;
  /** Repair-ADSyncToolsEntraAppParameters. */
  repairConnectorParameters(): void;

  getTpm(): { present: boolean; ready: boolean; specVersion: string | null };
  /** All certificates of LocalMachine\My. */
  getCertificates(): CertificateEntry[];
  /** The certificate's private key, null where it has none or it does not open; `problem` says why. */
  getKey(certificateSha256: string): { key: KeyFacts | null; problem: string | null };
  /** Makes (or finds by name) the key and a self-signed certificate for it: RSA, SHA-256, DigitalSignature, NonExportable. */
  newCertificate(args: {
    label: string;
    keyName: string;
    subject: string;
    keyProvider: string;
    keyLength: number;
    lifetimeDays: number;
  }): Promise<CertificateEntry>;
  /** PS256 signature over the bytes, base64 in and out. Throws WindowsError where the key does not sign. */
  sign(certificateSha256: string, data: string): string;
  /** Whether a PS256 signature (salt length = hash length) verifies with the certificate's public key. */
  verify(certificateSha256: string, data: string, signature: string): boolean;
  /** Removes the certificates with this label; answers how many there were. */
  removeCertificates(label: string): number;
  /** Removes the certificates with this SHA-256, whatever their label; answers how many there were. */
  removeCertificateByHash(certificateSha256: string): number;
  /** Whether a key of this name exists with the provider. */
  testKey(keyName: string, keyProvider: string): boolean;
  removeKey(keyName: string, keyProvider: string): void;
  /** Access rules of a key file, null where they cannot be read. */
  getKeyAccess(keyFile: string): KeyAccess[] | null;
  /** Sets exactly: read for the SIDs given, full control for SYSTEM and Administrators; no inheritance. */
  setKeyAccess(keyFile: string, readerSids: string[]): void;
  /** SID of an account name, null where it does not resolve. */
  resolveAccount(account: string): string | null;

  /** The host's one lock. `holder` says who has it where it was not acquired. */
  enterLock(operation: string): { acquired: boolean; abandoned: boolean; holder: string | null };
  exitLock(): void;
  readPauseRecord(): PauseRecord | null;
  writePauseRecord(record: PauseRecord): void;
  removePauseRecord(): void;
  readSwitchRecord(name: SwitchRecordName): SwitchRecord | null;
  /** With `sign-in` also the text file beside it, for whoever signs in at the desktop. */
  writeSwitchRecord(name: SwitchRecordName, record: SwitchRecord): void;
  removeSwitchRecord(name: SwitchRecordName): void;
  /** Registers the one-shot restore task (SYSTEM; at the deadline and at start-up). */
  registerRestoreTask(deadline: string): void;
  /** Runs the task's own check once: whether SYSTEM may call ADSync. */
  proveRestoreTask(): { proven: boolean; problem: string | null };
  testRestoreTask(): boolean;
  unregisterRestoreTask(): void;

  /** Installed program: SHA-256 of the manifest where manifest and files agree, else null with the reason. */
  getInstalledProgram(): { sha256: string | null; problem: string | null };
  /** POST of a form; `reached` false where the endpoint cannot be reached from this session. `date` is its Date header. */
  postForm(
    url: string,
    form: Record<string, string>,
  ): Promise<{ reached: boolean; status: number; body: string; date: string | null; problem: string | null }>;
  /** GET without credentials, through the proxy of this session; `date` is its Date header in ISO 8601. */
  testEndpoint(url: string): Promise<{
    reached: boolean;
    status: number;
    date: string | null;
    /** Null where the session goes there directly. */
    proxy: string | null;
    problem: string | null;
  }>;
  wait(seconds: number): Promise<void>;
}
