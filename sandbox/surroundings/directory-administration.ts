/**
 * What the cmdlets about password accounts do in the directory, on behalf of the administrator who gave a credential.
 * The server's model asks for it; the emulated tenant answers.
 */
export interface DirectoryAdministration {
  /** Whether these are name and password of an administrator who may manage sync accounts. */
  isAdministrator(userName: string, password: string): boolean;
  /**
   * Makes the account with its directory role, or finds it.
   * @returns why it could not be made, null where it is there
   */
  addSyncAccount(name: string): string | null;
  /** Removes the account; false where there was none. */
  removeSyncAccount(name: string): boolean;
}
