/** The app instance property lock: an application says which properties of its principals nobody may change. */
import type { Principal, Properties } from "./directory";
import { graphErrors } from "./graph-error";
import type { TenantStore } from "./store";

const NAME = "servicePrincipalLockConfiguration";

/** What the lock is where nothing was said of a part of it. */
const UNSAID: Properties = {
  isEnabled: false,
  allProperties: null,
  credentialsWithUsageVerify: null,
  credentialsWithUsageSign: null,
  tokenEncryptionKeyId: null,
};

/** Fields of a body, its lock merged into the one that the application has: a PATCH keeps what it does not name. */
export function mergeLock(own: Properties, current: Properties): Properties {
  const given = own[NAME] as Properties | null | undefined;
  if (!given) return own;
  const named = Object.entries(given).filter(([name]) => name in UNSAID);
  return { ...own, [NAME]: { ...UNSAID, ...(current[NAME] as Properties | null), ...Object.fromEntries(named) } };
}

/** Whether the lock is on for all that it can lock. */
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
 * Before a change of a principal's credentials.
 * @throws GraphError CannotUpdateLockedServicePrincipalProperty
 */
export function requireUnlocked(store: TenantStore, { appId }: Principal, property: string): void {
  const application = store.applicationById(appId);
  if (application && locksCredentials(application.properties)) throw graphErrors.locked(property);
}
