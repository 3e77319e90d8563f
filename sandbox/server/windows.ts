/**
 * All functions of Windows that the host program uses.
 *
 * host/Windows.ps1 implements this on a real server. Here it is an interface with one implementation, the model of a
 * server; the TypeScript stand-in of the host program calls it directly, and the program itself in PowerShell 7 calls
 * it through functions that sandbox/server/pwsh/stand-in.ts makes. Names and shapes are the same everywhere: `getTpm` is `Get-CsiTpm`.
 */
import type {
  ConnectorFacts,
  KeyAccess,
  RunResult,
  SchedulerFacts,
  ServiceProxyFacts,
} from "../../model/protocol/host-protocol";

/** A failure inside Windows or a cmdlet, as the program sees it. */
export class WindowsError extends Error {
  constructor(
    readonly kind: "not-found" | "access-denied" | "failed" | "disk-full" | "key" | "broken-record" | "foreign-folder",
    message: string,
    /** With `key`: the HRESULT of the key storage provider, `0x` and eight digits. */
    readonly hresult: string | null = null,
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

/** What can be said of a certificate because a CA issued it. */
export interface IssuanceFacts {
  issuer: string;
  trusted: boolean;
  problem: string | null;
  revocation: "good" | "revoked" | "unchecked";
  revocationProblem: string | null;
  /** Bits of an RSA key; 0 for another kind. */
  keyLength: number;
  /** As .NET names them; null without the extension. */
  keyUsages: string[] | null;
  /** Object ids; null without the extension. */
  purposes: string[] | null;
  /** Null if the key does not open. */
  exportable: boolean | null;
}

/** How a CA answered. */
export interface EnrolmentOutcome {
  /** `failed` if no CA was reached, or none has the template for this computer. */
  status: "issued" | "pending" | "denied" | "failed";
  /** What Windows or the CA said; empty if it issued the certificate, or will. */
  message: string;
}

interface KeyFacts {
  keyProvider: string;
  keyName: string;
  /** Path of the key's file; its access rules decide who may sign. Null if it cannot be determined. */
  keyFile: string | null;
  keyInHardware: boolean;
  /** How a key in the TPM salts PSS signatures: 0 unknown, 1 to the maximum, 2 to the length of the hash; null if not known. */
  pssSaltSize: number | null;
}

export interface PauseRecord {
  operation: string;
  server: string;
  startedAt: string;
  deadline: string;
  syncCycleEnabled: boolean;
  /** For the person who finds it; absent from an older host program. */
  note?: string;
}

/** How the lock was taken, or why not. */
export interface LockResult {
  acquired: boolean;
  abandoned: boolean;
  /** The current holder if it was not acquired. */
  holder: string | null;
  /** What has the lock's name belongs neither to administrators nor to SYSTEM: it is no run of this program. */
  foreign: boolean;
}

/** An entry of this program in the Application log. */
export interface ChangeEntry {
  time: string;
  id: number;
  message: string;
}

/** How a cmdlet in a child process ended. */
export interface CmdletOutcome {
  outcome: "completed" | "failed" | "timed-out" | "sign-in-required" | "credential-refused";
  message: string;
}

/** The record of a switch: one that waits for a sign-in, or one that is not verified yet. */
export interface SwitchRecord {
  since: string;
  appId: string;
  certificateSha256: string;
  /** With `sign-in`: the command for an administrator at the server's desktop. */
  command: string | null;
}
export type SwitchRecordName = "sign-in" | "verification";

/** An administrator's credential; sent on stdin and never stored. */
export interface AccountCredential {
  userName: string;
  password: string;
}

export interface Windows {
  /** UTC time of the host, ISO 8601. */
  getTime(): string;
  getHost(): {
    computerName: string;
    powershellVersion: string;
    languageMode: string;
    /** Release of .NET Framework 4; null if it is not known. */
    dotnetRelease: number | null;
  };
  /** The shell that sshd starts for a session; null if none is set. */
  getDefaultShell(): string | null;
  getCaller(): { account: string; sid: string; administrator: boolean };

  /** The ADSync service; null if it does not exist. The SID is null, with the reason, if its account does not resolve. */
  getService(): {
    status: string;
    account: string;
    accountSid: string | null;
    accountProblem: string | null;
    imagePath: string;
  } | null;
  /** Product version and folder of its ADSync module, from the service's ImagePath; null if not installed. */
  getProduct(): { version: string; modulePath: string } | null;
  /** Parameter names of a cmdlet of the ADSync module; empty if it does not exist. */
  getCmdletParameters(cmdlet: string): string[];
  getConnector(): ConnectorFacts;
  getScheduler(): SchedulerFacts;
  /** Set-ADSyncScheduler -SyncCycleEnabled; writes nothing else. */
  setSyncCycleEnabled(enabled: boolean): void;
  getPasswordWriteback(): boolean | null;
  getMachineIdentifier(): string | null;
  /** The registry value AzureInstance; null if there is none, as on a server that detects its cloud. */
  getAzureInstance(): number | null;
  /** The proxy of the service's own context beside that of this session; null if it cannot be known. */
  getServiceProxy(): ServiceProxyFacts | null;
  /** Writes SyncMachineIdentifier, which the service reads when it starts. */
  setMachineIdentifier(identifier: string): void;
  /** Stops the ADSync service, with a time limit. */
  stopService(seconds: number): Promise<void>;
  /** Starts it, with a time limit; it may take a while longer until it answers. */
  startService(seconds: number): Promise<void>;
  /** Application log, source "Directory Synchronization", ids 906 (with an AADSTS text), 1011, 1012, 1014, and errors of any other id, newest last. */
  getEvents(hours: number): { time: string; id: number; message: string }[];
  /** Add-ADSyncApplicationRegistration in a child process with a time limit. */
  invokeRegistration(appId: string, certificateSha256: string, seconds: number): Promise<CmdletOutcome>;
  /** Invoke-ADSyncApplicationCredentialRotation in a child process with a time limit. */
  invokeRotation(certificateSha256: string, seconds: number): Promise<CmdletOutcome>;
  /** Start-ADSyncSyncCycle -PolicyType Delta. */
  startSyncCycle(): { started: boolean; problem: string | null };
  /** Get-ADSyncRunProfileResult: the last runs, newest last, each with an id that no other run has. */
  getRunResults(): (RunResult & { id: string })[];
  /** Add-ADSyncAADServiceAccount -Name, with a time limit. */
  invokeRollback(accountName: string, credential: AccountCredential, seconds: number): Promise<CmdletOutcome>;
  /** Remove-ADSyncAADServiceAccount -Name, with a time limit. */
  invokeLegacyAccountRemoval(
    accountName: string,
    credential: AccountCredential,
    seconds: number,
  ): Promise<CmdletOutcome>;
  /** ADSyncTools as this session finds it; its version is null if there is none. */
  getRepairModule(): { version: string | null };
  /** Repair-ADSyncToolsEntraAppParameters. */
  repairConnectorParameters(): void;

  getTpm(): { present: boolean; ready: boolean; specVersion: string | null };
  /** All certificates of LocalMachine\My. */
  getCertificates(): CertificateEntry[];
  /**
   * The certificate's private key; null if it has none or it cannot be opened; `problem` contains the reason, and
   * `hresult` the provider's answer; null if the certificate itself refers to no key.
   */
  getKey(certificateSha256: string): { key: KeyFacts | null; problem: string | null; hresult: string | null };
  /** What a CA has to do with a certificate; null if it signs itself. */
  getIssuance(certificateSha256: string): IssuanceFacts | null;
  /** Creates (or finds by name) key and self-signed certificate: RSA, SHA-256, DigitalSignature, NonExportable. */
  newCertificate(args: {
    label: string;
    keyName: string;
    subject: string;
    keyProvider: string;
    keyLength: number;
    lifetimeDays: number;
  }): Promise<CertificateEntry>;
  /**
   * Get-Certificate -Template: asks a CA as the computer. The template decides about the key. A certificate that is issued,
   * or the request that waits, has the label.
   */
  requestCertificate(template: string, label: string): Promise<EnrolmentOutcome>;
  /** SHA-256 of the requests with this label that wait in the store REQUEST. */
  getEnrolmentRequests(label: string): string[];
  /** Get-Certificate -Request: fetches what the CA made of a request; the certificate has the label. */
  receiveCertificate(requestSha256: string, label: string): Promise<EnrolmentOutcome>;
  /** Removes a request and its key. */
  removeEnrolmentRequest(requestSha256: string): void;
  /** PS256 signature of the bytes, base64 in and out. Throws WindowsError if the key does not sign. */
  sign(certificateSha256: string, data: string): string;
  /** Whether a PS256 signature (salt length = hash length) verifies with the certificate's public key. */
  verify(certificateSha256: string, data: string, signature: string): boolean;
  /** Removes the certificates with this SHA-256, whatever their label; returns their number. */
  removeCertificateByHash(certificateSha256: string): number;
  /** Whether the provider has a key of this name. Throws WindowsError if it does not say. */
  testKey(keyName: string, keyProvider: string): boolean;
  /** SHA-256 of the certificates of LocalMachine\My with the public key of this key, which must exist. */
  getKeyHolders(keyName: string, keyProvider: string): string[];
  removeKey(keyName: string, keyProvider: string): void;
  /** Access rules of a key file; null if they cannot be read. */
  getKeyAccess(keyFile: string): KeyAccess[] | null;
  /** Sets exactly: read for the given SIDs, full control for SYSTEM and Administrators; no inheritance. */
  setKeyAccess(keyFile: string, readerSids: string[]): void;
  /** SID of an account name; null, with the reason, if it cannot be resolved. */
  resolveAccount(account: string): { sid: string | null; problem: string | null };

  /** The host's one lock. */
  enterLock(operation: string): LockResult;
  exitLock(): void;
  /** Throws a WindowsError of the kind broken-record if there is one that cannot be read. */
  readPauseRecord(): PauseRecord | null;
  writePauseRecord(record: PauseRecord): void;
  removePauseRecord(): void;
  /** Moves a record that cannot be read aside; returns its new path, null if there is none. */
  moveBrokenRecord(name: "pause" | SwitchRecordName): string | null;
  /** Throws a WindowsError of the kind broken-record if there is one that cannot be read. */
  readSwitchRecord(name: SwitchRecordName): SwitchRecord | null;
  /** With `sign-in` also the text file beside it, for the administrator at the desktop. */
  writeSwitchRecord(name: SwitchRecordName, record: SwitchRecord): void;
  removeSwitchRecord(name: SwitchRecordName): void;
  /** Removes what cmdlets wrote that ended after their run had given up on them; returns how each ended. */
  removeLeftOutcomes(): string[];
  /** Registers the restore task (SYSTEM; at the deadline, every 15 minutes from then on, and at start-up). */
  registerRestoreTask(deadline: string): void;
  /** Runs the registered task once, only to read the scheduler and to write the value that it has. */
  proveRestoreTask(): { proven: boolean; problem: string | null };
  testRestoreTask(): boolean;
  unregisterRestoreTask(): void;
  /** Whether this run of the restore task is only to prove that it can; a request counts once. */
  readProofRequest(): boolean;
  writeProof(text: string): void;
  /** An entry in the Application log, of this program's own source. */
  writeEvent(id: number, text: string): void;
  /** Entries of this program in the Application log, newest last, at most twenty. */
  getChanges(hours: number): ChangeEntry[];

  getInstalledProgram(): { sha256: string | null; problem: string | null };
  /**
   * Files and folders in the program's folder, sorted; `firstLine` is null for a folder, and for a file that is empty or cannot be read.
   * Null if the folder cannot be listed.
   */
  getProgramFolder(): { name: string; firstLine: string | null }[] | null;
  /** Removes a file from the program's folder. */
  removeProgramFile(name: string): void;
  /**
   * POST of a form; `reached` is false if this session cannot reach the endpoint. `date` is its Date header in
   * ISO 8601; null if it has none, or one that is no date.
   */
  postForm(
    url: string,
    form: Record<string, string>,
  ): Promise<{ reached: boolean; status: number; body: string; date: string | null; problem: string | null }>;
  /** GET without credentials, through the proxy of this session; `date` is its Date header in ISO 8601. */
  testEndpoint(url: string): Promise<{
    reached: boolean;
    status: number;
    date: string | null;
    /** Null if the session connects directly. */
    proxy: string | null;
    problem: string | null;
  }>;
  wait(seconds: number): Promise<void>;
}
