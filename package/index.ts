/**
 * What the package `connect-sync-identity` offers to a program of one's own. What is not listed here may change in any
 * version.
 *
 * @module connect-sync-identity
 */
export { ConnectSyncIdentity, type ConnectSyncIdentityNodes } from "../components/connect-sync-identity";
export type { ConnectSyncConnection, ConnectSyncIdentityArgs } from "../components/connect-sync-identity-args";
export { DeclarationError } from "../components/declaration-error";
export { readStackConfiguration, type StackSettings } from "../components/stack-configuration";
export { SyncRoleGuard, type GuardedServer, type SyncRoleGuardArgs } from "../components/sync-role-guard";
export { TenantDirectory, type TenantDirectoryArgs } from "../components/tenant-directory";

export { CERTIFICATE_DEFAULTS, type CertificatePolicy } from "../model/certificate-policy";
export type { Cloud } from "../model/clouds";
export {
  checkConfiguration,
  type AdoptedCertificate,
  type AllowedRoleHolder,
  type CheckedConfiguration,
  type ConnectionConfiguration,
  type CredentialPolicy,
  type ServerConfiguration,
  type ServerRole,
  type StackConfiguration,
  type Verification,
} from "../model/configuration";
export type { Duration } from "../model/duration";
export { FINDINGS, type Cure, type FindingCode } from "../model/findings";
export { GUARD_FINDINGS, type GuardCure, type GuardFindingCode } from "../model/guard";
export { NOTICES, type NoticeCode } from "../model/notices";
export { formatProblem, ProblemError, type Problem } from "../model/problem";
export { MINIMUM_VERSION } from "../model/versions";
export type { Setting } from "../remote/tenant-access";
