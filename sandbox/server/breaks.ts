/** What `break <server> <what>` changes on an emulated server outside Pulumi. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { LABEL_PREFIX, PROGRAM_FOLDER, SOFTWARE_PROVIDER } from "../../model/protocol/host-protocol";
import type { DirectoryAdministration } from "../surroundings/directory-administration";
import { OTHER_TENANT } from "../tenant/other-tenant";
import { USERS_SID } from "./identities";
import type { Machine } from "./machine";
import { keyOf, certificatesByHash } from "./machine-certificates";
import { keyFilePath } from "./machine-keys";
import { rebuild } from "./machine-rebuilt";
import type { MachineState, StoredCertificate } from "./machine-state";

/** What a break needs from the rest of the sandbox. */
export interface BreakContext {
  now: Date;
  directory: DirectoryAdministration;
  /** With `application`: another application that exists in the tenant. */
  appId?: string;
  /** With `application` and `hash`: the certificate that the connector then reports. */
  certificateSha256?: string;
}

/** All breaks of a server, and what each does. */
export const SERVER_BREAKS = {
  certificate: "the certificate was deleted from LocalMachine\\My; its key remains",
  key: "the certificate exists, but its key is unusable, as after a cleared TPM",
  "key-software": "the certificate's key is stored by the software provider",
  acl: "the service account can no longer read the key",
  "acl-wide": "all users of the server can read the key",
  label: "the certificate's friendly name was changed in LocalMachine\\My",
  account: "the connector uses a password account again",
  "other-cloud": "the wizard signed the server in to a tenant of the US Government cloud",
  "other-tenant": "the wizard signed the server in to another tenant of the same cloud",
  application: "the connector uses another existing application",
  hash: "the connector uses another certificate hash",
  parameters: "the connector's connectivity parameters are blank",
  scheduler: "an interrupted run left the scheduler paused, and its restore task is gone",
  "scheduler-record": "an interrupted run left the scheduler paused, and the record of that cannot be read",
  program: "the host program was changed on the server",
  "program-folder-foreign": "someone put a script into the folder of the host program",
  "program-folder-earlier": "the folder of the host program holds a page that an older version of this project brought",
  writeback: "password writeback was switched on",
  staging: "staging mode was switched on, so that the server exports no more",
  exports: "staging mode was switched off, so that the server exports as the active one does",
  "service-account": "the ADSync service runs under a local account, which its installer gave the rights that it needs",
  "service-account-non-ascii": "the ADSync service runs under a group managed account whose name is not ASCII",
  "scheduler-off": "a person switched the scheduler off three days ago",
  "scheduler-suspended": "the wizard was left open three days ago, so that the scheduler is suspended",
  "maintenance-off": "the scheduler's maintenance was switched off",
  "sign-in-refused": "Entra refused the last sign-in of the synchronisation service (event 906)",
  "sign-in-wrong-key": "another server that shares the application replaced its certificate (event 906, AADSTS700027)",
  "sign-in-blocked": "Conditional Access for workload identities blocked the application (event 906, AADSTS53003)",
  "service-proxy": "miiserver.exe.config names a proxy for the service that does not answer; a session goes directly",
  "ca-revoked": "the organisation's CA revoked every certificate that it issued to the server",
  rebuilt: "Windows was reinstalled: certificates, keys, program and records are lost, the connector has a new account",
} as const;
export type ServerBreak = keyof typeof SERVER_BREAKS;

/** The product's number of that cloud. */
const AZURE_US_GOVERNMENT = 4;

type Breaker = (machine: Machine, context: BreakContext) => void;

/** The connector signs in with the account that the wizard makes in a tenant. */
function signInWithAccount(machine: Machine, domain: string): void {
  machine.change((state) => {
    const suffix = (state.serviceIdentifier ?? state.machineIdentifier).replace(/-/g, "").slice(0, 12);
    state.connector = {
      ...state.connector,
      identityType: "ServiceAccount",
      userName: `Sync_${state.computerName}_${suffix}@${domain}`,
      appId: null,
      certificateSha256: null,
      parameters: { ApplicationManagedBy: null, CertificateManagedBy: null, CertificateId: null },
    };
  });
}

