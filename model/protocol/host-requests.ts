/** What the host program is asked, a schema for each request. */
import type { z } from "zod";
import { PROTOCOL_VERSION, type HostOperation } from "./host-operations";
import {
  count,
  hash,
  hashOrNull,
  list,
  lowerGuid,
  nonce,
  notEmpty,
  object,
  oneOf,
  only,
  positive,
  text,
  textOrNull,
  truth,
  url,
  version,
  whole,
} from "./request-formats";

const protocol = only(PROTOCOL_VERSION, `the number ${PROTOCOL_VERSION}`);

/** Sent to `observe`. */
export const ObserveRequest = object({
  protocol,
  nonce,
  /** Name of the server in the declaration; used in labels and messages only. */
  server: text(),
  /** The label prefix of this server's certificates: `ConnectSyncIdentity <stack>/<server>`. */
  labelPrefix: text(),
  /** How far back the event log is read, in hours. */
  eventHours: whole("a whole number from 0 to 720", 0, 720),
  /** SHA-256 of a certificate of a CA that is declared by its hash: it is read as well. Absent if there is none. */
  issuedSha256: hash.optional(),
});

/** Sent to `diagnose`. */
export const DiagnoseRequest = object({
  protocol,
  nonce,
  server: text(),
  /** What the server has to reach, each asked with one GET without credentials. */
  endpoints: list("a list of URLs", url),
});

const TEMPLATE_WORDS = "1 to 64 letters, digits, spaces, dots, dashes, underscores and parentheses";
const TEMPLATE = /^[A-Za-z0-9 ._()-]{1,64}$/;

/** Sent to `ensure-certificate` and `remove-certificate` alike: one resource, one stdin for create and delete. */
export const CertificateRequest = object({
  protocol,
  nonce,
  server: text(),
  /** FriendlyName of the certificate: `ConnectSyncIdentity <stack>/<server> g<generation>`. */
  label: text(),
  /** Name of the key container, fixed per label so that a half-made key is found again. */
  keyName: text("1 to 120 letters, digits and dashes", /^[A-Za-z0-9-]{1,120}$/),
  /** Subject of the self-signed certificate, an X.500 name. */
  subject: text(),
  /** Full name of the key storage provider. */
  keyProvider: text(),
  /** Only true lets `keyProvider` be the software provider. */
  allowSoftwareKey: truth,
  keyLength: count,
  lifetimeDays: positive,
  /** The service account that must be able to use the key; null takes whatever account runs the ADSync service. */
  serviceAccount: textOrNull,
  minimumVersion: version,
  /**
   * Takes the certificate with this hash as it is, whatever its label, instead of one that is made here: one that was
   * set up by hand and was adopted. Null otherwise.
   */
  adoptSha256: hashOrNull,
  /** `adoptSha256` names a certificate of a CA: it is checked as one, and never removed. Absent otherwise. */
  issued: truth.optional(),
  /**
   * A CA of the forest is asked for the certificate, instead of one that signs itself: by the name of a template, as the
   * computer. It has to be valid for more than so many days. Absent otherwise.
   */
  enrolment: object({ template: text(TEMPLATE_WORDS, TEMPLATE), leastDays: count }).optional(),
});

/** Sent to `release`: refuse while the connector uses this certificate. */
export const ReleaseRequest = object({
  protocol,
  nonce,
  server: text(),
  label: text(),
  appId: lowerGuid,
  certificateSha256: hash,
});

