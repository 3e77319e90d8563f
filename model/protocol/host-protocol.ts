/**
 * The host protocol: what is asked of the host program on a sync server, and what it answers.
 *
 * Requests are one ASCII JSON object on stdin; the answer is one ASCII JSON object between two marker lines on
 * stdout, followed by an exit code. host-program/PROTOCOL.md describes the same for a reader of the PowerShell program.
 */
import { z } from "zod";
import { ConnectorFacts, HostCertificateFacts, HostDiagnosis, HostObservation } from "./host-facts";
import { guid, sha256, utc } from "./host-formats";

export * from "./host-facts";

/** Raised when a request or answer changes in a way that an older program cannot read. */
export const PROTOCOL_VERSION = 1;

/** The answer stands between these two lines; whatever else the host prints is noise. */
export const ANSWER_BEGIN = "-----BEGIN CONNECT SYNC HOST ANSWER-----";
export const ANSWER_END = "-----END CONNECT SYNC HOST ANSWER-----";

/** Separates the parts of a piped program on stdin: Windows.ps1, ConnectSyncHost.ps1, request. */
export const STDIN_SEPARATOR = "#-----CONNECT-SYNC-HOST-PART-----";

/** Where the host program is installed; only administrators may write there. */
export const PROGRAM_FOLDER = "C:/Program Files/ConnectSyncIdentity";

/** The files whose SHA-256 the manifest beside them lists. The program's hash is the SHA-256 of the manifest file. */
export const PROGRAM_FILES = ["ConnectSyncHost.ps1", "Windows.ps1"] as const;
export const MANIFEST_FILE = "manifest.json";

export const HOST_OPERATIONS = [
  "observe",
  "diagnose",
  "ensure-certificate",
  "remove-certificate",
  "release",
  "register",
  "rollback",
  "remove-legacy-account",
] as const;
export type HostOperation = (typeof HOST_OPERATIONS)[number];

/** Key storage providers by their full names, as Windows knows them. */
export const TPM_PROVIDER = "Microsoft Platform Crypto Provider";
export const SOFTWARE_PROVIDER = "Microsoft Software Key Storage Provider";

/** Labels start with this, so that a certificate of ours is recognised without its hash. */
export const LABEL_PREFIX = "ConnectSyncIdentity";

/** The exit code that goes with an answer. */
export const EXIT_CODES = {
  ok: 0,
  invalidRequest: 2,
  refused: 3,
  busy: 4,
  signInRequired: 5,
  failed: 6,
  programMismatch: 7,
} as const;

/** Every code that an answer's error may carry, with the exit code that goes with it. */
export const HOST_ERRORS = {
  INVALID_REQUEST: EXIT_CODES.invalidRequest,
  PROGRAM_MISMATCH: EXIT_CODES.programMismatch,
  LANGUAGE_MODE: EXIT_CODES.refused,
  NOT_ADMINISTRATOR: EXIT_CODES.refused,
  ADSYNC_MISSING: EXIT_CODES.refused,
  SERVICE_STOPPED: EXIT_CODES.refused,
  SERVICE_ACCOUNT_UNEXPECTED: EXIT_CODES.refused,
  VERSION_TOO_OLD: EXIT_CODES.refused,
  TPM_MISSING: EXIT_CODES.refused,
  TPM_SIGNATURE_INVALID: EXIT_CODES.refused,
  CERTIFICATE_MISSING: EXIT_CODES.refused,
  CERTIFICATE_AMBIGUOUS: EXIT_CODES.refused,
  CERTIFICATE_IN_USE: EXIT_CODES.refused,
  KEY_UNUSABLE: EXIT_CODES.refused,
  KEY_NOT_IN_HARDWARE: EXIT_CODES.refused,
  KEY_ACL_NOT_SET: EXIT_CODES.failed,
  CLOCK_SKEW: EXIT_CODES.refused,
  TOKEN_ENDPOINT_UNREACHABLE: EXIT_CODES.refused,
  TOKEN_REFUSED: EXIT_CODES.refused,
  ROLE_MISSING: EXIT_CODES.refused,
  SCHEDULER_SUSPENDED: EXIT_CODES.refused,
  BUSY: EXIT_CODES.busy,
  CYCLE_STILL_RUNNING: EXIT_CODES.refused,
  RESTORE_TASK_UNPROVEN: EXIT_CODES.refused,
  SIGNIN_REQUIRED: EXIT_CODES.signInRequired,
  MFA_REQUIRED: EXIT_CODES.signInRequired,
  CREDENTIAL_REFUSED: EXIT_CODES.failed,
  CONNECTOR_UNEXPECTED: EXIT_CODES.refused,
  ACCOUNT_IN_USE: EXIT_CODES.refused,
  ACCOUNT_UNEXPECTED: EXIT_CODES.refused,
  CMDLET_FAILED: EXIT_CODES.failed,
  CMDLET_TIMEOUT: EXIT_CODES.failed,
  VERIFICATION_FAILED: EXIT_CODES.failed,
  SCHEDULER_NOT_RESTORED: EXIT_CODES.failed,
  UNEXPECTED: EXIT_CODES.failed,
} as const;
export type HostErrorCode = keyof typeof HOST_ERRORS;

