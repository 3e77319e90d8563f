/** The resources of one server as Pulumi names them, which an import and a targeted run must know. */
import type { StateResource } from "../stack/stack-context";

export const IDENTITY_TYPE = "connect-sync-identity:index:ConnectSyncIdentity";
export const ENTRA_TYPE = "connect-sync-identity:index:EntraApplication";
export const APPLICATION_TYPE = "azuread:index/application:Application";
export const PRINCIPAL_TYPE = "azuread:index/servicePrincipal:ServicePrincipal";
export const ASSIGNMENT_TYPE = "azuread:index/appRoleAssignment:AppRoleAssignment";
export const CREDENTIAL_TYPE = "azuread:index/applicationCertificate:ApplicationCertificate";

/** What of the facts names a resource. */
export interface Named {
  stack: string;
  project: string;
  server: { name: string };
}

export interface ResourceUrns {
  identity: string;
  entra: string;
  application: string;
  credential: string;
}

/** Name of the assignment of a role. */
export function assignmentName(server: string, role: string): string {
  return `${server}-role-${role.toLowerCase().replace(/[^a-z]+/g, "-")}`;
}

export function resourceUrns({ stack, project, server: { name } }: Named): ResourceUrns {
  const urn = (types: string[], own: string) => `urn:pulumi:${stack}::${project}::${types.join("$")}::${own}`;
  return {
    identity: urn([IDENTITY_TYPE], name),
    entra: urn([IDENTITY_TYPE, ENTRA_TYPE], name),
    application: urn([IDENTITY_TYPE, ENTRA_TYPE, APPLICATION_TYPE], `${name}-application`),
    credential: urn([IDENTITY_TYPE, CREDENTIAL_TYPE], `${name}-credential`),
  };
}

/** Whether state holds a resource; what waits for its deletion only does not count. */
export function hasResource(state: readonly StateResource[], urn: string): boolean {
  return state.some((resource) => resource.urn === urn && resource.delete !== true);
}
