/** The tenant in the sandbox's status. */
import { DIRECTORY_ROLES } from "./directory-roles";
import type { Application, KeyCredential, PasswordCredential, Principal } from "./directory";
import { locksAll } from "./lock-configuration";
import { SYNC_SERVICE } from "./services";
import type { TenantStore } from "./store";

interface KeyDescription {
  keyId: string;
  sha256: string;
  startDateTime: string;
  endDateTime: string;
}

interface SecretDescription {
  keyId: string;
  displayName: string | null;
  endDateTime: string;
}

interface PrincipalDescription {
  objectId: string;
  accountEnabled: boolean;
  /** Object ids. */
  owners: string[];
  /** Its own credentials, in addition to those of its application. */
  keyCredentials: KeyDescription[];
  passwordCredentials: SecretDescription[];
  /** Values of its application roles, of all services. */
  appRoles: string[];
}

export interface ApplicationDescription {
  displayName: string;
  appId: string;
  objectId: string;
  tags: string[];
  signInAudience: string;
  /** The app instance property lock is on for all properties. */
  lock: boolean;
  /** Object ids. */
  owners: string[];
  keyCredentials: KeyDescription[];
  passwordCredentials: SecretDescription[];
  federatedIdentityCredentials: unknown[];
  requiredResourceAccess: unknown[];
  servicePrincipal: PrincipalDescription | null;
}

/** A principal that may synchronise. */
interface RoleHolderDescription {
  objectId: string;
  appId: string;
  displayName: string;
}

interface UserDescription {
  objectId: string;
  userPrincipalName: string;
  /** Names; the template id if the sandbox knows no name. */
  directoryRoles: string[];
}

export interface TenantDescription {
  applications: ApplicationDescription[];
  roleHolders: RoleHolderDescription[];
  users: UserDescription[];
}

const describeKey = ({ keyId, sha256, startDateTime, endDateTime }: KeyCredential): KeyDescription => ({
  ...{ keyId, sha256, startDateTime, endDateTime },
});

const describeSecret = ({ keyId, displayName, endDateTime }: PasswordCredential): SecretDescription => ({
  ...{ keyId, displayName, endDateTime },
});

function describePrincipal(store: TenantStore, principal: Principal): PrincipalDescription {
  const roles = store.data.principals.flatMap((resource) => store.rolesOf(principal.id, resource));
  return {
    objectId: principal.id,
    accountEnabled: principal.properties.accountEnabled !== false,
    owners: principal.owners,
    keyCredentials: principal.keyCredentials.map(describeKey),
    passwordCredentials: principal.passwordCredentials.map(describeSecret),
    appRoles: roles.map(({ value }) => value).sort(),
  };
}

function describeApplication(store: TenantStore, application: Application): ApplicationDescription {
  const { properties } = application;
  const principal = store.principalByAppId(application.appId);
  return {
    displayName: String(properties.displayName),
    appId: application.appId,
    objectId: application.id,
    tags: (properties.tags as string[] | undefined) ?? [],
    signInAudience: (properties.signInAudience as string | undefined) ?? "AzureADMyOrg",
    lock: locksAll(properties),
    owners: application.owners,
    keyCredentials: application.keyCredentials.map(describeKey),
    passwordCredentials: application.passwordCredentials.map(describeSecret),
    federatedIdentityCredentials: application.federatedIdentityCredentials,
    requiredResourceAccess: (properties.requiredResourceAccess as unknown[] | undefined) ?? [],
    servicePrincipal: principal ? describePrincipal(store, principal) : null,
  };
}

function describeRoleHolders(store: TenantStore): RoleHolderDescription[] {
  const service = store.principalByAppId(SYNC_SERVICE.appId);
  if (!service) return [];
  const holders = store.data.principals.filter(({ id }) =>
    store.rolesOf(id, service).some(({ value }) => value === SYNC_SERVICE.role.value),
  );
  return holders.map(({ id, appId, properties }) => {
    const displayName = String(store.applicationById(appId)?.properties.displayName ?? properties.displayName);
    return { objectId: id, appId, displayName };
  });
}

function describeUsers(store: TenantStore): UserDescription[] {
  const names = new Map<string, string>(Object.entries(DIRECTORY_ROLES).map(([name, id]) => [id, name]));
  return store.data.users.map(({ id, userPrincipalName, directoryRoles = [] }) => {
    return { objectId: id, userPrincipalName, directoryRoles: directoryRoles.map((role) => names.get(role) ?? role) };
  });
}

/** A copy of the current state: later changes do not appear in it. */
export function describeTenant(store: TenantStore): TenantDescription {
  return structuredClone({
    applications: store.data.applications.map((application) => describeApplication(store, application)),
    roleHolders: describeRoleHolders(store),
    users: describeUsers(store),
  });
}
