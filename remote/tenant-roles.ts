/** The identities that may synchronise into the tenant, read once for all servers of a stack. */
import { z } from "zod";
import { SYNC_ROLE, SYNC_SERVICE_APP_ID } from "../model/tenant/clouds";
import { DIRECTORY_ROLES } from "../model/guard/guard-roles";
import { ADMINISTRATOR_ROLES } from "../model/guard/guard-administrators";
import { MANAGED_APPLICATION_PREFIX } from "../model/tenant/managed-application";
import type { ObservedDirectoryRoleHolder, ObservedTenantRoles } from "../model/server/observation";
import { harmless } from "../model/text/encoders/harmless";
import { AUDIT_PERMISSION, mayReadAudit } from "./audit-log";
import { graphProblem, observedObject } from "./graph";
import { all, answered, GraphClient, isForbidden } from "./graph-client";
import { GraphError } from "./graph-error";
import type { TenantAccess } from "./tenant-access";

const text = z.string();
const nullableText = text.nullish();

const SERVICE = z.object({
  appRoles: z.array(z.object({ id: text, value: nullableText, allowedMemberTypes: z.array(text) })),
});
const ASSIGNMENT = z.object({
  id: text,
  appRoleId: text,
  principalId: text,
  principalDisplayName: nullableText,
  createdDateTime: nullableText,
});
const PRINCIPAL_IDS = z.object({ id: text, appId: text });
const NAMED_PRINCIPAL = PRINCIPAL_IDS.extend({ displayName: text });
const USER = z.object({ id: text, userPrincipalName: text, createdDateTime: nullableText });
const ROLE_ASSIGNMENT = z.object({
  id: text,
  principalId: text,
  principal: z
    .object({ id: text, userPrincipalName: nullableText, displayName: nullableText, appId: nullableText })
    .nullish(),
});

/** Values after `in` in a filter (Graph's known limitations of query parameters). */
const MOST_VALUES = 15;
const LARGEST_PAGE = 999;
const where = (filter: string) => `$filter=${encodeURIComponent(filter)}`;

/** Holders of directory roles; null if the pipeline may not read them. */
async function directoryRoleHolders(
  graph: GraphClient,
  roles: readonly { name: string }[],
  answers: readonly unknown[],
): Promise<ObservedDirectoryRoleHolder[] | null> {
  if (answers.some(isForbidden)) return null;
  const holders = await Promise.all(
    roles.map(async ({ name }, index) =>
      (await all(graph, answers[index], ROLE_ASSIGNMENT)).map(({ id, principalId, principal }) => ({
        ...observedObject(principal ?? { id: principalId }),
        assignmentId: id,
        role: name,
        appId: principal?.appId ?? null,
      })),
    ),
  );
  return holders.flat();
}

/** Application ids of service principals, by object id; without those that cannot be read. */
async function applicationIds(graph: GraphClient, principals: readonly string[]): Promise<Map<string, string>> {
  const groups: string[][] = [];
  for (let first = 0; first < principals.length; first += MOST_VALUES) {
    groups.push(principals.slice(first, first + MOST_VALUES));
  }
  const quoted = (id: string) => `'${id.replace(/'/g, "''")}'`;
  const answers = await graph.batch(
    groups.map((ids) => `servicePrincipals?${where(`id in (${ids.map(quoted).join(",")})`)}&$select=id,appId`),
  );
  const shown = answers.filter((answer) => !(answer instanceof GraphError));
  const found = await Promise.all(shown.map((answer) => all(graph, answer, PRINCIPAL_IDS)));
  return new Map(found.flat().map(({ id, appId }) => [id, appId]));
}

/**
 * Reads holders of the application role, applications that the product created, and, if permitted, holders of the
 * two directory roles, administrators, and the accounts of servers that use a password. One request, one for each further page, and
 * one for the applications that the holders are.
 *
 * @throws ProblemError GRAPH_FORBIDDEN or GRAPH_UNAVAILABLE
 */
export async function observeTenantRoles(access: TenantAccess): Promise<ObservedTenantRoles> {
  const graph = new GraphClient(access);
  const service = `servicePrincipals(appId='${SYNC_SERVICE_APP_ID}')`;
  const roles = "roleManagement/directory/roleAssignments";
  try {
    const answers = await graph.batch([
      `${service}?$select=id,appRoles`,
      `${service}/appRoleAssignedTo?$top=${LARGEST_PAGE}`,
      `servicePrincipals?${where(`startswith(displayName,'${MANAGED_APPLICATION_PREFIX}')`)}&$select=id,appId,displayName`,
      `users?${where("startswith(userPrincipalName,'Sync_')")}&$select=id,userPrincipalName,createdDateTime`,
      ...[...DIRECTORY_ROLES, ...ADMINISTRATOR_ROLES].map(
        ({ id }) => `${roles}?${where(`roleDefinitionId eq '${id}'`)}&$expand=principal`,
      ),
    ]);
    const [shown, assigned, managed, users, ...directoryRoles] = answers;
    // A tenant that never synchronised lacks the service, so no application can hold its role.
    const absent = shown instanceof GraphError && shown.status === 404;
    const { appRoles } = absent ? { appRoles: [] } : answered(shown, SERVICE);
    const role = appRoles.find(
      ({ value, allowedMemberTypes }) => value === SYNC_ROLE && allowedMemberTypes.includes("Application"),
    );
    const assignments = absent ? [] : await all(graph, assigned, ASSIGNMENT);
    const holders = await directoryRoleHolders(graph, DIRECTORY_ROLES, directoryRoles.slice(0, DIRECTORY_ROLES.length));
    const others = directoryRoles.slice(DIRECTORY_ROLES.length);
    const administrators = await directoryRoleHolders(graph, ADMINISTRATOR_ROLES, others);
    const accounts = isForbidden(users) ? null : await all(graph, users, USER);
    const created = new Map(accounts?.map(({ id, createdDateTime }) => [id, createdDateTime ?? null]));
    const able = assignments.filter(({ appRoleId }) => appRoleId === role?.id);
    const appIds = await applicationIds(
      graph,
      able.map(({ principalId }) => principalId),
    );
    const unread = [
      ...(holders === null ? ["RoleManagement.Read.Directory"] : []),
      ...(accounts === null ? ["User.Read.All"] : []),
      ...((await mayReadAudit(graph)) ? [] : [AUDIT_PERMISSION]),
    ];
    return harmless({
      unread,
      holders: able.map(({ id, principalId, principalDisplayName, createdDateTime }) => ({
        ...observedObject({ id: principalId, displayName: principalDisplayName }),
        assignmentId: id,
        appId: appIds.get(principalId) ?? null,
        since: createdDateTime ?? null,
      })),
      managedApplications: (await all(graph, managed, NAMED_PRINCIPAL)).map(({ id, appId, displayName }) => {
        return { id, appId, name: displayName };
      }),
      directoryRoles: holders && holders.map((holder) => ({ ...holder, created: created.get(holder.id) ?? null })),
      administrators,
      syncAccounts: accounts && accounts.map(observedObject),
    });
  } catch (error) {
    throw graphProblem(error, null, "holders of the synchronisation role");
  }
}
