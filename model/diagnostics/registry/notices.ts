/** Notices: what is worth knowing of a server and no difference from its declaration, so that no drift alarm is red. */
import type { Registrations } from "../registration";
import { own, posix, powershell, pulumi } from "../remedy";

const since = "0.1.0";
const severity = "notice";
const cure = "nothing";
const expected = "";

/** Every notice. */
export const NOTICES = {
  "expiry-ahead": {
    ...{ severity, since, cure, expected },
    title: "The certificate's rotation window begins within 30 days.",
    why: "Plan a run in that window: without one the certificate ends.",
    property: "certificate",
    actual: "the first pulumi up from {due} on rotates the certificate, which ends on {end}.",
    remedy: [],
    guide: "situations/rotate-now.md",
  },
  "rotation-after-warning": {
    ...{ severity, since, cure, expected },
    title: "`rotateBefore` is so short that the product warns before the rotation.",
    why: "Warnings that mean nothing hide one that means something.",
    property: "certificate.rotateBefore",
    actual: "a certificate of {lifetime} is rotated after {age} days, but the product may warn from day {warnsAt} on.",
    remedy: ["Lengthen rotateBefore, or expect the warning."],
  },
  "version-support-ends": {
    ...{ severity, since, cure, expected },
    title: "The installed version leaves support within 90 days, or has left it.",
    why: "Microsoft may stop synchronisation of a version that is out of support.",
    property: "Entra Connect Sync version",
    actual: "support of version {version} {verb} on {end}.",
    remedy: ["Upgrade Microsoft Entra Connect Sync on this server."],
  },
  "cmdlet-parameters-changed": {
    ...{ severity, since, cure, expected },
    title: "A cmdlet that switches the identity has other parameters than the known ones.",
    why: "This project was not tried with these parameters, so the next switch may fail.",
    property: "cmdlets",
    actual: "{cmdlet} has the parameters {found}; known are {known}.",
    remedy: ["Try the next switch on a staging server first."],
  },
  "certificate-left": {
    ...{ severity, since, cure, expected },
    title: "A certificate of an earlier generation is still on the server.",
    why: "State may not know it any more, and then no run removes it.",
    property: "certificates",
    actual: '"{label}" is still on the server, though the connector uses "{current}".',
    remedy: [
      "If state knows it, this removes it: ",
      pulumi("up"),
      " ; if not, remove it on the server: ",
      powershell("Remove-Item", "-Path", "Cert:\\LocalMachine\\My\\{thumbprint}", "-DeleteKey"),
    ],
  },
  "legacy-account-present": {
    ...{ severity, since, cure, expected },
    title: "The password account that the server no longer uses still exists.",
    why: "Whoever has its password may still synchronise.",
    property: "accounts",
    actual: "the account {account} may still synchronise, though the server signs in as an application.",
    remedy: ["To remove it: ", own("remove-legacy-account", "{server}", "--name", "{name}")],
  },
  "managed-application-left": {
    ...{ severity, since, cure, expected },
    title: "An application that the product made for this server by itself still exists.",
    why: "It keeps a key and the right to synchronise, and is not watched.",
    property: "applications",
    actual: 'the application {appId} ("{name}") keeps its role and key, though the server uses another one.',
    remedy: ["To remove it: ", posix("az", "ad", "app", "delete", "--id", "{appId}")],
  },
} as const satisfies Registrations;