/** Sent to `register`. */
export const RegisterRequest = object({
  protocol,
  nonce,
  server: text(),
  label: text(),
  appId: lowerGuid,
  certificateSha256: hash,
  /** Moved by findings that a registration heals; carries no meaning for the host. */
  revision: count,
  /** OAuth 2.0 token endpoint of the tenant, v2.0. */
  tokenEndpoint: url,
  /** For each resource application: the roles that a token for `<resourceAppId>/.default` must carry. */
  requiredRoles: list(
    "a list of one or more objects",
    object({ resourceAppId: lowerGuid, roles: list("a list of one or more strings", text(), 1) }),
    1,
  ),
  allowSoftwareKey: truth,
  serviceAccount: textOrNull,
  minimumVersion: version,
  /** Run the documented repair if the connectivity parameters are blank. */
  repairConnectivityParameters: truth,
  /** The application is the product's: it is rotated on, and never linked. Absent otherwise. */
  rotateOnly: truth.optional(),
  /** How a switch is verified: `sync` runs a delta cycle as well, `switch` looks at connector and events only. */
  verify: oneOf("sync", "switch"),
  /** Bounds of the program's own waiting, in seconds. */
  bounds: object({
    /** How long a token is asked for again until Entra has replicated key and role. */
    replicationSeconds: count,
    /** How long a running synchronisation cycle is waited for, once paused. */
    cycleSeconds: count,
    /** How long the switching cmdlet may take. */
    cmdletSeconds: positive,
    /** How long the delta cycle of the verification may take. */
    verifySeconds: count,
  }),
});

/** The service account's sign-in, as an administrator gave it; never part of an answer. */
const credential = object({ userName: notEmpty, password: notEmpty });

/** Sent to `rollback`: puts the connector back on a service account. */
export const RollbackRequest = object({
  protocol,
  nonce,
  server: text(),
  /** The switch without which nothing is done. */
  rollback: only("to-service-account"),
  /** The application that the connector must be on. */
  appId: lowerGuid,
  bounds: object({ cycleSeconds: count, cmdletSeconds: positive }),
  /** A Hybrid Identity Administrator without MFA. */
  credential,
});

/** Sent to `remove-legacy-account`: removes a password account that no connector uses any more. */
export const RemoveLegacyAccountRequest = object({
  protocol,
  nonce,
  server: text(),
  /** Name of the account without its domain: asked for by name, or nothing is done. */
  removeLegacyAccount: text("Sync_ and 1 to 80 letters, digits, dashes and underscores", /^Sync_[A-Za-z0-9_-]{1,80}$/),
  bounds: object({ cmdletSeconds: positive }),
  credential,
});

/** Sent to `reset-machine-identifier`: gives a cloned server an identifier of its own. */
export const ResetMachineIdentifierRequest = object({
  protocol,
  nonce,
  server: text(),
  /** The identifier that the server must not keep, asked for by name: a server that has another one is done. */
  resetMachineIdentifier: text("1 to 64 letters, digits and dashes", /^[A-Za-z0-9-]{1,64}$/),
  newIdentifier: text("32 lower-case hexadecimal digits", /^[0-9a-f]{32}$/),
  /** `cmdletSeconds` bounds the stop of the service, and its start. */
  bounds: object({ cycleSeconds: count, cmdletSeconds: positive }),
});

export type ObserveRequest = z.infer<typeof ObserveRequest>;
export type DiagnoseRequest = z.infer<typeof DiagnoseRequest>;
export type CertificateRequest = z.infer<typeof CertificateRequest>;
export type ReleaseRequest = z.infer<typeof ReleaseRequest>;
export type RegisterRequest = z.infer<typeof RegisterRequest>;
export type RollbackRequest = z.infer<typeof RollbackRequest>;
export type RemoveLegacyAccountRequest = z.infer<typeof RemoveLegacyAccountRequest>;
export type ResetMachineIdentifierRequest = z.infer<typeof ResetMachineIdentifierRequest>;

/** The request of each operation. */
export const REQUESTS = {
  observe: ObserveRequest,
  diagnose: DiagnoseRequest,
  "ensure-certificate": CertificateRequest,
  "remove-certificate": CertificateRequest,
  release: ReleaseRequest,
  register: RegisterRequest,
  rollback: RollbackRequest,
  "remove-legacy-account": RemoveLegacyAccountRequest,
  "reset-machine-identifier": ResetMachineIdentifierRequest,
} as const satisfies Record<HostOperation, z.ZodType>;
