/** The sentences of the host program's refusals that are about a certificate, its key or its CA. A table, as host-messages.ts. */
import type { HostErrorCode } from "./host-errors";

export interface HostMessage {
  message: string;
  remedy: string;
}

export const CREDENTIAL_MESSAGES = {
  TPM_MISSING: {
    message: "There is no TPM that could hold the key.",
    remedy: "Give the server a (virtual) TPM, or allow a software key by name.",
  },
  TPM_SIGNATURE_INVALID: {
    message: "The TPM cannot make the signature that Entra requires (PS256).",
    remedy:
      "Update the firmware of the TPM (revision 1.16 of TPM 2.0 is known for it), or allow a software key by name.",
  },
  CERTIFICATE_MISSING: {
    message: 'The certificate "{0}" is not on this server.',
    remedy:
      'Run "pulumi up" again: it makes a new generation. Where it does not, change rotate of this server in the configuration.',
  },
  "CERTIFICATE_MISSING.adopted": {
    message: "The certificate that is to be adopted is not on this server.",
    remedy:
      "Name a certificate of LocalMachine\\My in adopt.certificateSha256, or set rotate so that a new one is made.",
  },
  "CERTIFICATE_MISSING.issued": {
    message: "The certificate that certificate.source names is not on this server.",
    remedy: "Have the CA issue it into LocalMachine\\My, or correct its SHA-256 in certificate.source.",
  },
  CERTIFICATE_UNSUITABLE: {
    message: "The certificate of {0} cannot be used for this server.",
    remedy: "Have the CA issue one that can, for a key of its own, and name its SHA-256 in certificate.source.",
  },
  "CERTIFICATE_UNSUITABLE.template": {
    message: "The certificate that the CA issued by the template {0} cannot be used for this server.",
    remedy:
      'Correct the template on the CA, or name another one in certificate.source, then run "pulumi up" again: the CA is asked again.',
  },
  ENROLMENT_PENDING: {
    message: "The CA has the request by the template {0}, but has not issued the certificate yet.",
    remedy:
      'Approve the request on the CA (its requester is the computer account of this server), then run "pulumi up" again: it fetches the certificate.',
  },
  ENROLMENT_FAILED: {
    message: "The CA issued no certificate by the template {0}.",
    remedy:
      "Look whether a CA offers the template, whether the computer account of this server may enrol by it, and whether the CA answers this server.",
  },
  "ENROLMENT_FAILED.denied": {
    message: "The CA denied the request by the template {0}; the request and its key were removed.",
    remedy:
      'Ask the administrator of the CA for the reason (its list of failed requests has it), then run "pulumi up" again: the CA is asked again.',
  },
  CERTIFICATE_AMBIGUOUS: {
    message: "Several certificates have the same hash.",
    remedy: "Remove the copies from LocalMachine\\My.",
  },
  "CERTIFICATE_AMBIGUOUS.label": {
    message: "Several certificates carry the same label.",
    remedy: "Remove the ones that the connector does not use from LocalMachine\\My.",
  },
  CERTIFICATE_IN_USE: {
    message: "The connector uses this certificate.",
    remedy:
      "Keep the server in the configuration. Before you take it out, let it leave (the name of its stack goes at the end): npx connect-sync-identity leave {0} --rollback --stack",
  },
  "CERTIFICATE_IN_USE.provider": {
    message: "The connector uses this certificate, so its key cannot be made again with another provider.",
    remedy: "Set rotate in the configuration of this server: the next generation is made with the declared provider.",
  },
  SWITCH_UNVERIFIED: {
    message: "The connector was switched away from this certificate, but it is not verified that the new one works.",
    remedy:
      'Look at the Synchronization Service Manager of the server, then run "pulumi up": it verifies the switch, and ' +
      "releases this certificate once that succeeds.",
  },
  KEY_UNUSABLE: {
    message: 'The key of certificate "{0}" cannot be used.',
    remedy: 'Run "pulumi up" again: it makes a new generation.',
  },
  "KEY_UNUSABLE.adopted": {
    message: "The key of the certificate that is to be adopted cannot be used.",
    remedy: "Set rotate in the configuration of this server: a new certificate is made.",
  },
  "KEY_UNUSABLE.issued": {
    message: "The key of the certificate that certificate.source names cannot be used.",
    remedy:
      "Have the CA issue a certificate for a key of a key storage provider, that of the TPM first, and name it in certificate.source.",
  },
  KEY_UNAVAILABLE: {
    message: "A key on this server does not answer at the moment; nothing was removed.",
    remedy: 'Look at the TPM of the server (Get-Tpm): a lockout ends by itself. Then run "pulumi up" again.',
  },
  KEY_SHARED: {
    message: "Another certificate on this server has the key {0}, which is to be removed.",
    remedy: "If nothing uses that certificate, remove it from LocalMachine\\My, then run again.",
  },
  "KEY_SHARED.making": {
    message: "Another certificate on this server has the key {0}, which is to be used.",
    remedy: "Set rotate in the configuration of this server: the next key has a name of its own.",
  },
  KEY_NOT_IN_HARDWARE: {
    message: 'The key of certificate "{0}" is not in hardware.',
    remedy: 'Run "pulumi up" again: it makes a new generation; or allow a software key by name.',
  },
  "KEY_NOT_IN_HARDWARE.provider": {
    message: "A key outside the TPM was asked for, but is not allowed.",
    remedy: "Leave keyProvider out, or set allowSoftwareKey: true.",
  },
  "KEY_NOT_IN_HARDWARE.issued": {
    message: 'The key of certificate "{0}" is not in the TPM.',
    remedy: "Have the CA issue one for a key in the TPM, or allow a software key by name (allowSoftwareKey: true).",
  },
  "KEY_NOT_IN_HARDWARE.template": {
    message: "The key of the certificate that the CA issued by the template {0} is not in the TPM.",
    remedy:
      'Let the template want "Microsoft Platform Crypto Provider", or allow a software key by name (allowSoftwareKey: true).',
  },
  KEY_ACL_NOT_SET: {
    message: "The access rules of the key could not be set.",
    remedy: "Look at the permissions of the key file on the server, then run again.",
  },
} as const satisfies Partial<Record<HostErrorCode | `${HostErrorCode}.${string}`, HostMessage>>;
