/**
 * What the host program and its stand-in decide by alike, besides what the contract has for both sides of the connection.
 * `npm run host-program` takes it into the program.
 */

/** Characters of what was found that a failure's line on stderr repeats; the answer contains all of it. */
export const LONGEST_FOUND = 300;

/** Seconds for which a client assertion is valid. */
export const ASSERTION_SECONDS = 600;

/** Seconds by which the clock of a server may differ from Entra's. */
export const MAXIMUM_SKEW_SECONDS = 300;

/** Seconds after the last step of a pause at which the task puts the scheduler back. */
export const PAUSE_MARGIN_SECONDS = 600;

/**
 * Seconds between the tries to put the scheduler back: three minutes in all, as ADSync may be restarting. The count bounds
 * them, not the clock, which may be set meanwhile.
 */
export const RESTORE_WAITS = [1, 2, 3, 4, 5, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15] as const;

/** The operation that stops the service: a record of it means that the service is to be started. */
export const SERVICE_STOPPING = "reset-machine-identifier";
/** Seconds for which the service that such a run left stopped may take to start. */
export const SERVICE_SECONDS = 300;

/** In the record of a pause, for the person who finds it. */
export const PAUSE_NOTE =
  "A run, or its task, switches the scheduler on again. To keep the scheduler off, switch it off after that.";

/** What an entry of the program in the Application log is about: its event id. */
export const CHANGE_EVENTS = {
  changed: 1,
  failed: 2,
  paused: 3,
  resumed: 4,
  restoredByTask: 5,
  notRestored: 6,
  recordAside: 7,
  lateCmdlet: 8,
} as const;
/** Characters of the state before, and of the one after, in such an entry. */
export const LONGEST_CHANGE_STATE = 2000;

/** Versions of the product before this one may move a server to an application of their own by themselves. */
export const ONBOARDING_ENDS = "2.6.84.0";

/** Names of foreign files in the program's folder that an observation lists at most. */
export const MOST_FOREIGN_FILES = 20;

/** Files that older versions of this project copied into the program's folder, by their first line. */
export const EARLIER_FILES = { "PROTOCOL.md": "# Host protocol" } as const;

/** The product's cmdlets that change the connector's identity or a service account. */
export const CMDLETS = {
  registration: "Add-ADSyncApplicationRegistration",
  rotation: "Invoke-ADSyncApplicationCredentialRotation",
  rollback: "Add-ADSyncAADServiceAccount",
  removal: "Remove-ADSyncAADServiceAccount",
} as const;

/** Release of .NET Framework 4.7.2, the first that makes certificate requests. */
export const DOTNET_RELEASE = 461808;

/**
 * Entra's codes for a credential that it does not take: the assertion is not valid, the tenant has no such application, the
 * assertion's certificate is not one of the application or its signature is wrong, the secret is wrong, the credentials have
 * expired. Any other may pass, or concerns something else. From Microsoft's reference of authentication error codes.
 */
export const REFUSAL_CODES = ["AADSTS50013", "AADSTS700016", "AADSTS700027", "AADSTS7000215", "AADSTS7000222"] as const;

/** Events of the synchronisation service that the documents name by their ids. */
export const EVENT_IDS = [906, 1011, 1012, 1014] as const;
/**
 * What the text of an error of the service has if the product could not remove the key of an earlier certificate: all of these,
 * in any letter case. The documents describe that event and name no id.
 */
export const OLD_KEY_WORDS = ["remov|delet", "certificate|credential|key"] as const;

/** Names on the server: the folder under Program Files and ProgramData, the mutex, the tasks. */
export const FOLDER_NAME = "ConnectSyncIdentity";
export const MUTEX_NAME = "Global\\ConnectSyncIdentity";
export const RESTORE_TASK = "ConnectSyncIdentity-Restore";
/** The task by which older versions of the program proved that SYSTEM may call ADSync. */
export const PROOF_TASK = "ConnectSyncIdentity-Prove";
/** Minutes after which the restore task runs again if it has not restored. */
export const RESTORE_MINUTES = 15;
/** Source of the program in the Application log. */
export const EVENT_SOURCE = "ConnectSyncIdentity";
/** Entries of the program that an observation reads at most, and characters of each. */
export const MOST_CHANGES = 20;
export const LONGEST_CHANGE = 1000;

/** Seconds before a key that fails for a passing reason is tried again, once each. */
export const SIGNATURE_WAITS: readonly number[] = [0.5, 1];