// ---------------------------------------------------------------- requests

/** Sent to `observe`. */
export const ObserveRequest = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION),
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
  server: z.string(),
  /** What the server has to reach, each asked with one GET without credentials. */
  endpoints: z.array(z.url()),
});

/** Sent to `ensure-certificate` and `remove-certificate` alike: one resource, one stdin for create and delete. */
export const CertificateRequest = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION),
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
  minimumVersion: z.string(),
  /**
   * Takes the certificate with this hash as it is, whatever its label, instead of one that is made here: one that was
   * set up by hand and was adopted. Null otherwise.
   */
  adoptSha256: sha256.nullable(),
});

/** Sent to `release`: refuse while the connector uses this certificate. */
export const ReleaseRequest = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION),
  server: z.string(),
  label: z.string(),
  appId: guid,
  certificateSha256: sha256,
});

/** Sent to `register`. */
export const RegisterRequest = z.strictObject({
  protocol: z.literal(PROTOCOL_VERSION),
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
  minimumVersion: z.string(),
  /** Run the documented repair where the connectivity parameters are blank. */
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

// ---------------------------------------------------------------- answers

/** A failure that a person can act on. */
export const HostError = z.object({
  code: z.enum(Object.keys(HOST_ERRORS) as [HostErrorCode, ...HostErrorCode[]]),
  /** One sentence that says what went wrong. */
  message: z.string(),
  expected: z.string(),
  actual: z.string(),
  remedy: z.string(),
  /** With SIGNIN_REQUIRED: the one command that an administrator runs at the server's desktop. */
  operatorCommand: z.string().nullable(),
});
export type HostError = z.infer<typeof HostError>;

const answer = <O extends HostOperation, R extends z.ZodType>(operation: O, result: R) =>
  z.discriminatedUnion("ok", [
    z.object({
      protocol: z.literal(PROTOCOL_VERSION),
      operation: z.literal(operation),
      server: z.string(),
      ok: z.literal(true),
      changed: z.boolean(),
      result,
      error: z.null(),
    }),
    z.object({
      protocol: z.literal(PROTOCOL_VERSION),
      operation: z.literal(operation),
      server: z.string(),
      ok: z.literal(false),
      changed: z.boolean(),
      result: z.null(),
      error: HostError,
    }),
  ]);

export const CertificateResult = z.object({
  before: HostCertificateFacts.nullable(),
  after: HostCertificateFacts,
});
export const RemovalResult = z.object({
  before: z.object({ certificates: z.int(), keyFile: z.boolean() }),
  after: z.object({ certificates: z.int(), keyFile: z.boolean() }),
});
export const ReleaseResult = z.object({ before: ConnectorFacts, after: ConnectorFacts });
/** One entry of Get-ADSyncRunProfileResult. */
export const RunResult = z.object({
  connector: z.string(),
  runProfile: z.string(),
  /** `success`, `completed-*`, `stopped-*`, `no-start-*` (the product's own words). */
  result: z.string(),
  startedAt: utc,
  endedAt: utc.nullable(),
});
export type RunResult = z.infer<typeof RunResult>;

/** How a switch was verified. */
export const Verification = z.object({
  /** The delta cycle that was run, null where none was. */
  cycle: z.object({ startedAt: utc, results: z.array(RunResult) }).nullable(),
  /** Why no cycle was run, null where one was. */
  skipped: z.string().nullable(),
});
export type Verification = z.infer<typeof Verification>;

const Switched = z.object({ connector: ConnectorFacts, syncCycleEnabled: z.boolean() });

export const RollbackResult = z.object({
  before: Switched,
  after: Switched,
  /** Name of the account that the connector uses now, without its domain. */
  accountName: z.string(),
  restoredInterruptedPause: z.boolean(),
  pausedSeconds: z.number(),
  /** Whether this build onboards a server on a password account again by itself. */
  mayOnboardAgain: z.boolean(),
});
export const LegacyAccountResult = z.object({
  accountName: z.string(),
  before: z.object({ connector: ConnectorFacts }),
  after: z.object({ connector: ConnectorFacts }),
});
export const RegistrationResult = z.object({
  before: Switched,
  after: Switched,
  /** What was done: nothing to do, linked with Add-..., rotated with Invoke-...; and whether a pause was undone. */
  action: z.enum(["none", "linked", "rotated"]),
  restoredInterruptedPause: z.boolean(),
  repairedParameters: z.boolean(),
  /** Seconds for which the scheduler was paused by this operation; 0 where it was not. */
  pausedSeconds: z.number(),
  /** Null where nothing was switched and nothing was left to verify. */
  verification: Verification.nullable(),
});

/** The answer schema of each operation. */
export const ANSWERS = {
  observe: answer("observe", HostObservation),
  diagnose: answer("diagnose", HostDiagnosis),
  "ensure-certificate": answer("ensure-certificate", CertificateResult),
  "remove-certificate": answer("remove-certificate", RemovalResult),
  release: answer("release", ReleaseResult),
  register: answer("register", RegistrationResult),
  rollback: answer("rollback", RollbackResult),
  "remove-legacy-account": answer("remove-legacy-account", LegacyAccountResult),
} as const satisfies Record<HostOperation, z.ZodType>;

/** The answer of one operation, either `ok` with its result or not `ok` with its error. */
export type HostAnswer<O extends HostOperation> = z.infer<(typeof ANSWERS)[O]>;

/** Thrown by {@link parseAnswer} where stdout holds no answer of that operation. */
export class HostAnswerError extends Error {}

/**
 * Finds the answer in a host's stdout and parses it against the operation's schema.
 *
 * @param stdout everything that the host printed; text outside the markers is ignored
 * @throws HostAnswerError where the markers are missing or the answer does not fit the schema
 */
export function parseAnswer<O extends HostOperation>(operation: O, stdout: string): HostAnswer<O> {
  const begin = stdout.lastIndexOf(ANSWER_BEGIN);
  const end = begin < 0 ? -1 : stdout.indexOf(ANSWER_END, begin);
  if (end < 0) {
    throw new HostAnswerError(`no answer of ${operation} among ${stdout.length} characters of output`);
  }
  const text = stdout.slice(begin + ANSWER_BEGIN.length, end).trim();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new HostAnswerError(`the answer of ${operation} is not JSON: ${(error as Error).message}`);
  }
  const parsed = ANSWERS[operation].safeParse(json);
  if (!parsed.success) {
    throw new HostAnswerError(`the answer of ${operation} does not fit the protocol: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data as HostAnswer<O>;
}
