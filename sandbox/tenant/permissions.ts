/** What a caller may do, by the application permissions in its token. */
import type { Caller } from "./access-token";
import type { Application, Principal } from "./directory";
import { graphErrors } from "./graph-error";

const WRITE_ALL = ["Application.ReadWrite.All", "Directory.ReadWrite.All"];
const WRITE_OWNED = "Application.ReadWrite.OwnedBy";
const READ = ["Application.Read.All", "Directory.Read.All", ...WRITE_ALL];

const holds = (caller: Caller, roles: readonly string[]) => roles.some((role) => caller.roles.includes(role));

/** Reading applications and principals: all of them, or with OwnedBy those that the caller owns. */
export function requireRead(caller: Caller, object?: Application | Principal): void {
  if (holds(caller, READ)) return;
  if (holds(caller, [WRITE_OWNED]) && object?.owners.includes(caller.objectId)) return;
  throw graphErrors.forbidden();
}

/** Making an application or principal. */
export function requireCreate(caller: Caller): void {
  if (!holds(caller, [...WRITE_ALL, WRITE_OWNED])) throw graphErrors.forbidden();
}

/** Changing or deleting: with OwnedBy only what the caller owns. */
export function requireWrite(caller: Caller, object: Application | Principal): void {
  if (holds(caller, WRITE_ALL)) return;
  if (holds(caller, [WRITE_OWNED]) && object.owners.includes(caller.objectId)) return;
  throw graphErrors.forbidden();
}

/** Giving or taking application roles; reading them is reading a principal. */
export function requireAssign(caller: Caller): void {
  if (!holds(caller, ["AppRoleAssignment.ReadWrite.All"])) throw graphErrors.forbidden();
}

/** With OwnedBy alone, the owners of a principal can be the caller only. */
export function mayNameOwner(caller: Caller, owner: string): boolean {
  return owner === caller.objectId || holds(caller, WRITE_ALL);
}
