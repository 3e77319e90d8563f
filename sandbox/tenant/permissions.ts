/** A caller's rights according to the application permissions in its token (Microsoft Graph permissions reference). */
import type { Caller } from "./access-token";
import type { Application, Principal } from "./directory";
import { graphErrors } from "./graph-error";

const WRITE_ALL = "Application.ReadWrite.All";
const WRITE_OWNED = "Application.ReadWrite.OwnedBy";
const READ_ALL = ["Application.Read.All", "Directory.Read.All", WRITE_ALL];
const READ_USERS = ["User.Read.All", "Directory.Read.All"];
const AUDIT = "AuditLog.Read.All";

const holds = (caller: Caller, roles: readonly string[]) => roles.some((role) => caller.roles.includes(role));

function owns(caller: Caller, object: Application | Principal): boolean {
  return holds(caller, [WRITE_OWNED]) && object.owners.includes(caller.objectId);
}

function need(granted: boolean): void {
  if (!granted) throw graphErrors.forbidden();
}

/** Listing applications and principals: with OwnedBy also all of them, according to its description. */
export function requireList(caller: Caller): void {
  need(holds(caller, [...READ_ALL, WRITE_OWNED]));
}

/** Reading one application or principal: with OwnedBy only what the caller owns. */
export function requireRead(caller: Caller, object: Application | Principal): void {
  need(holds(caller, READ_ALL) || owns(caller, object));
}

/** Creating an application or principal. */
export function requireCreate(caller: Caller): void {
  need(holds(caller, [WRITE_ALL, WRITE_OWNED]));
}

/** Changing or deleting: with OwnedBy only what the caller owns. */
export function requireWrite(caller: Caller, object: Application | Principal): void {
  need(holds(caller, [WRITE_ALL]) || owns(caller, object));
}

/** With OwnedBy a caller becomes an owner of what it creates. */
export function ownsWhatItMakes(caller: Caller): boolean {
  return !holds(caller, [WRITE_ALL]);
}

export function requireReadAssignments(caller: Caller): void {
  need(holds(caller, READ_ALL));
}

/** Assigning or removing application roles. */
export function requireAssign(caller: Caller): void {
  need(holds(caller, ["AppRoleAssignment.ReadWrite.All"]) && holds(caller, READ_ALL));
}

/**
 * Naming an owner other than the caller itself: the caller must be able to read that object, and with OwnedBy a principal
 * can have no other owner (pull request 922 of the azuread provider).
 */
export function requireNameOwner(
  caller: Caller,
  kind: "user" | "principal",
  of: "application" | "servicePrincipal",
): void {
  need(holds(caller, [WRITE_ALL]) || of === "application");
  need(holds(caller, kind === "user" ? READ_USERS : READ_ALL));
}

export function requireReadUsers(caller: Caller): void {
  need(holds(caller, READ_USERS));
}

/** Reading the holders of a directory role. */
export function requireReadDirectoryRoles(caller: Caller): void {
  need(holds(caller, ["RoleManagement.Read.Directory", "RoleManagement.Read.All", "Directory.Read.All"]));
}

/** Giving or taking directory roles. */
export function requireWriteDirectoryRoles(caller: Caller): void {
  need(holds(caller, ["RoleManagement.ReadWrite.Directory"]));
}

/** Removing a user. */
export function requireWriteUsers(caller: Caller): void {
  need(holds(caller, ["User.ReadWrite.All", "User.DeleteRestore.All"]));
}

/** Reading delegated permissions needs more than reading applications. */
export function requireReadGrants(caller: Caller): void {
  need(holds(caller, ["Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"]));
}

/** Reading the audit log, which refuses with another message than the directory. */
export function requireReadAudit(caller: Caller): void {
  if (!holds(caller, [AUDIT])) throw graphErrors.permissionMissing(AUDIT);
}

/** Reading application management policies. */
export function requireReadPolicies(caller: Caller): void {
  need(holds(caller, ["Policy.Read.All", "Policy.ReadWrite.ApplicationConfiguration"]));
}

export function requireOrganization(caller: Caller): void {
  need(holds(caller, ["Organization.Read.All", "Directory.Read.All"]));
}
