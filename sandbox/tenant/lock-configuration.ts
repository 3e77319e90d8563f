/** The app instance property lock: an application defines which properties of its service principals are locked. */
import type { Principal, Properties } from "./directory";
import { graphErrors } from "./graph-error";
import type { TenantStore } from "./store";

const NAME = "servicePrincipalLockConfiguration";

/** The lock's value for a part that was never set. */
const UNSAID: Properties = {
  isEnabled: false,
  allProperties: null,
  credentialsWithUsageVerify: null,
  credentialsWithUsageSign: null,
  tokenEncryptionKeyId: null,
};

/** A body's fields, with its lock merged into the application's: a PATCH keeps the parts that it does not name. */
export function mergeLock(own: Properties, current: Properties): Properties {
  const given = own[NAME] as Properties | null | undefined;
  if (!given) return own;
  const named = Object.entries(given).filter(([name]) => name in UNSAID);
  return { ...own, [NAME]: { ...UNSAID, ...(current[NAME] as Properties | null), ...Object.fromEntries(named) } };
}

/** Whether the lock is on for everything that it can lock. */
export function locksAll(properties: Properties): boolean {
  const lock = properties[NAME] as Properties | null | undefined;
  return lock?.isEnabled === true && lock.allProperties === true;
}

/** Whether the lock is on for the credentials with which a principal proves itself. */
function locksCredentials(properties: Properties): boolean {
  const lock = properties[NAME] as Properties | null | undefined;
  return locksAll(properties) || (lock?.isEnabled === true && lock.credentialsWithUsageVerify === true);
}

/**
 * Called before a change of a service principal's credentials.
 * @throws GraphError CannotUpdateLockedServicePrincipalProperty
 */
export function requireUnlocked(store: TenantStore, { appId }: Principal, property: string): void {
  const application = store.applicationById(appId);
  if (application && locksCredentials(application.properties)) throw graphErrors.locked(property);
}
