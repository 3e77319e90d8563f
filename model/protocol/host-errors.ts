/** How the host program fails: codes with their exit codes, and the error that an answer carries. */
import { z } from "zod";

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
  EXECUTION_POLICY: EXIT_CODES.refused,
  NOT_ADMINISTRATOR: EXIT_CODES.refused,
  ADSYNC_MISSING: EXIT_CODES.refused,
  SERVICE_STOPPED: EXIT_CODES.refused,
  SERVICE_ACCOUNT_UNEXPECTED: EXIT_CODES.refused,
  VERSION_TOO_OLD: EXIT_CODES.refused,
  DOTNET_TOO_OLD: EXIT_CODES.refused,
  TPM_MISSING: EXIT_CODES.refused,
  TPM_SIGNATURE_INVALID: EXIT_CODES.refused,
  CERTIFICATE_MISSING: EXIT_CODES.refused,
  CERTIFICATE_AMBIGUOUS: EXIT_CODES.refused,
  CERTIFICATE_UNSUITABLE: EXIT_CODES.refused,
  ENROLMENT_PENDING: EXIT_CODES.refused,
  ENROLMENT_FAILED: EXIT_CODES.failed,
  CERTIFICATE_IN_USE: EXIT_CODES.refused,
  SWITCH_UNVERIFIED: EXIT_CODES.refused,
  KEY_UNUSABLE: EXIT_CODES.refused,
  KEY_UNAVAILABLE: EXIT_CODES.refused,
  KEY_SHARED: EXIT_CODES.refused,
  KEY_NOT_IN_HARDWARE: EXIT_CODES.refused,
  KEY_ACL_NOT_SET: EXIT_CODES.failed,
  CLOCK_SKEW: EXIT_CODES.refused,
  TOKEN_ENDPOINT_UNREACHABLE: EXIT_CODES.refused,
  TOKEN_REFUSED: EXIT_CODES.refused,
  ROLE_MISSING: EXIT_CODES.refused,
  SCHEDULER_SUSPENDED: EXIT_CODES.refused,
  BUSY: EXIT_CODES.busy,
  DATA_FOLDER_FOREIGN: EXIT_CODES.refused,
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
  REPAIR_MODULE_MISSING: EXIT_CODES.refused,
  VERIFICATION_FAILED: EXIT_CODES.failed,
  SCHEDULER_NOT_RESTORED: EXIT_CODES.failed,
  UNEXPECTED: EXIT_CODES.failed,
} as const;
export type HostErrorCode = keyof typeof HOST_ERRORS;

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
