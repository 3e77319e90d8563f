/** What the sandbox's status shows of the tenant. */
import type { TenantStore } from "./store";

export interface ApplicationDescription {
  displayName: string;
  appId: string;
  objectId: string;
  owners: string[];
  keyCredentials: { keyId: string; sha256: string; startDateTime: string; endDateTime: string }[];
  passwordCredentials: { keyId: string; displayName: string | null; endDateTime: string }[];
  federatedIdentityCredentials: unknown[];
  requiredResourceAccess: unknown[];
  servicePrincipal: { objectId: string; accountEnabled: boolean; appRoles: string[] } | null;
}

export function describeApplications(store: TenantStore): ApplicationDescription[] {
  return store.data.applications.map((application) => {
    const principal = store.principalByAppId(application.appId);
    const appRoles = principal
      ? store.data.principals.flatMap((resource) => store.rolesOf(principal.id, resource).map(({ value }) => value))
      : [];
    return {
      displayName: String(application.properties.displayName),
      appId: application.appId,
      objectId: application.id,
      owners: application.owners,
      keyCredentials: application.keyCredentials.map(({ keyId, sha256, startDateTime, endDateTime }) => {
        return { keyId, sha256, startDateTime, endDateTime };
      }),
      passwordCredentials: application.passwordCredentials.map(({ keyId, displayName, endDateTime }) => {
        return { keyId, displayName, endDateTime };
      }),
      federatedIdentityCredentials: application.federatedIdentityCredentials,
      requiredResourceAccess: (application.properties.requiredResourceAccess as unknown[] | undefined) ?? [],
      servicePrincipal: principal
        ? {
            objectId: principal.id,
            accountEnabled: principal.properties.accountEnabled !== false,
            appRoles: appRoles.sort(),
          }
        : null,
    };
  });
}
