/** Faults that were set: each remains until cleared, or for a number of matching operations. */
import { JsonFile } from "../../console/processes/json-file";

export const SERVER_FAULTS = {
  unreachable: "nothing answers on the SSH port",
  "host-key": "the server presents another host key than the pinned one",
  "ssh-key": "the server refuses the SSH key",
  "ssh-too-many-keys": "the server ends the login at the first key: too many authentication failures (MaxAuthTries)",
  "ssh-hang-up":
    "the server closes the connection after the key was offered, as for an account without the right to log on",
  "ssh-more-than-a-key": "the server accepts the key and asks for a password as well (AuthenticationMethods)",
  "ssh-no-session": "the server accepts the login, but no command",
  "ssh-silent": "the server accepts the connection and says nothing, as behind a firewall that drops packets",
  "ssh-only-group18":
    "the server offers one key exchange, diffie-hellman-group18-sha512, which the command plugin lacks",
  "ssh-only-sha1-etm":
    "the server offers aes256-ctr with the MAC hmac-sha1-etm@openssh.com, which the command plugin lacks",
  "ssh-only-group14-sha1":
    "the server offers one key exchange, diffie-hellman-group14-sha1, which this project's client lacks",
  "no-sftp": "the server has no SFTP subsystem",
  "not-administrator": "the SSH user is not a local administrator",
  "constrained-language": "application control puts PowerShell into Constrained Language Mode",
  "no-short-names": "Program Files has no short name any more, by which the host program is started",
  "all-signed": "the execution policy wants a signature, and the host program has none",
  proxy: "the proxy of the server blocks Entra and Graph",
  "no-adsync": "Entra Connect Sync is not installed",
  "no-adsync-tools": "the module ADSyncTools, which has the repair of blank parameters, is not installed",
  "old-version": "the product is older than 2.5.79.0",
  "old-dotnet": "the .NET Framework is the one that Windows Server 2016 comes with, 4.6.2",
  "no-tpm": "no TPM is present",
  "tpm-locked": "the TPM is locked out: keys open, but none signs (0x80280921)",
  "tpm-unready": "Windows reports that the TPM is not ready, though its keys work",
  "tpm-not-ready": "the TPM does not answer: no key opens, none can be made or deleted (0x80090030)",
  "pss-salt": "the TPM refuses to sign with the PSS salt length that Entra requires (0x80070423)",
  "pss-none": "the firmware of the TPM has no PSS: keys open, but none makes such a signature (0x80090029)",
  "pss-size": "the key in the TPM says that it salts PSS signatures to the maximum (PSS Salt Size 1)",
  "pss-unverified": "the TPM signs with another PSS salt length, so the signature does not verify",
  "ca-unreachable": "the organisation's CA does not answer the server (0x800706BA)",
  "ca-approval": "the organisation's CA issues nothing before a person approves, which no one does",
  "ca-denies": "the organisation's CA denies what the server asks for",
  "crl-unreachable": "no revocation list of the organisation's CA answers the server",
  clock: "the server's clock is ten minutes ahead",
  suspended: "the wizard or an upgrade has suspended the scheduler",
  busy: "another operation holds the host's lock",
  "lock-foreign": "a normal user made a mutex of the name of the host's lock first",
  "folder-foreign": "a normal user made the folder of the host program's records first",
  "task-stays": "the task scheduler refuses to remove the restore task",
  "no-domain-controller": "no domain controller answers, so that names of accounts do not resolve",
  "event-log-refuses": "the event log takes and shows no entry of the host program",
  "cmdlet-fails": "the cmdlet that switches the identity fails",
  "sign-in": "the cmdlet that switches the identity requires an administrator to sign in",
  "rotation-needs-old-key": "the rotating cmdlet fails if the old key or certificate can no longer be used",
  "signin-event": "Entra refuses the sync service after a switch (906, AADSTS700027), and its cycles stop",
  "signin-passing": "the sync service logs a passing refusal (906, AADSTS90033) after a switch and after each cycle",
  "cycle-fails": "the delta cycle stops at the Entra connector, as its server is down",
  "cycle-stuck": "a delta cycle does not end",
  "history-empty": "the run history shows no run",
  "history-west": "the times of the run history are local ones of UTC-5, without a time zone",
  "history-east": "the times of the run history are local ones of UTC+2, without a time zone",
  mfa: "an administrator's sign-in with a password requires a second factor",
  "session-lost": "the SSH session drops during the switch",
  "program-killed": "the host program is killed during the switch",
  "disk-full": "the host cannot write files",
  "hostile-texts": "names, messages and events of the host hold commands of CI systems, escape sequences and markup",
  "answer-of-another": "the host program answers in the name of another server",
  "two-answers": "something on the host prints a second answer after the true one",
  "repeated-answer": "the host prints the answer that it gave to an earlier call of the same operation",
  "exit-255": "the host program's session ends with exit code 255, regardless of its answer",
  "marker-in-fields": "texts of the host hold the lines that an answer is between",
  "unreadable-facts":
    "Windows does not say what an observation can do without: TPM, events, password writeback, machine identifier",
  "invalid-fields": "some facts of an answer have another form than agreed, or are longer than any fact",
} as const;

