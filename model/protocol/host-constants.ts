/**
 * What the host program and its stand-in decide by alike, besides what the contract has for both sides of the connection.
 * `npm run host-program` takes it into the program.
 */
import { SOFTWARE_PROVIDER } from "./host-operations";

/** Characters of what was found that a failure's line on stderr repeats; the answer contains all of it. */
export const LONGEST_FOUND = 300;

/** Seconds for which a client assertion is valid. */
export const ASSERTION_SECONDS = 600;

/** Seconds by which the clock of a server may differ from Entra's. */
export const MAXIMUM_SKEW_SECONDS = 300;

/** Seconds after the last step of a pause at which the task puts the scheduler back. */
export const PAUSE_MARGIN_SECONDS = 600;

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

/** Providers that keep keys in software, by their full names. */
export const SOFTWARE_PROVIDERS = [
  SOFTWARE_PROVIDER,
  "Microsoft Enhanced RSA and AES Cryptographic Provider",
  "Microsoft Enhanced Cryptographic Provider v1.0",
  "Microsoft Base Cryptographic Provider v1.0",
  "Microsoft Strong Cryptographic Provider",
  "Microsoft RSA SChannel Cryptographic Provider",
] as const;

/** Names on the server: the folder under Program Files and ProgramData, the mutex, the tasks. */
export const FOLDER_NAME = "ConnectSyncIdentity";
export const MUTEX_NAME = "Global\\ConnectSyncIdentity";
export const RESTORE_TASK = "ConnectSyncIdentity-Restore";
export const PROOF_TASK = "ConnectSyncIdentity-Prove";
