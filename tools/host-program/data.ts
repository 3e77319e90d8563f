/** The data files of host-program/, written from the model: the program and its stand-in decide by the same values. */
import {
  ASSERTION_SECONDS,
  CHANGE_EVENTS,
  CMDLETS,
  DOTNET_RELEASE,
  EARLIER_FILES,
  EVENT_IDS,
  EVENT_SOURCE,
  FOLDER_NAME,
  LONGEST_CHANGE,
  LONGEST_CHANGE_STATE,
  LONGEST_FOUND,
  MAXIMUM_SKEW_SECONDS,
  MOST_CHANGES,
  MOST_FOREIGN_FILES,
  MUTEX_NAME,
  OLD_KEY_WORDS,
  ONBOARDING_ENDS,
  PAUSE_MARGIN_SECONDS,
  PAUSE_NOTE,
  PROOF_TASK,
  REFUSAL_CODES,
  RESTORE_MINUTES,
  RESTORE_TASK,
  RESTORE_WAITS,
  SERVICE_SECONDS,
  SERVICE_STOPPING,
  SIGNATURE_WAITS,
} from "../../model/protocol/host-constants";
import { codeOfMessage, HOST_MESSAGES, type HostMessageId } from "../../model/protocol/host-messages";
import { MOST_STEP_LINES, STEPS, TELL_AT_SECONDS } from "../../model/protocol/host-progress";
import {
  ANSWER_MARKER,
  HOST_ERRORS,
  LONGEST_ANSWER_TEXT,
  PROTOCOL_VERSION,
  TPM_PROVIDER,
} from "../../model/protocol/host-protocol";
import { KEY_FAULT_CODES } from "../../sandbox/server/program/key-faults";
import type { PowerShellTable } from "./data-file";

/** A variable of the program with what it is for. */
type Constants = Record<string, { why: string; value: PowerShellTable[string] }>;

/** What an HRESULT proves, by the HRESULT. */
const keyFaults = Object.fromEntries(
  Object.entries(KEY_FAULT_CODES).flatMap(([fault, codes]) => codes.map((code) => [code, fault])),
);

/** Of ConnectSyncHost.ps1. */
export const PROGRAM_CONSTANTS: Constants = {
  ProtocolVersion: { why: "Version of request and answer.", value: PROTOCOL_VERSION },
  AnswerMarker: { why: "In the two lines around an answer.", value: ANSWER_MARKER },
  TextLimit: { why: "Characters of the longest text of an answer; longer ones are cut.", value: LONGEST_ANSWER_TEXT },
  SentenceLimit: { why: "Characters of what was found that a failure's sentence repeats.", value: LONGEST_FOUND },
  Steps: { why: "What a run reports while it is at work.", value: STEPS },
  StepLimit: { why: "Lines of progress that a run prints at most.", value: MOST_STEP_LINES },
  StepSeconds: { why: "Seconds of a wait at which it is reported again.", value: TELL_AT_SECONDS },
  AssertionSeconds: { why: "For how long a client assertion is valid.", value: ASSERTION_SECONDS },
  MaximumSkew: { why: "Seconds by which the clock may differ from Entra's.", value: MAXIMUM_SKEW_SECONDS },
  PauseMargin: {
    why: "Seconds beyond cycle and cmdlets until a pause is over; after that the restore task steps in.",
    value: PAUSE_MARGIN_SECONDS,
  },
  RestoreWaits: {
    why: "Seconds between the tries to put the scheduler back: three minutes in all, as ADSync may be restarting.",
    value: RESTORE_WAITS,
  },
  ServiceStopping: {
    why: "The operation that stops the service: a record of it means that the service is to be started.",
    value: SERVICE_STOPPING,
  },
  ServiceSeconds: { why: "For how long the start of a service that it left may take.", value: SERVICE_SECONDS },
  PauseNote: { why: "In the record of a pause, for the person who finds it.", value: PAUSE_NOTE },
  ChangeEvents: { why: "Event ids of entries in the Application log.", value: CHANGE_EVENTS },
  ChangeLimit: { why: "Characters of the state before, and of the one after, there.", value: LONGEST_CHANGE_STATE },
  OnboardingEnds: {
    why: "Versions before this one may move a server to an application of their own by themselves.",
    value: ONBOARDING_ENDS,
  },
  EarlierFiles: {
    why: "Files that older versions of this project copied into the program's folder, by their first line.",
    value: EARLIER_FILES,
  },
  ForeignLimit: { why: "Names of other files there that an observation lists at most.", value: MOST_FOREIGN_FILES },
  EventIds: { why: "Events of the service that the documents name by their ids.", value: EVENT_IDS },
  OldKeyWords: {
    why: "All of these are in an error of the service that says that the key of an earlier certificate could not be removed.",
    value: OLD_KEY_WORDS,
  },
  TpmProvider: { why: "Key storage providers by their full names.", value: TPM_PROVIDER },
  KeyFaults: {
    why: "What an HRESULT of a key storage provider proves about a key; any other proves nothing. Only a dead key may go.",
    value: keyFaults,
  },
  DotnetRelease: { why: "Release of the first .NET Framework with CertificateRequest, 4.7.2.", value: DOTNET_RELEASE },
  RefusalCodes: {
    why: "Entra's codes for a credential that it does not take. Any other may pass, or is about something else.",
    value: REFUSAL_CODES,
  },
  SignatureWaits: {
    why: "Seconds before a key that fails for a passing reason is tried again, once each.",
    value: SIGNATURE_WAITS,
  },
  RegistrationCmdlet: { why: "Links the connector to an application.", value: CMDLETS.registration },
  RotationCmdlet: { why: "Moves it to another certificate of its application.", value: CMDLETS.rotation },
  RollbackCmdlet: { why: "Puts it back on a service account.", value: CMDLETS.rollback },
  RemovalCmdlet: { why: "Removes a service account from Entra.", value: CMDLETS.removal },
};

/** Of Windows.ps1, which the restore task and the cmdlets' child load by itself. */
export const WINDOWS_CONSTANTS: Constants = {
  CsiFolderName: { why: "Folder under Program Files and under ProgramData.", value: FOLDER_NAME },
  CsiMutexName: { why: "Held by the one operation that may change something.", value: MUTEX_NAME },
  CsiRestoreTask: { why: "The task that ends an interrupted pause.", value: RESTORE_TASK },
  CsiProofTask: { why: "The task by which older versions proved that SYSTEM may do so.", value: PROOF_TASK },
  CsiRestoreMinutes: { why: "After which the restore task runs again.", value: RESTORE_MINUTES },
  CsiEventSource: { why: "Source of the program in the Application log.", value: EVENT_SOURCE },
  CsiChangeLimit: { why: "Entries of it that are read at most.", value: MOST_CHANGES },
  CsiReadLimit: { why: "Characters of one that are read at most.", value: LONGEST_CHANGE },
  CsiTpmProvider: { why: "The provider that keeps keys in the TPM.", value: TPM_PROVIDER },
};

/** Id, exit code, sentence and remedy of every refusal. */
export const MESSAGES: PowerShellTable = Object.fromEntries(
  Object.entries(HOST_MESSAGES).map(([id, { message, remedy }]) => [
    id,
    { Exit: HOST_ERRORS[codeOfMessage(id as HostMessageId)], Message: message, Remedy: remedy },
  ]),
);