export const TENANT_FAULTS = {
  "replication-lag": "the token endpoint does not see a write for some seconds",
  throttled: "Graph answers 429 with Retry-After",
  unavailable: "Graph answers 503",
  forbidden: "Graph answers 403 Authorization_RequestDenied to writes",
  "role-missing": "tokens do not carry the application's roles",
  "key-lost": "a write of key credentials loses another key, as if two clients wrote at the same moment",
  "answer-lost": "a service principal or a role assignment is made, but the answer that says so is lost",
  "no-audit": "the audit log answers 403",
  "capital-ids": "Graph answers reads with ids in capital letters",
  "no-directory-roles": "reading who holds directory roles answers 403",
  "no-organization": "reading the organization, which has the tenant's name, answers 403",
  reset: "Graph closes the connection instead of an answer",
  "server-error": "Graph answers 500",
  "error-page": "the gateway of Graph answers 502 with an HTML page",
  "retry-date": "Graph answers 429 and states a date instead of seconds",
  concurrency: "Graph answers writes with 409 and asks to repeat them",
  "not-yet-visible": "Graph answers 404 to requests for one application, as right after its creation",
  "session-revoked": "Graph answers 401 with a claims challenge to tokens without those claims",
  "html-page": "a proxy answers Graph requests with 200 and an HTML page",
  redirect: "a proxy redirects Graph requests to another host",
  "empty-object": "Graph requests are answered with 200 and an empty object",
  "gzip-bomb": "Graph answers with a few kilobytes that unpack to gigabytes",
  "endless-pages": "each page of a collection names itself as its next page",
  "foreign-page": "the next page of a collection is at another host",
  "conditional-access": "Conditional Access blocks the pipeline's sign-in (AADSTS53003)",
  "sign-in-busy": "the token endpoint is overloaded for a moment (AADSTS90033)",
} as const;

/** The bastion of the sandbox, as target of a fault. */
export const BASTION_NAME = "bastion";

export const BASTION_FAULTS = {
  unreachable: "nothing answers on the SSH port of the bastion",
  "host-key": "the bastion presents another host key than the pinned one",
  "ssh-key": "the bastion refuses the SSH key",
  "no-forwarding": "the bastion prohibits forwarding (AllowTcpForwarding no)",
  "no-route": "the bastion does not reach the servers",
  "max-startups": "the bastion drops connections while others are logging in (MaxStartups)",
} as const;

export type BastionFault = keyof typeof BASTION_FAULTS;

export type ServerFault = keyof typeof SERVER_FAULTS;
type TenantFault = keyof typeof TENANT_FAULTS;
export interface Fault {
  /** "tenant", "bastion" or a server's name. */
  target: string;
  name: string;
  /** Remaining matching operations; null if it remains until cleared. */
  remaining: number | null;
}

export interface Faults {
  /** Whether this fault is set; consumes nothing. */
  holds(target: string, name: ServerFault | TenantFault | BastionFault): boolean;
  /** Whether this fault applies now; counts as one matching operation. */
  strikes(target: string, name: ServerFault | TenantFault | BastionFault): boolean;
}

export class SandboxFaults implements Faults {
  private readonly file: JsonFile<Fault[]>;
  private entries: Fault[];

  constructor(file: string) {
    this.file = new JsonFile(file);
    this.entries = this.file.read() ?? [];
  }

  list(): readonly Fault[] {
    return this.entries;
  }

  holds(target: string, name: string): boolean {
    return this.entries.some((fault) => fault.target === target && fault.name === name);
  }

  strikes(target: string, name: string): boolean {
    const fault = this.entries.find((entry) => entry.target === target && entry.name === name);
    if (!fault) return false;
    if (fault.remaining !== null) {
      fault.remaining -= 1;
      this.store(this.entries.filter((entry) => entry.remaining !== 0));
    }
    return true;
  }

  set(target: string, name: string, times: number | null): void {
    const others = this.entries.filter((fault) => fault.target !== target || fault.name !== name);
    this.store([...others, { target, name, remaining: times }]);
  }

  /** Clears the faults of a target, or all of them. */
  clear(target?: string): void {
    this.store(target === undefined ? [] : this.entries.filter((fault) => fault.target !== target));
  }

  private store(entries: Fault[]): void {
    this.entries = entries;
    this.file.write(entries);
  }
}