export const BREAKERS: Record<ServerBreak, Breaker> = {
  certificate: (machine) => {
    const { sha256 } = ourCertificate(machine);
    machine.change((state) => {
      state.certificates = state.certificates.filter((entry) => entry.sha256 !== sha256);
    });
  },
  key: (machine) =>
    changeKey(machine, (key) => {
      key.dead = "the TPM no longer has this key (NTE_BAD_KEYSET)";
    }),
  label: (machine) => {
    const { sha256 } = ourCertificate(machine);
    machine.change((state) => {
      for (const entry of state.certificates) if (entry.sha256 === sha256) entry.label = "renamed by an administrator";
    });
  },
  "key-software": (machine) => {
    const { sha256 } = ourCertificate(machine);
    changeKey(machine, (key) => {
      key.provider = SOFTWARE_PROVIDER;
      key.file = keyFilePath(key.name, SOFTWARE_PROVIDER);
    });
    machine.change((state) => {
      for (const entry of state.certificates) if (entry.sha256 === sha256) entry.keyProvider = SOFTWARE_PROVIDER;
    });
  },
  acl: (machine) =>
    changeKey(machine, (key, state) => {
      key.access = key.access.filter((rule) => rule.sid !== state.service.accountSid);
    }),
  "acl-wide": (machine) =>
    changeKey(machine, (key) => {
      key.access.push({ sid: USERS_SID, account: "BUILTIN\\Users", rights: "Read, Synchronize", allow: true });
    }),
  account: (machine) => signInWithAccount(machine, machine.state.tenant.domain),
  "other-cloud": (machine) => {
    signInWithAccount(machine, "contoso.onmicrosoft.us");
    machine.change((state) => {
      state.azureInstance = AZURE_US_GOVERNMENT;
    });
  },
  "other-tenant": (machine) => signInWithAccount(machine, OTHER_TENANT.domain),
  application: (machine, { appId, certificateSha256 }) => {
    if (!appId) throw new Error("the tenant has no other application that the connector could use");
    machine.change((state) => {
      state.connector.identityType = "Application";
      state.connector.userName = `{${appId}}@${state.tenant.domain}`;
      state.connector.appId = appId;
      state.connector.certificateSha256 = certificateSha256 ?? randomHash();
    });
  },
  hash: (machine, { certificateSha256 }) => {
    requireApplication(machine);
    machine.change((state) => {
      state.connector.certificateSha256 = certificateSha256 ?? randomHash();
    });
  },
  parameters: (machine) => {
    requireApplication(machine);
    machine.change((state) => {
      state.connector.parameters = { ApplicationManagedBy: null, CertificateManagedBy: null, CertificateId: null };
    });
  },
  scheduler: interruptPause,
  "scheduler-record": (machine, context) => {
    interruptPause(machine, context);
    fs.writeFileSync(machine.pauseRecord.file, '{"server":"');
  },
  program: (machine) => {
    fs.appendFileSync(inProgramFolder(machine, "ConnectSyncHost.ps1"), "# changed on the server\n");
  },
  "program-folder-foreign": (machine) => fs.writeFileSync(inProgramFolder(machine, "Helper.ps1"), "Get-Date\n"),
  "program-folder-earlier": (machine) =>
    fs.writeFileSync(inProgramFolder(machine, "PROTOCOL.md"), "# Host protocol\n\nWritten by hand here.\n"),
  writeback: (machine) =>
    machine.change((state) => {
      state.passwordWriteback = true;
    }),
  staging: (machine) => {
    if (machine.state.scheduler.StagingModeEnabled) throw new Error(`${machine.state.computerName} exports nothing`);
    machine.change((state) => {
      state.scheduler.StagingModeEnabled = true;
    });
  },
  exports: (machine) => {
    if (!machine.state.scheduler.StagingModeEnabled) throw new Error(`${machine.state.computerName} exports already`);
    machine.change((state) => {
      state.scheduler.StagingModeEnabled = false;
    });
  },
  "service-account": (machine) => runUnder(machine, "AAD_1", machine.state.computerName, ".", 1105),
  "service-account-non-ascii": (machine) => runUnder(machine, "s\u00fcd-sync$", "CONTOSO", "CONTOSO", 1106),
  "scheduler-off": (machine, { now }) => stopScheduler(machine, now, { SyncCycleEnabled: false }),
  "scheduler-suspended": (machine, { now }) => stopScheduler(machine, now, { SchedulerSuspended: true }),
  "maintenance-off": (machine) =>
    machine.change((state) => {
      state.scheduler.MaintenanceEnabled = false;
    }),
  "sign-in-refused": (machine, { now }) => {
    requireApplication(machine);
    const [used] = certificatesByHash(machine, machine.state.connector.certificateSha256 ?? "");
    const message =
      "GetSecurityToken: unable to retrieve a security token. AADSTS7000222: The provided client credential has " +
      `been refused. Thumbprint of key used by client: '${used?.thumbprint ?? "none"}'.`;
    machine.addEvent({ time: now.toISOString(), id: 906, message });
  },
  "sign-in-wrong-key": (machine, { now }) => {
    requireApplication(machine);
    // The product writes the text of its library first, and the ids, which find the sign-in in Entra's log, last.
    const message =
      "[MSAL] AcquireTokenWithCertificate: no token by certificate. [invalid_client] - " +
      `${"The application is not configured so that it can sign in. ".repeat(5)}Original exception: ` +
      "AADSTS700027: The certificate that signed the client assertion is not registered on the application. " +
      `[Reason - The key was not found. ${"See the keys of the application. ".repeat(14)}] ` +
      `Trace ID: ${randomUUID()} Correlation ID: ${randomUUID()} Timestamp: ${now.toISOString()}`;
    machine.addEvent({ time: now.toISOString(), id: 906, message });
  },
  "sign-in-blocked": (machine, { now }) => {
    requireApplication(machine);
    const message =
      "GetSecurityToken: unable to retrieve a security token. AADSTS53003: Access has been blocked by Conditional Access " +
      `policies. Trace ID: ${randomUUID()} Correlation ID: ${randomUUID()} Timestamp: ${now.toISOString()}`;
    machine.addEvent({ time: now.toISOString(), id: 906, message });
  },
  "service-proxy": (machine) =>
    machine.change((state) => {
      state.serviceProxy = { source: "miiserver.exe.config", address: "http://old-proxy.contoso.com:3128" };
    }),
  "ca-revoked": (machine) =>
    machine.change(({ authority, certificates }) => {
      authority?.revoked.push(...certificates.map(({ sha256 }) => sha256));
    }),
  rebuilt: (machine, { directory, now }) => rebuild(machine, directory, now),
};

