/** The objects of the emulated directory. Times named `writtenAt` are real milliseconds. */
import type { SandboxCloud } from "./cloud-names";

/** A stored key credential; `der` is what Graph calls `key`. */
export interface KeyCredential {
  keyId: string;
  type: string;
  usage: string;
  displayName: string;
  /** UTC, ISO 8601, whole seconds. */
  startDateTime: string;
  endDateTime: string;
  /** SHA-1 of the certificate, 40 upper-case hexadecimal digits, unless the writer chose another. */
  customKeyIdentifier: string;
  /** Certificate, DER, base64. */
  der: string;
  /** SHA-256 of the certificate, 64 lower-case hexadecimal digits. */
  sha256: string;
  /** For the replication fault. */
  writtenAt: number;
}

export interface PasswordCredential {
  keyId: string;
  displayName: string | null;
  startDateTime: string;
  endDateTime: string;
  /** scrypt of the secret, with its salt; both hexadecimal. */
  hash: string;
  salt: string;
}

/** Fields that Graph stores and returns unchanged. */
export type Properties = Record<string, unknown>;

export interface Application {
  id: string;
  appId: string;
  /** Object ids of principals and users. */
  owners: string[];
  properties: Properties;
  keyCredentials: KeyCredential[];
  passwordCredentials: PasswordCredential[];
  federatedIdentityCredentials: Properties[];
}

export interface AppRole {
  id: string;
  value: string;
  displayName: string;
  description: string;
  isEnabled: boolean;
  allowedMemberTypes: string[];
}

export interface Principal {
  id: string;
  appId: string;
  owners: string[];
  properties: Properties;
  appRoles: AppRole[];
  oauth2PermissionScopes: Properties[];
  /** Its own credentials, in addition to those of its application. */
  keyCredentials: KeyCredential[];
  passwordCredentials: PasswordCredential[];
  writtenAt: number;
}

export interface User {
  id: string;
  displayName: string;
  userPrincipalName: string;
  /** Of an account that is older than the audit log. */
  createdDateTime?: string;
  /** How many licences it has. @default 0 */
  licences?: number;
  /** Template ids of directory roles. */
  directoryRoles?: string[];
  /** scrypt of the password, with its salt; both hexadecimal. */
  password?: { hash: string; salt: string };
}

export interface Assignment {
  id: string;
  appRoleId: string;
  principalId: string;
  resourceId: string;
  createdDateTime: string;
  writtenAt: number;
}

/** A delegated permission that a client was granted. */
interface PermissionGrant {
  id: string;
  /** Object ids of principals. */
  clientId: string;
  resourceId: string;
  consentType: "AllPrincipals" | "Principal";
  principalId: string | null;
  /** Names, separated by spaces. */
  scope: string;
}

/** An entry of the directory's audit log, as Graph returns it. */
export interface AuditEntry {
  id: string;
  category: string;
  correlationId: string;
  result: "success";
  resultReason: string;
  activityDisplayName: string;
  /** UTC, by the sandbox's clock. */
  activityDateTime: string;
  loggedByService: string;
  operationType: string;
  initiatedBy: {
    user: { id: string; displayName: null; userPrincipalName: string; ipAddress: string } | null;
    app: { appId: null; displayName: string; servicePrincipalId: string; servicePrincipalName: null } | null;
  };
  targetResources: {
    id: string;
    displayName: string;
    type: string;
    userPrincipalName: string | null;
    groupType: null;
    modifiedProperties: { displayName: string; oldValue: string | null; newValue: string | null }[];
  }[];
  additionalDetails: { key: string; value: string }[];
}

/** The tenant as its file stores it. */
/** What the tenant's default application management policy restricts certificates to. */
export interface KeyPolicy {
  maxLifetimeDays?: number;
  /** Only certificates of trusted authorities, so none that is self-signed. */
  trustedIssuers?: boolean;
}

export interface Directory {
  tenantId: string;
  domain: string;
  cloud: SandboxCloud;
  /** Signs access tokens; PKCS#8 PEM, deleted with the sandbox. */
  signingKey: string;
  applications: Application[];
  principals: Principal[];
  users: User[];
  assignments: Assignment[];
  grants: PermissionGrant[];
  /** Oldest first; the newest few hundred. */
  audit: AuditEntry[];
  /** Used client assertions, each with the second of the sandbox's clock after which it has expired. */
  usedAssertions: Record<string, number>;
  /** By issuer: the public key of a token service that federated credentials trust, SPKI PEM. */
  workloadIssuers: Record<string, string>;
  /** Absent if the policy is off. */
  keyPolicy?: KeyPolicy;
}

export const EMPTY_DIRECTORY: Directory = {
  tenantId: "00000000-0000-0000-0000-000000000000",
  domain: "",
  cloud: "global",
  signingKey: "",
  applications: [],
  principals: [],
  users: [],
  assignments: [],
  grants: [],
  audit: [],
  usedAssertions: {},
  workloadIssuers: {},
};
