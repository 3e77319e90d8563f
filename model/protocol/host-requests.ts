/** What the host program is asked, a schema for each request. */
import { z } from "zod";
import { guid, sha256, version } from "./host-formats";
import { PROTOCOL_VERSION } from "./host-operations";

/** Repeated in the markers of the answer; absent from requests that the command plugin sends, as those are in state. */
const nonce = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .optional();

/** Sent to `observe`. */
export const ObserveRequest = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION),
  nonce,
  /** Name of the server in the declaration; used in labels and messages only. */
  server: z.string(),
  /** The label prefix of this server's certificates: `ConnectSyncIdentity <stack>/<server>`. */
  labelPrefix: z.string(),
  /** How far back the event log is read, in hours. */
  eventHours: z.int().min(0).max(720),
});

/** Sent to `diagnose`. */
export const DiagnoseRequest = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION),
  nonce,
  server: z.string(),
  /** What the server has to reach, each asked with one GET without credentials. */
  endpoints: z.array(z.url()),
});

/** Sent to `ensure-certificate` and `remove-certificate` alike: one resource, one stdin for create and delete. */
export const CertificateRequest = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION),
  nonce,
  server: z.string(),
  /** FriendlyName of the certificate: `ConnectSyncIdentity <stack>/<server> g<generation>`. */
  label: z.string(),
  /** Name of the key container, fixed per label so that a half-made key is found again. */
  keyName: z.string().regex(/^[A-Za-z0-9-]{1,120}$/),
  /** Subject of the self-signed certificate, an X.500 name. */
  subject: z.string(),
  /** Full name of the key storage provider. */
  keyProvider: z.string(),
  /** Only true lets `keyProvider` be the software provider. */
  allowSoftwareKey: z.boolean(),
  keyLength: z.int(),
  lifetimeDays: z.int().min(1),
  /** The service account that must be able to use the key; null takes whatever account runs the ADSync service. */
  serviceAccount: z.string().nullable(),
  minimumVersion: version,
  /**
   * Takes the certificate with this hash as it is, whatever its label, instead of one that is made here: one that was
   * set up by hand and was adopted. Null otherwise.
   */
  adoptSha256: sha256.nullable(),
});

/** Sent to `release`: refuse while the connector uses this certificate. */
export const ReleaseRequest = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION),
  nonce,
  server: z.string(),
  label: z.string(),
  appId: guid,
  certificateSha256: sha256,
});

/** Sent to `register`. */
export const RegisterRequest = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION),
  nonce,
  server: z.string(),
  label: z.string(),
  appId: guid,
  certificateSha256: sha256,
  /** Moved by findings that a registration heals; carries no meaning for the host. */
  revision: z.int().min(0),
  /** OAuth 2.0 token endpoint of the tenant, v2.0. */
  tokenEndpoint: z.url(),
  /** For each resource application: the roles that a token for `<resourceAppId>/.default` must carry. */
  requiredRoles: z.array(z.strictObject({ resourceAppId: guid, roles: z.array(z.string()).min(1) })).min(1),
  allowSoftwareKey: z.boolean(),
  serviceAccount: z.string().nullable(),
  minimumVersion: version,
  /** Run the documented repair if the connectivity parameters are blank. */
  repairConnectivityParameters: z.boolean(),
  /** How a switch is verified: `sync` runs a delta cycle as well, `switch` looks at connector and events only. */
  verify: z.enum(["sync", "switch"]),
  /** Bounds of the program's own waiting, in seconds. */
  bounds: z.strictObject({
    /** How long a token is asked for again until Entra has replicated key and role. */
    replicationSeconds: z.int().min(0),
    /** How long a running synchronisation cycle is waited for, once paused. */
    cycleSeconds: z.int().min(0),
    /** How long the switching cmdlet may take. */
    cmdletSeconds: z.int().min(1),
    /** How long the delta cycle of the verification may take. */
    verifySeconds: z.int().min(0),
  }),
});

/** The service account's sign-in, as an administrator gave it; never part of an answer. */
const credential = z.strictObject({ userName: z.string().min(1), password: z.string().min(1) });

/** Sent to `rollback`: puts the connector back on a service account. */
export const RollbackRequest = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION),
  nonce,
  server: z.string(),
  /** The switch without which nothing is done. */
  rollback: z.literal("to-service-account"),
  /** The application that the connector must be on. */
  appId: guid,
  bounds: z.strictObject({ cycleSeconds: z.int().min(0), cmdletSeconds: z.int().min(1) }),
  /** A Hybrid Identity Administrator without MFA. */
  credential,
});

/** Sent to `remove-legacy-account`: removes a password account that no connector uses any more. */
export const RemoveLegacyAccountRequest = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION),
  nonce,
  server: z.string(),
  /** Name of the account without its domain: asked for by name, or nothing is done. */
  removeLegacyAccount: z.string().regex(/^Sync_[A-Za-z0-9_-]{1,80}$/),
  bounds: z.strictObject({ cmdletSeconds: z.int().min(1) }),
  credential,
});

export type ObserveRequest = z.infer<typeof ObserveRequest>;
export type DiagnoseRequest = z.infer<typeof DiagnoseRequest>;
export type CertificateRequest = z.infer<typeof CertificateRequest>;
export type ReleaseRequest = z.infer<typeof ReleaseRequest>;
export type RegisterRequest = z.infer<typeof RegisterRequest>;
export type RollbackRequest = z.infer<typeof RollbackRequest>;
export type RemoveLegacyAccountRequest = z.infer<typeof RemoveLegacyAccountRequest>;
