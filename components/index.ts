/**
 * What the package `connect-sync-identity` exports to other programs. Anything not listed here may change in any
 * version.
 *
 * @module connect-sync-identity
 */
export { ConnectSyncIdentity } from "./connect-sync-identity";
export type { ConnectSyncIdentityNodes } from "./server-graph";
export type { ConnectSyncConnection, ConnectSyncIdentityArgs, ConnectSyncProxy } from "./connect-sync-identity-args";
export { DeclarationError } from "./declaration-error";
export { readStackConfiguration, type StackSettings } from "./stack-configuration";
export { SyncRoleGuard, type GuardedServer, type SyncRoleGuardArgs } from "./sync-role-guard";
export { TenantDirectory, type TenantDirectoryArgs } from "./tenant-directory";

export type { CertificateSource } from "../model/certificate/certificate-source";
export { CERTIFICATE_DEFAULTS, type CertificatePolicy } from "../model/certificate/certificate-policy";
export type { CertificateTable } from "../model/certificate/certificate-table";
export type { Cloud } from "../model/tenant/clouds";
export {
  checkConfiguration,
  type AdoptedCertificate,
  type AllowedRoleHolder,
  type CheckedConfiguration,
  type ConnectionConfiguration,
  type CredentialPolicy,
  type ProxyConfiguration,
  type ServerConfiguration,
  type ServerRole,
  type StackConfiguration,
  type Verification,
} from "../model/configuration/configuration";
export type { Duration } from "../model/configuration/duration";
export {
  formatDiagnostic,
  ProblemError,
  type Cure,
  type Diagnostic,
  type Severity,
} from "../model/diagnostics/diagnostic";
export {
  DIAGNOSTICS,
  FINDINGS,
  GUARD_FINDINGS,
  NOTICES,
  type DiagnosticCode,
  type FindingCode,
  type GuardFindingCode,
  type NoticeCode,
} from "../model/diagnostics/registry";
export {
  renderRemedy,
  type CommandPart,
  type OwnCommand,
  type PulumiCommand,
  type Reader,
  type Remedy,
  type RemedyPart,
  type Shell,
  type ShellCommand,
} from "../model/diagnostics/remedy";
export { MINIMUM_VERSION } from "../model/server/product-table";
export type { Setting } from "../remote/tenant-access";
