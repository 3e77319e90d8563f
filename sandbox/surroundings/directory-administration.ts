/**
 * What the password account cmdlets do in the directory, on behalf of the administrator whose credential they receive.
 * The server's model requests it; the emulated tenant answers.
 */
export interface DirectoryAdministration {
  /** Whether these are the name and password of an administrator who may manage sync accounts. */
  isAdministrator(userName: string, password: string): boolean;
  /**
   * Creates the account with its directory role, or finds it.
   * @returns why it could not be created; null if it exists
   */
  addSyncAccount(name: string): string | null;
  /** Removes the account; false if there was none. */
  removeSyncAccount(name: string): boolean;
}
