/** Findings about how a server synchronises: its mode, its scheduler, its sign-ins. */
import type { Registrations } from "../registration";
import { given, pulumi } from "../remedy";

const since = "0.1.0";
const severity = "finding";

/** Part of the findings of a server. */
export const SYNCHRONISATION_FINDINGS = {
  "mode-undeclared": {
    severity,
    since,
    title: "The server's mode is not its declared role.",
    why: "A server that should not export does, or no server exports.",
    cure: "nothing",
    property: "mode",
    expected: "{declared} mode",
    actual: "{actual} mode",
    remedy: {
      active: [
        "No run changes a mode: switch staging mode on in the Entra Connect wizard of this server, before another one exports, or declare role: active.",
      ],
      staging: [
        "No run changes a mode: switch staging mode off in the Entra Connect wizard of this server, or declare role: staging.",
      ],
      second: [
        "No run changes a mode. {others} exports: switch staging mode on there first, then off here, or declare role: staging.",
      ],
    },
    guide: "situations/switch-over.md",
  },
  "role-changed": {
    severity,
    since,
    title: "The server is declared with another role than in the last run.",
    why: "A role is recorded and decides who switches last; the mode of a server is changed in its Entra Connect wizard alone.",
    cure: "nothing",
    property: "role",
    expected: "{former}, as recorded",
    actual: "{declared}, on a server in {mode} mode",
    remedy: {
      made: [
        "The server's mode is the declared role already. pulumi up records the role and the order of later switches, and changes nothing else for it.",
      ],
      ahead: [
        "pulumi up records the role and the order of later switches. It changes no mode, application or certificate for it: the swap itself is made in the wizards.",
      ],
    },
    guide: "situations/switch-over.md",
  },
  "exports-twice": {
    severity,
    since,
    title: "Two servers export into the tenant, though this one is declared as staging.",
    why: "Entra Connect Sync supports one active server: two overwrite each other's changes.",
    cure: "nothing",
    property: "mode",
    expected: "staging mode",
    actual: "active mode, in which {others} exports as well",
    remedy: ["Switch staging mode on now, in the Entra Connect wizard of the server that should not export."],
    guide: "situations/switch-over.md",
  },
  "service-proxy-unreachable": {
    severity,
    since,
    title: "The synchronisation service goes through a proxy that does not answer.",
    why: "The service cannot reach Entra, although a session on the server may: no test of the session shows it.",
    cure: "nothing",
    property: "proxy of the service",
    expected: "a proxy that answers; this session goes {session}",
    actual: "{address}, set by {source}, accepts no connection",
    remedy: {
      own: [
        "Remove defaultProxy from miiserver.exe.config, which every upgrade overwrites; set a proxy in machine.config, then: ",
        given("powershell", "Restart-Service ADSync"),
      ],
      machine: ["Correct defaultProxy in machine.config, then: ", given("powershell", "Restart-Service ADSync")],
      account: [
        "Correct the proxy in the Internet settings of the service's account, or set one in machine.config, which counts for every account. Then: ",
        given("powershell", "Restart-Service ADSync"),
      ],
    },
    guide: "situations/service-proxy.md",
  },
  "synchronisation-overdue": {
    severity,
    since,
    title: "The server's next synchronisation cycle is more than a day late.",
    why: "Changes do not reach Entra; after seven days without a cycle, a full one is needed.",
    cure: "nothing",
    property: "scheduler",
    expected: "a cycle at {due}",
    actual: "none until now: {state}",
    remedy: {
      off: [
        "A person switched the scheduler off, and this project leaves it so. On the server: ",
        given("powershell", "Set-ADSyncScheduler -SyncCycleEnabled $true"),
      ],
      suspended: [
        "Close the Entra Connect wizard on the server, which suspends the scheduler while it is open, or wait for the upgrade. ",
        "Nothing else ends that: to write SchedulerSuspended is not supported.",
      ],
      on: [
        "The service does not start its cycles. See the last runs in the Synchronization Service Manager, and start one: ",
        given("powershell", "Start-ADSyncSyncCycle -PolicyType Delta"),
      ],
    },
    guide: "situations/sync-stopped.md",
  },
  "sign-in-refused": {
    severity,
    since,
    title: "Entra refuses the sign-ins of the synchronisation service (event 906).",
    why: "The server does not synchronise with the identity that it uses.",
    cure: "nothing",
    property: "sign-ins",
    expected: "sign-ins that Entra accepts",
    actual: "event 906 at {time}: {message}",
    remedy: {
      "wrong-key": [
        "The application does not hold the connector's certificate, or its key signs incorrectly. ",
        "If another server uses the same application, it replaced the certificate: compare on both: ",
        given("powershell", "Get-ADSyncEntraConnectorCredential"),
      ],
      "unknown-application": [
        "The connector's application is gone from the tenant, or belongs to another one. See it on the server: ",
        given("powershell", "Get-ADSyncEntraConnectorCredential"),
      ],
      clock: ["A clock is wrong by more than five minutes. On the server: ", given("powershell", "w32tm /resync")],
      policy: [
        "Exclude the application from the Conditional Access policy for workload identities, or allow the server's address.",
      ],
      disabled: [
        "Enable the application: Entra admin center, Enterprise applications, Properties, Enabled for users to sign in.",
      ],
      expired: ["The credential has expired. Other findings of this server may say which, and what replaces it."],
      other: [
        "Other findings of this server may be the cause. A refusal that no cycle repeats is no longer reported after two cycles.",
      ],
    },
    guide: "situations/sync-stopped.md",
  },
  "credential-expired": {
    severity,
    since,
    title: "Entra Connect reports that its certificate has expired (event 1012).",
    why: "The certificate is in the service account's own store, which only Entra Connect reads; without it the server cannot sign in.",
    cure: "nothing",
    property: "credential",
    expected: "a certificate that is valid",
    actual: "event 1012 at {time}: the certificate of {name} has expired",
    remedy: ["To give the server a certificate of its own: ", pulumi("up")],
    guide: "situations/sync-stopped.md",
  },
} as const satisfies Registrations;
