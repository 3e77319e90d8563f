/** What differs on a server whose application and certificate are the product's own; a person acts, as nothing is changed. */
import type { Registrations } from "../registration";
import { powershell } from "../remedy";

const since = "0.1.0";
const severity = "finding";
const cure = "nothing";
const guide = "modes.md";

const ROTATE = [
  "At the server's desktop, in the Microsoft Entra Connect wizard: Additional tasks, Rotate application certificate.",
] as const;

const REMOVE_KEY = [
  "To remove it, on the server, as administrator: ",
  powershell("ADSync\\Remove-EntraApplicationKey", "-CertificateId", "{keyId}"),
] as const;

/** Findings, and notices about keys that a rotation left. */
export const MANAGED = {
  "managed-identity-other": {
    ...{ severity, since, cure, guide },
    title: "The server is declared as managed by Entra Connect, but signs in with something else.",
    why: "What it signs in with is not watched, and Entra Connect does not rotate it.",
    property: "connector",
    expected: "an application and a certificate of Entra Connect",
    actual: "{actual}",
    remedy: {
      wizard: [
        "At the server's desktop, in the Microsoft Entra Connect wizard: Additional tasks, Configure application-based authentication to Microsoft Entra ID.",
      ],
      declare: ["Declare the mode that it is in, or have the wizard set up its own application: docs/modes.md."],
    },
  },
  "managed-parameters-blank": {
    ...{ severity, since, cure, guide },
    title: "The connectivity parameters of a managed server are blank, so Entra Connect cannot rotate its certificate.",
    why: "The next rotation fails, and synchronisation stops when the certificate expires.",
    property: "connectivity parameters",
    expected: "{parameters}",
    actual: "blank parameters",
    remedy: [
      "On the server, as administrator, with ADSyncTools 2.3.0 or later: ",
      powershell("Repair-ADSyncToolsEntraAppParameters"),
    ],
    guide: "situations/connector-parameters.md",
  },
  "managed-key-missing": {
    ...{ severity, since, cure, guide },
    title: "The application of Entra Connect does not hold the certificate that the connector uses.",
    why: "Entra refuses the server's next sign-in, and synchronisation stops.",
    property: "credential",
    expected: "certificate {certificate} on application {appId}",
    actual: "{count} other key credentials",
    remedy: ROTATE,
  },
  "managed-credential-foreign": {
    ...{ severity, since, cure, guide },
    title: "The application of Entra Connect has a credential that is not its certificate.",
    why: "Whoever holds it can synchronise as this server.",
    property: "credentials",
    expected: "the connector's certificate only",
    actual: "{what} {id}",
    remedy: ["Find out who added it. If no one can say, remove it in Entra, and treat the application as compromised."],
  },
  "managed-rotation-overdue": {
    ...{ severity, since, cure, guide },
    title: "Entra Connect has not rotated its certificate, though the rotation was due.",
    why: "A rotation needs a scheduler that runs; without one, the certificate expires and synchronisation stops.",
    property: "certificate",
    expected: "a rotation by {due}",
    actual: "the certificate of {start}, which expires on {end}; {scheduler}",
    remedy: ROTATE,
  },
  "managed-certificate-expired": {
    ...{ severity, since, cure, guide },
    title: "The certificate of Entra Connect has expired.",
    why: "The server does not synchronise.",
    property: "certificate",
    expected: "a certificate in date",
    actual: "one that expired on {end}; {scheduler}",
    remedy: ROTATE,
  },
  "managed-key-left": {
    ...{ severity: "notice", since, cure, guide, expected: "" },
    title: "Entra Connect left the key of an earlier certificate on its application.",
    why: "A key that is not needed any more is one that can be stolen.",
    property: "credentials",
    actual:
      "the key {keyId} of {start} is still on application {appId}, though the connector uses a later certificate.",
    remedy: REMOVE_KEY,
  },
  "managed-key-removal-failed": {
    ...{ severity: "notice", since, cure, guide, expected: "" },
    title: "Entra Connect reports that it could not remove the key of an earlier certificate from its application.",
    why:
      "A key that is not needed any more is one that can be stolen. The documents describe this error and name no event id: it " +
      "is recognised by its source, its level and words of its text, with low confidence. That the key is still there was read in Entra.",
    property: "credentials",
    actual:
      "event {event} at {time} of the source Directory Synchronization: {message}; the key {keyId} of {start} is still on application {appId}.",
    remedy: REMOVE_KEY,
  },
} as const satisfies Registrations;