/** What a run leaves that was killed in its pause; its restore task is gone. */
function interruptPause(machine: Machine, { now }: BreakContext): void {
  const { scheduler, computerName } = machine.state;
  if (!scheduler.SyncCycleEnabled) throw new Error(`the scheduler of ${computerName} is off already`);
  machine.pauseRecord.write({
    operation: "register",
    server: computerName.toLowerCase(),
    startedAt: now.toISOString(),
    deadline: new Date(now.getTime() + 10 * 60_000).toISOString(),
    syncCycleEnabled: true,
  });
  machine.change((state) => {
    state.scheduler.SyncCycleEnabled = false;
    state.restoreTask = null;
  });
}

const DAYS_STOPPED = 3;

/** The scheduler has run no cycle for days: its next one was due when it was stopped. */
function stopScheduler(machine: Machine, now: Date, how: Partial<MachineState["scheduler"]>): void {
  const due = new Date(now.getTime() - DAYS_STOPPED * 24 * 60 * 60_000).toISOString();
  machine.change((state) => {
    Object.assign(state.scheduler, how, { NextSyncCycleStartTimeInUTC: due });
  });
}

/**
 * The service's new account may read its key, as the old one may.
 *
 * @param given the domain as the service names it, `.` for this computer
 */
export function runUnder(machine: Machine, name: string, domain: string, given: string, rid: number): void {
  machine.change((state) => {
    const account = { account: `${domain}\\${name}`, sid: `${state.sid}-${rid}` };
    if (state.service.accountSid === account.sid) throw new Error(`the service runs under ${given}\\${name} already`);
    const former = state.service.accountSid;
    state.accounts = [...state.accounts.filter(({ sid }) => sid !== account.sid), account];
    state.service = { ...state.service, account: `${given}\\${name}`, accountSid: account.sid };
    for (const key of state.keys) {
      key.access = key.access.map((rule) => (rule.sid === former ? { ...rule, ...account } : rule));
    }
  });
}

/** The path of a file beside the installed program. */
function inProgramFolder(machine: Machine, name: string): string {
  const folder = machine.files.local(PROGRAM_FOLDER);
  if (!fs.existsSync(folder)) throw new Error(`the host program is not yet installed on ${machine.state.computerName}`);
  return path.join(folder, name);
}

const randomHash = () => createHash("sha256").update(randomBytes(32)).digest("hex");

/** The certificate of this project that the connector uses, else the newest of this project. */
function ourCertificate(machine: Machine): StoredCertificate {
  const { connector, certificates, computerName } = machine.state;
  const [used] = connector.certificateSha256 ? certificatesByHash(machine, connector.certificateSha256) : [];
  const ours = certificates.filter((entry) => entry.label.startsWith(LABEL_PREFIX));
  const found = used?.label.startsWith(LABEL_PREFIX) ? used : ours.at(-1);
  if (!found) throw new Error(`${computerName} has no certificate of this project yet; run "npm start" first`);
  return found;
}

function changeKey(machine: Machine, change: (key: MachineState["keys"][number], state: MachineState) => void): void {
  const certificate = ourCertificate(machine);
  const key = keyOf(machine, certificate);
  if (!key) throw new Error(`the key of "${certificate.label}" is already unusable`);
  machine.change((state) => change(key, state));
}

function requireApplication(machine: Machine): void {
  const { connector, computerName } = machine.state;
  if (connector.identityType === "Application") return;
  throw new Error(
    `the connector of ${computerName} uses a password account; it has no application credential to break`,
  );
}
