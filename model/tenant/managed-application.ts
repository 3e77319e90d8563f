/** The applications that Entra Connect makes by itself: `ConnectSyncProvisioning_<COMPUTERNAME>_<twelve digits>`. */
export const MANAGED_APPLICATION_PREFIX = "ConnectSyncProvisioning_";

/** Whether the product made an application of this name. */
export const isManagedName = (displayName: string) => displayName.startsWith(MANAGED_APPLICATION_PREFIX);

/** How the name of the application begins that the product makes for a computer. */
export const managedApplicationName = (computerName: string) => `${MANAGED_APPLICATION_PREFIX}${computerName}_`;

/** Whether the product made an application of this name for a computer. */
export function isManagedFor(displayName: string, computerName: string): boolean {
  return displayName.toLowerCase().startsWith(managedApplicationName(computerName).toLowerCase());
}
