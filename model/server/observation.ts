/** What a run saw of one server and its application, and of what it could not see. */
import type { ObservedCertificate } from "../certificate/observed-certificate";
import type { HostObservation } from "../protocol/host-protocol";
import type { Diagnostic } from "../diagnostics/diagnostic";
import type { KeyRule } from "../tenant/key-rules";
import type { SeenServer } from "./in-use";

/** A key credential of an application, as Entra holds it. */
export interface ObservedKey {
  keyId: string;
  /** Hash of the certificate, null if Entra shows no key bytes. */
  sha256: string | null;
  /** Subject of the certificate, else the credential's display name. */
  subject: string;
  startDateTime: string;
  endDateTime: string;
}

/** A client secret, of which Entra shows everything except the secret itself. */
export interface ObservedSecret {
  keyId: string;
  displayName: string;
  startDateTime: string | null;
  endDateTime: string | null;
}

/** A workload of another issuer that may sign in as the application. */
interface ObservedFederatedCredential {
  id: string;
  name: string;
  issuer: string;
  subject: string;
}

/** A user, group or service principal, by object id. */
export interface ObservedDirectoryObject {
  id: string;
  /** User principal name if there is one, else the display name. */
  name: string;
}

/** An application role that was assigned to a service principal. */
export interface ObservedRoleAssignment {
  id: string;
  appRoleId: string;
  /** Object id and display name of the service principal whose role it is. */
  resourceId: string;
  resourceName: string;
}

/** The service principal of an application in its own tenant. */
export interface ObservedPrincipal {
  objectId: string;
  accountEnabled: boolean;
  /** Credentials that are the principal's own, not the application's. */
  keys: ObservedKey[];
  secrets: ObservedSecret[];
  owners: ObservedDirectoryObject[];
  appRoles: ObservedRoleAssignment[];
  /** Delegated permissions as `<resource id> <scope>`; null if the pipeline may not read them. */
  delegatedScopes: string[] | null;
}

/** The application that carries a server's marker. */
export interface ObservedApplication {
  objectId: string;
  appId: string;
  displayName: string;
  tags: string[];
  signInAudience: string;
  keys: ObservedKey[];
  /**
   * Certificates of the keys that Entra shows with their bytes. For outputs and report alone: guard and memory of
   * a server are not given them, see {@link withoutCertificates}.
   */
  certificates?: ObservedCertificate[];
  secrets: ObservedSecret[];
  federatedCredentials: ObservedFederatedCredential[];
  owners: ObservedDirectoryObject[];
  /** The app instance property lock is on, for all properties that it can lock. */
  lock: boolean;
  /** Null if the application has none yet. */
  principal: ObservedPrincipal | null;
}

/** The application as guard and memory compare it. */
export function withoutCertificates(application: ObservedApplication | null): ObservedApplication | null {
  if (!application) return null;
  const { certificates: _, ...compared } = application;
  return compared;
}

/** A principal that holds the application role which lets it synchronise. */
export interface ObservedRoleHolder extends ObservedDirectoryObject {
  /** Id of the assignment. */
  assignmentId: string;
  /** Application (client) id of a service principal; null or absent if it is none, or could not be read. */
  appId?: string | null;
  /** Since when it holds the role, ISO 8601; null or absent if Entra does not show it. */
  since?: string | null;
}

/** A service principal that Entra Connect made by itself (`ConnectSyncProvisioning_<COMPUTERNAME>_...`). */
interface ObservedManagedApplication extends ObservedDirectoryObject {
  appId: string;
}

/** A holder of one of the two directory roles that synchronise. */
export interface ObservedDirectoryRoleHolder extends ObservedRoleHolder {
  /** Name of the directory role. */
  role: string;
  /** When the account of a sync server was created, ISO 8601; null or absent if Entra does not show it. */
  created?: string | null;
}

/** Who may synchronise into the tenant, read once for all servers of a stack. */
export interface ObservedTenantRoles {
  holders: ObservedRoleHolder[];
  managedApplications: ObservedManagedApplication[];
  /** Null if the pipeline may not read directory roles. */
  directoryRoles: ObservedDirectoryRoleHolder[] | null;
  /** Holders of the directory roles that a connector's account must not have; null or absent if they were not read. */
  administrators?: ObservedDirectoryRoleHolder[] | null;
  /** Users whose name begins with `Sync_`; null if the pipeline may not read users. */
  syncAccounts: ObservedDirectoryObject[] | null;
  /** Permissions of Microsoft Graph that the pipeline lacks for the rest, the audit log included. */
  unread: string[];
}

/** Who may synchronise, seen or not seen with the reason. */
export type TenantRolesObservation =
  { roles: ObservedTenantRoles; problem: null } | { roles: null; problem: Diagnostic };

/** Another application that has the name which is declared for a server's. */
export interface ObservedNamesake {
  objectId: string;
  appId: string;
  displayName: string;
}

/** One observation of one server: host and tenant, each seen or not seen with the reason. */
export interface Observation {
  /** What this server shares with another one of its stack, so that no one may work on either; absent if nothing. */
  shared?: Diagnostic;
  /** Why the server belongs to another cloud or tenant than the stack, so that no one may work on it; absent if nothing says so. */
  elsewhere?: Diagnostic;
  /** Other servers of the stack that export, as far as they were observed; absent if none does. */
  exporting?: readonly string[];
  /** All servers of the stack as observed, this one included; absent if it was looked at alone. */
  fleet?: readonly SeenServer[];
  /** Applications with the declared name, this server's own one included if it has it already; absent if not read. */
  named?: readonly ObservedNamesake[];
  host: { facts: HostObservation; problem: null } | { facts: null; problem: Diagnostic };
  /** What policies allow of the application's certificates; null if they could not be read, absent if no one looked. */
  keyRules?: readonly KeyRule[] | null;
  /** `application` is null if Entra holds none with the server's marker. */
  tenant: { application: ObservedApplication | null; problem: null } | { application: null; problem: Diagnostic };
}
