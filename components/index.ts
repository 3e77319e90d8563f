/**
 * What the package `connect-sync-identity` offers to a program of one's own. What is not listed here may change in any
 * version.
 *
 * @module connect-sync-identity
 */
export { ConnectSyncIdentity } from "./connect-sync-identity";
export type { ConnectSyncIdentityNodes } from "./server-graph";
export type { ConnectSyncConnection, ConnectSyncIdentityArgs } from "./connect-sync-identity-args";
export { DeclarationError } from "./declaration-error";
export { readStackConfiguration, type StackSettings } from "./stack-configuration";
export { SyncRoleGuard, type GuardedServer, type SyncRoleGuardArgs } from "./sync-role-guard";
export { TenantDirectory, type TenantDirectoryArgs } from "./tenant-directory";

export { CERTIFICATE_DEFAULTS, type CertificatePolicy } from "../model/certificate/certificate-policy";
export type { Cloud } from "../model/tenant/clouds";
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
} from "../model/configuration/configuration";
export type { Duration } from "../model/configuration/duration";
export { FINDINGS, type Cure, type FindingCode } from "../model/diagnostics/findings";
export { GUARD_FINDINGS, type GuardCure, type GuardFindingCode } from "../model/guard/guard-findings";
export { NOTICES, type NoticeCode } from "../model/diagnostics/notices";
export { formatProblem, ProblemError, type Problem } from "../model/diagnostics/problem";
export { MINIMUM_VERSION } from "../model/server/versions";
export type { Setting } from "../remote/tenant-access";
