/** A user of the tenant with its directory roles, and their removal. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { diagnose, ProblemError } from "../model/diagnostics/diagnostic";
import { harmless } from "../model/text/encoders/harmless";
import { graphProblem } from "./graph";
import { GraphClient } from "./graph-client";
import { GraphError } from "./graph-error";
import type { TenantAccess } from "./tenant-access";

/** A directory role that a user holds. */
export interface HeldRole {
  assignmentId: string;
  roleId: string;
  name: string;
}

export interface DirectoryAccount {
  id: string;
  userName: string;
  /** It comes from Active Directory, where it would have to be removed. */
  synchronised: boolean;
  /** Licences are given to what a person uses. */
  licences: number;
  roles: HeldRole[];
}

const USER = z.object({
  id: z.string(),
  userPrincipalName: z.string(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  assignedLicenses: z.array(z.unknown()).nullish(),
});
const ASSIGNMENT = z.object({
  id: z.string(),
  roleDefinitionId: z.string(),
  roleDefinition: z.object({ displayName: z.string().nullish() }).nullish(),
});
const ASSIGNMENTS = "roleManagement/directory/roleAssignments";

/** A write may not be visible everywhere yet. */
const READS = 3;
const SECONDS_BETWEEN_READS = 1;

const equals = (property: string, value: string) =>
  `$filter=${encodeURIComponent(`${property} eq '${value.replace(/'/g, "''")}'`)}`;

async function userOf(graph: GraphClient, userName: string) {
  const properties = "id,userPrincipalName,onPremisesSyncEnabled,assignedLicenses";
  const { value } = await graph.first(`users?${equals("userPrincipalName", userName)}&$select=${properties}`, USER);
  return value.at(0) ?? null;
}

async function rolesOf(graph: GraphClient, id: string): Promise<HeldRole[]> {
  const path = `${ASSIGNMENTS}?${equals("principalId", id)}&$expand=roleDefinition`;
  const found = await graph.rest(await graph.first(path, ASSIGNMENT), ASSIGNMENT);
  return found.map(({ id: assignmentId, roleDefinitionId, roleDefinition }) => {
    return { assignmentId, roleId: roleDefinitionId, name: roleDefinition?.displayName ?? roleDefinitionId };
  });
}

/** Reads a user by name; null if there is none. @throws ProblemError GRAPH_FORBIDDEN or GRAPH_UNAVAILABLE */
export async function readAccount(access: TenantAccess, userName: string): Promise<DirectoryAccount | null> {
  const graph = new GraphClient(access);
  try {
    const user = await userOf(graph, userName);
    if (!user) return null;
    return harmless({
      ...{ id: user.id, userName: user.userPrincipalName, synchronised: user.onPremisesSyncEnabled === true },
      ...{ licences: user.assignedLicenses?.length ?? 0, roles: await rolesOf(graph, user.id) },
    });
  } catch (error) {
    throw graphProblem(error, null, `account ${userName}`);
  }
}

/** Waits until something is no longer read. @returns whether that is so */
async function isGone(read: () => Promise<boolean>): Promise<boolean> {
  for (let count = 1; ; count += 1) {
    if (!(await read())) return true;
    if (count === READS) return false;
    await sleep(SECONDS_BETWEEN_READS * 1000);
  }
}

/** What a change was for, and the permission that it needs. */
interface Change {
  expected: string;
  permission: string;
}

async function changing(account: string, { expected, permission }: Change, work: () => Promise<boolean>) {
  let actual = "Entra still shows it after it accepted the change";
  try {
    if (await work()) return;
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    actual = error.message;
    if (error.forbidden) {
      const values = { account, expected, actual, permission };
      throw new ProblemError([diagnose("ACCOUNT_UNCHANGED", null, values, { remedy: "forbidden" })]);
    }
  }
  throw new ProblemError([diagnose("ACCOUNT_UNCHANGED", null, { account, expected, actual }, { remedy: "failed" })]);
}

/** Takes directory roles from a user. @throws ProblemError ACCOUNT_UNCHANGED unless they are gone when read again */
export async function takeRoles(access: TenantAccess, account: DirectoryAccount, roles: readonly HeldRole[]) {
  const graph = new GraphClient(access);
  const change = {
    expected: `no directory role ${roles.map(({ name }) => name).join(", ")}`,
    permission: "RoleManagement.ReadWrite.Directory",
  };
  await changing(account.userName, change, async () => {
    for (const { assignmentId } of roles) {
      await graph.change("DELETE", `${ASSIGNMENTS}/${encodeURIComponent(assignmentId)}`);
    }
    const taken = new Set(roles.map(({ assignmentId }) => assignmentId));
    return isGone(async () => (await rolesOf(graph, account.id)).some(({ assignmentId }) => taken.has(assignmentId)));
  });
}

/** Removes a user, whom Entra can restore for 30 days. @throws ProblemError ACCOUNT_UNCHANGED unless it is gone when read again */
export async function removeAccount(access: TenantAccess, { id, userName }: DirectoryAccount): Promise<void> {
  const graph = new GraphClient(access);
  await changing(userName, { expected: "no such account", permission: "User.ReadWrite.All" }, async () => {
    await graph.change("DELETE", `users/${encodeURIComponent(id)}`);
    return isGone(async () => (await userOf(graph, userName)) !== null);
  });
}
