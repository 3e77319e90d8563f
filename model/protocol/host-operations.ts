/** What both sides of the host protocol name alike: operations, markers, files, providers. */

/** Raised when a request or answer changes in a way that an older program cannot read. */
export const PROTOCOL_VERSION = 1;

/**
 * The answer is between these two lines; anything else that the host prints is noise. To a request with a nonce, nonce and length
 * follow in the first line, the nonce in the second.
 */
export const ANSWER_MARKER = "CONNECT SYNC HOST ANSWER";
export const ANSWER_BEGIN = `-----BEGIN ${ANSWER_MARKER}-----`;
export const ANSWER_END = `-----END ${ANSWER_MARKER}-----`;

/** Characters of the longest text of an answer: a certificate is shorter by far. The host cuts longer ones. */
export const LONGEST_ANSWER_TEXT = 16_384;

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
  "reset-machine-identifier",
] as const;
export type HostOperation = (typeof HOST_OPERATIONS)[number];

/** Key storage providers by their full names, as Windows knows them. */
export const TPM_PROVIDER = "Microsoft Platform Crypto Provider";
export const SOFTWARE_PROVIDER = "Microsoft Software Key Storage Provider";

/** Labels start with this, so that a certificate of ours is recognised without its hash. */
export const LABEL_PREFIX = "ConnectSyncIdentity";
