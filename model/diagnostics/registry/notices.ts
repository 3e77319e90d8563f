/** Notices: facts about a server that are worth knowing but are no difference from its declaration, so that no drift alarm is red. */
import type { Registrations } from "../registration";
import { given, own, posix, powershell, pulumi } from "../remedy";
import { KEPT, UNKNOWN_USE } from "./in-use";

const since = "0.1.0";
const severity = "notice";
const cure = "nothing";
const expected = "";

/** Every notice. */
export const NOTICES = {
  "expiry-ahead": {
    ...{ severity, since, cure, expected },
    title: "The certificate's rotation window begins within 30 days.",
    why: "Plan a run in that window: without one, the certificate expires.",
    property: "certificate",
    actual: "the first pulumi up on or after {due} rotates the certificate, which expires on {end}.",
    remedy: [],
    guide: "situations/rotate-now.md",
  },
  "policy-refuses-rotation": {
    ...{ severity, since, cure, expected },
    title: "A policy of the tenant would refuse the next certificate.",
    why: "The rotation would fail, and the present certificate would expire.",
    property: "certificate",
    actual: "the application management policy {policy} ({property}) would refuse the next one: {reason}.",
    remedy: ["Shorten certificate.lifetime, or have the policy exempt the application."],
    guide: "situations/policy-refuses-certificate.md",
  },
  "rotation-after-warning": {
    ...{ severity, since, cure, expected },
    title: "`rotateBefore` is so short that Entra Connect warns before the rotation.",
    why: "Warnings that mean nothing hide the ones that matter.",
    property: "certificate.rotateBefore",
    actual:
      "a certificate that is valid for {lifetime} is rotated after {age} days, but Entra Connect may warn from day {warnsAt}.",
    remedy: ["Lengthen rotateBefore, or expect the warning."],
  },
  "version-support-ends": {
    ...{ severity, since, cure, expected },
    title: "Support for the installed version ends within 180 days, or has ended.",
    why: "Microsoft may stop synchronisation for a version that is out of support.",
    property: "Entra Connect Sync version",
    actual: "support for version {version} ends on {end}, {ahead}.",
    remedy: ["Upgrade Microsoft Entra Connect Sync on this server."],
    guide: "versions.md",
  },
  "deadline-ahead": {
    ...{ severity, since, cure, expected },
    title: "A change of the service within 180 days concerns this server, or has come.",
    why: "From that day on, this server does not synchronise as it is now.",
    property: "Entra Connect Sync",
    actual: "from {day} on, {ahead}, {what} ({source}).",
    remedy: ["Before that day, run ", pulumi("up"), " , or upgrade Microsoft Entra Connect Sync, as the case may be."],
    guide: "versions.md",
  },
  "cmdlet-parameters-changed": {
    ...{ severity, since, cure, expected },
    title: "A cmdlet that switches the identity has parameters other than the known ones.",
    why: "This project was not tested with these parameters, so the next switch may fail.",
    property: "cmdlets",
    actual: "{cmdlet} has the parameters {found}; known are {known}.",
    remedy: ["Try the next switch on a staging server first."],
  },
  "certificate-left": {
    ...{ severity, since, cure, expected },
    title: "A certificate of an earlier generation is still on the server.",
    why: "If it is no longer in state, no run removes it.",
    property: "certificates",
    actual: '"{label}" is still on the server, though the connector uses "{current}".',
    remedy: [
      "To remove it if it is in state: ",
      pulumi("up"),
      " ; if it is not in state, remove it on the server: ",
      powershell("Remove-Item", "-Path", "Cert:\\LocalMachine\\My\\{thumbprint}", "-DeleteKey"),
    ],
  },
  "scheduler-off": {
    ...{ severity, since, cure, expected },
    title: "The scheduler is off, and no run of this project switched it off.",
    why: "The server synchronises only when a person starts a cycle. This project leaves the scheduler as it finds it.",
    property: "scheduler",
    actual: "the scheduler is off; the next cycle was due at {due}.",
    remedy: ["To start it again, on the server: ", given("powershell", "Set-ADSyncScheduler -SyncCycleEnabled $true")],
  },
  "scheduler-suspended": {
    ...{ severity, since, cure, expected },
    title: "The scheduler is suspended: the wizard is open or an upgrade is running.",
    why: "While it is suspended the server does not synchronise, and no run changes its identity.",
    property: "scheduler",
    actual: "the scheduler is suspended: the wizard is open or an upgrade is running.",
    remedy: ["Close the Entra Connect wizard on the server, or wait for the upgrade."],
  },
  "maintenance-off": {
    ...{ severity, since, cure, expected },
    title: "The scheduler's maintenance is off.",
    why: "Entra Connect does not warn of its certificate's expiry, and does not clear its run history.",
    property: "scheduler",
    actual: "MaintenanceEnabled is off.",
    remedy: ["To switch it on, on the server: ", given("powershell", "Set-ADSyncScheduler -MaintenanceEnabled $true")],
  },
  "rotation-reported": {
    ...{ severity, since, cure, expected },
    title: "Entra Connect reports that its certificate is due for rotation (event 1011).",
    why: "The certificate is in the service account's own store, which only Entra Connect reads and rotates.",
    property: "certificate",
    actual: "event 1011 at {time}: the certificate of {name} is due for rotation.",
    remedy: ["To give the server a certificate of its own: ", pulumi("up")],
  },
  "key-reported": {
    ...{ severity, since, cure, expected },
    title: "Entra Connect reports that its key is not in a TPM (event 1014).",
    why: "A key outside the TPM might be copied from the server. A key that is declared to be elsewhere is not reported.",
    property: "private key",
    actual: "event 1014 at {time}: the key of the connector's certificate is not in a TPM.",
    remedy: [],
  },
  "service-account-uncompared": {
    ...{ severity, since, cure, expected },
    title: "Whether the declared service account runs the service is known only to Windows.",
    why: "The two names have different forms. The host program compares them by SID before it changes anything.",
    property: "serviceAccount",
    actual: "{declared} is declared, and the service runs under {account}; only the server can compare the two.",
    remedy: ["If they are the same account, declare its SID, which has one form only: serviceAccount: {sid}."],
  },
  "writeback-unread": {
    ...{ severity, since, cure, expected },
    title: "Whether the server writes passwords back could not be read.",
    why: "The application's roles follow the declaration alone: without them, a server that writes back no longer can.",
    property: "passwordWriteback",
    actual: "password writeback is declared {declared}, and the server's own setting could not be read.",
    remedy: ["Compare it on the server: ", given("powershell", "Get-ADSyncAADPasswordResetConfiguration")],
  },
  "fact-unreadable": {
    ...{ severity, since, cure, expected },
    title: "A fact of the server could not be read.",
    why: "What is not known is not judged; everything else of the server is.",
    property: "{field}",
    actual: "{field} could not be read: {reason}.",
    remedy: ["Look at it on the server, and run again."],
  },
  "legacy-account-present": {
    ...{ severity, since, cure, expected },
    title: "The password account that the server no longer uses still exists.",
    why: "Anyone who has its password may still synchronise.",
    property: "accounts",
    actual: "the account {account} may still synchronise, though the server signs in as an application.",
    remedy: {
      free: ["To remove it: ", own("remove-legacy-account", "{server}", "--name", "{name}")],
      used: KEPT,
      unknown: UNKNOWN_USE,
    },
  },
  "managed-application-left": {
    ...{ severity, since, cure, expected },
    title: "An application with the name that Entra Connect gives one for this server still exists.",
    why: "It keeps a key and the right to synchronise, and is not watched.",
    property: "applications",
    actual: 'the application {appId} ("{name}") keeps its role and key, though the server uses a different one.',
    remedy: {
      free: ["To remove it: ", posix("az", "ad", "app", "delete", "--id", "{appId}")],
      used: KEPT,
      unknown: UNKNOWN_USE,
    },
  },
  "sync-accounts-near-limit": {
    ...{ severity, since, cure, expected },
    title: "The tenant has almost as many synchronisation accounts as Entra accepts.",
    why: "Without a free one, no server can go back to a service account.",
    property: "accounts",
    actual: "{count} accounts have a directory role for synchronisation, and Entra accepts {limit}.",
    remedy: ["Remove those of former machines: each is a finding legacy-account-left with its own remedy."],
  },
  "review-overdue": {
    ...{ severity, since, cure, expected },
    title: "What this release knows of versions and deadlines was not reviewed for 180 days.",
    why: "An end of support or a change of the service that was announced since then is not reported.",
    property: "versions",
    actual: "what this release knows of versions and deadlines was last reviewed on {day}.",
    remedy: ["Use a newer release of this project, or compare docs/versions.md with its sources."],
    guide: "versions.md",
  },
} as const satisfies Registrations;
