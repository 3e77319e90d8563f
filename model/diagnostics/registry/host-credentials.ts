/** The errors of the host program that are about a certificate or its key. */
import type { Registrations } from "../registration";
import { own, powershell, pulumi } from "../remedy";

/** What every error of the host program has; its values are given by the server, or by what finds the same. */
export const HOST_ERROR = {
  severity: "error",
  since: "0.1.0",
  cure: "nothing",
  property: "{property}",
  expected: "{expected}",
  actual: "{actual}",
} as const;

const UP = pulumi("up");

export const HOST_CREDENTIALS = {
  CERTIFICATE_MISSING: {
    ...HOST_ERROR,
    title: "The certificate is not on the server.",
    why: "There is nothing to register.",
    remedy: ["To create a new generation: ", UP],
  },
  CERTIFICATE_AMBIGUOUS: {
    ...HOST_ERROR,
    title: "Several certificates on the server have the same hash or label.",
    why: "Which one is meant must never be a guess.",
    remedy: ["Remove the copies that the connector does not use from LocalMachine\\My."],
  },
  CERTIFICATE_UNSUITABLE: {
    ...HOST_ERROR,
    title: "The certificate of the CA is not one that the connector may use.",
    why: "Everything that is wrong with it is in one message; nothing was uploaded, and the connector is as before.",
    remedy: ["Have the CA issue one that is right (the page has the list), then run: ", UP],
    guide: "certificates.md",
  },
  ENROLMENT_PENDING: {
    ...HOST_ERROR,
    title: "The CA has not issued the certificate yet.",
    why: "Its template wants an approval. The request and its key wait on the server; the connector is as before.",
    remedy: ["Approve the request on the CA, then run: ", UP],
    guide: "certificates.md",
  },
  ENROLMENT_FAILED: {
    ...HOST_ERROR,
    title: "The CA issued no certificate by the declared template.",
    why: "The answer of the CA, or of Windows, is in the message; nothing was uploaded, and the connector is as before.",
    remedy: ["Look whether a CA offers the template and the server's computer account may enrol by it; then run: ", UP],
    guide: "certificates.md",
  },
  CERTIFICATE_IN_USE: {
    ...HOST_ERROR,
    title: "The connector uses the certificate that is to be removed.",
    why: "Without it the server could not sign in, and synchronisation would stop.",
    remedy: [
      "Keep the server in the configuration. Before you remove it, let it leave: ",
      own("leave", "{server}", "--rollback"),
    ],
    guide: "situations/leave.md",
  },
  SWITCH_UNVERIFIED: {
    ...HOST_ERROR,
    title: "The connector was switched, but it is not verified that its new credential works.",
    why: "Nothing proves it and nothing disproves it, so the connector stays, and the old certificate as its way back.",
    remedy: ["Look at the Synchronization Service Manager of the server. To verify the switch: ", UP],
    guide: "situations/sync-stopped.md",
  },
  KEY_UNUSABLE: {
    ...HOST_ERROR,
    title: "The key of the certificate cannot be opened or does not sign.",
    why: "Entra would refuse every sign-in with it.",
    remedy: ["To create a new generation: ", UP],
    guide: "situations/tpm-without-pss.md",
  },
  KEY_UNAVAILABLE: {
    ...HOST_ERROR,
    title: "A key on the server does not answer at the moment.",
    why: "That is no proof that the key is lost, so it is neither removed nor replaced.",
    remedy: [
      "Look at the TPM on the server (a lockout ends by itself): ",
      powershell("Get-Tpm"),
      " ; once it is ready, run: ",
      UP,
    ],
    guide: "situations/tpm-without-pss.md",
  },
  KEY_SHARED: {
    ...HOST_ERROR,
    title: "Another certificate on the server has the key that is to be removed or used.",
    why: "Anything that uses that certificate would fail without its key; a key belongs to one server.",
    remedy: ["If nothing uses the other certificate, remove it from LocalMachine\\My; then run: ", UP],
  },
  KEY_NOT_IN_HARDWARE: {
    ...HOST_ERROR,
    title: "The key is not in hardware.",
    why: "A software key can be copied from the server.",
    remedy: ["Allow a software key by name (allowSoftwareKey: true), or create a new generation: ", UP],
  },
  KEY_ACL_NOT_SET: {
    ...HOST_ERROR,
    title: "The access rules of the key could not be set.",
    why: "The service must be able to use the key, and no one else.",
    remedy: ["Look at the permissions of the key file on the server, then run again."],
  },
} as const satisfies Registrations;
