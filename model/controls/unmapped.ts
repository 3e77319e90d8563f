/** Codes that are evidence for no published control, each with the reason. */
import type { DiagnosticCode } from "../diagnostics/registry";

const NOT_READ = "says that something could not be read: the controls that need it are then not shown";
const RUNNING = "says whether synchronisation runs; no control here asks for that";
const REFUSED_STEP = "stops one step of a run, and says nothing that lasts of server or tenant";
const OWN_INPUT = "is about this project's own configuration, and no report is made with it";
const SEVERAL_STACKS = "only a report on several stacks has it, and that shows no controls";
const COMMAND = "a command refuses with it; no report has it";
const PIPELINE = "is about the rights of the pipeline's own identity";

const because = (reason: string, ...codes: DiagnosticCode[]) => codes.map((code) => [code, reason] as const);

export const UNMAPPED: Readonly<Partial<Record<DiagnosticCode, string>>> = Object.fromEntries([
  ...because(RUNNING, "service-proxy-unreachable", "synchronisation-overdue", "service-proxy-other", "SERVICE_STOPPED"),
  ...because(NOT_READ, "fact-unreadable", "HOST_NOT_OBSERVED", "TENANT_NOT_OBSERVED", "SERVER_NOT_OBSERVED"),
  ...because(
    NOT_READ,
    "HOST_UNREACHABLE",
    "SSH_KEY_REFUSED",
    "SSH_NO_KEY",
    "SSH_TOO_MANY_KEYS",
    "SSH_LOGIN_INCOMPLETE",
  ),
  ...because(
    NOT_READ,
    "SSH_LOGIN_CLOSED",
    "SSH_NO_ALGORITHM",
    "SSH_SESSION_REFUSED",
    "SFTP_REFUSED",
    "HOST_SESSION_LOST",
  ),
  ...because(NOT_READ, "BASTION_UNREACHABLE", "BASTION_KEY_REFUSED", "BASTION_FORBIDS", "BASTION_CANNOT_REACH"),
  ...because(NOT_READ, "HOST_TIMEOUT", "STEP_OVERDUE", "HOST_ANSWER_INVALID", "PROGRAM_NOT_STARTED", "INVALID_REQUEST"),
  ...because(NOT_READ, "LANGUAGE_MODE", "EXECUTION_POLICY", "NOT_ADMINISTRATOR", "MACHINE_IDENTIFIER_UNREAD"),
  ...because(NOT_READ, "GRAPH_FORBIDDEN", "GRAPH_UNAVAILABLE", "GRAPH_ANSWER_INVALID", "GRAPH_TOKEN_REFUSED"),
  ...because(NOT_READ, "SIGN_IN_REFUSED", "SERVICE_MISSING", "ROLE_UNKNOWN", "SSH_AGENT_MISSING", "SSH_KEY_INVALID"),
  ...because(
    REFUSED_STEP,
    "BUSY",
    "CLOCK_SKEW",
    "TOKEN_ENDPOINT_UNREACHABLE",
    "SCHEDULER_SUSPENDED",
    "CYCLE_STILL_RUNNING",
  ),
  ...because(REFUSED_STEP, "RESTORE_TASK_UNPROVEN", "SIGNIN_REQUIRED", "MFA_REQUIRED", "CREDENTIAL_REFUSED"),
  ...because(REFUSED_STEP, "CONNECTOR_UNEXPECTED", "ACCOUNT_IN_USE", "ACCOUNT_UNEXPECTED", "REPAIR_MODULE_MISSING"),
  ...because(
    REFUSED_STEP,
    "CMDLET_FAILED",
    "CMDLET_TIMEOUT",
    "VERIFICATION_FAILED",
    "SCHEDULER_NOT_RESTORED",
    "UNEXPECTED",
  ),
  ...because(REFUSED_STEP, "CERTIFICATE_IN_USE", "SWITCH_UNVERIFIED", "ENROLMENT_PENDING", "ENROLMENT_FAILED"),
  ...because(REFUSED_STEP, "KEY_CREDENTIAL_LOST", "GUARD_FAILED", "REVOKE_FAILED", "REVOCATION_INCOMPLETE"),
  ...because(REFUSED_STEP, "CERTIFICATE_ISSUER_REFUSED"),
  ...because(PIPELINE, "UPLOAD_NOT_PERMITTED", "OWNERS_LOCK_OUT", "GUARD_FORBIDDEN", "REVOKE_FORBIDDEN"),
  ...because(OWN_INPUT, "CONFIGURATION_INVALID", "CONFIGURATION_UNKNOWN_KEY", "CERTIFICATE_POLICY_INVALID"),
  ...because(OWN_INPUT, "ENVIRONMENT_MISSING", "ENVIRONMENT_NOT_LISTED", "ENVIRONMENT_SECRET", "CLOUD_NOT_SUPPORTED"),
  ...because(OWN_INPUT, "TENANT_NOT_CONFIGURED"),
  ...because(SEVERAL_STACKS, "shared-over-stacks", "exports-over-stacks", "exports-none"),
  ...because(COMMAND, "ADOPTION_IN_STATE", "ADOPTION_MODE", "LEAVE_MODE", "REVOCATION_MODE", "ADOPTION_AMBIGUOUS"),
  ...because(COMMAND, "ADOPTION_PASSWORD_ACCOUNT", "ADOPTION_APPLICATION_MISSING", "ADOPTION_MANAGED_APPLICATION"),
  ...because(COMMAND, "ADOPTION_OTHER_SERVER", "ADOPTION_SHARED", "MACHINE_DECLARED_TWICE", "SERVER_NOT_IN_STATE"),
  ...because(COMMAND, "CONNECTION_UNKNOWN", "STACK_LOCKED", "ABANDON_REFUSED", "SYNC_ACCOUNTS_FULL", "ACCOUNT_KEPT"),
  ...because(COMMAND, "ACCOUNT_UNCHANGED"),
]);
