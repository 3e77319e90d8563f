/** The identities that may synchronise into the tenant, read once for all servers of a stack. */
import { SYNC_ROLE, SYNC_SERVICE_APP_ID } from "../model/tenant/clouds";
import { DIRECTORY_ROLES } from "../model/guard/guard-roles";
import { MANAGED_APPLICATION_PREFIX } from "../model/tenant/managed-application";
import type { ObservedDirectoryRoleHolder, ObservedTenantRoles } from "../model/server/observation";
import { harmless } from "../model/text/encoders/harmless";
import { AUDIT_PERMISSION, mayReadAudit } from "./audit-log";
import { graphProblem, observedObject } from "./graph";
import { all, answered, GraphClient, GraphError, isForbidden } from "./graph-client";
import type { TenantAccess } from "./tenant-access";

interface GraphService {
  appRoles: { id: string; value: string | null; allowedMemberTypes: string[] }[];
}

interface GraphAssignment {
  id: string;
  appRoleId: string;
  principalId: string;
  principalDisplayName: string | null;
  createdDateTime?: string | null;
}

interface GraphPrincipal {
  id: string;
  appId: string;
  displayName: string;
}

interface GraphUser {
  id: string;
  userPrincipalName: string;
  createdDateTime?: string | null;
}

interface GraphRoleAssignment {
  id: string;
  principalId: string;
  principal?: { id: string; userPrincipalName?: string | null; displayName?: string | null; appId?: string } | null;
}

const LARGEST_PAGE = 999;
const where = (filter: string) => `$filter=${encodeURIComponent(filter)}`;

/** Holders of the directory roles for synchronisation; null if the pipeline may not read them. */
async function directoryRoleHolders(
  graph: GraphClient,
  answers: readonly unknown[],
): Promise<ObservedDirectoryRoleHolder[] | null> {
  if (answers.some(isForbidden)) return null;
  const holders = await Promise.all(
    DIRECTORY_ROLES.map(async ({ name }, index) =>
      (await all<GraphRoleAssignment>(graph, answers[index])).map(({ id, principalId, principal }) => ({
        ...observedObject(principal ?? { id: principalId }),
        assignmentId: id,
        role: name,
        appId: principal?.appId ?? null,
      })),
    ),
  );
  return holders.flat();
}

/** Most reads that are asked as one request. */
const BATCH = 20;

/** Application ids of service principals, by object id; without those that cannot be read. */
async function applicationIds(graph: GraphClient, principals: readonly string[]): Promise<Map<string, string>> {
  const groups = Array.from({ length: Math.ceil(principals.length / BATCH) }, (_, index) =>
    principals.slice(index * BATCH, (index + 1) * BATCH),
  );
  const answers = await Promise.all(
    groups.map((ids) => graph.batch(ids.map((id) => `servicePrincipals/${encodeURIComponent(id)}?$select=id,appId`))),
  );
  const shown = answers.flat().filter((answer) => !(answer instanceof GraphError)) as Pick<
    GraphPrincipal,
    "id" | "appId"
  >[];
  return new Map(shown.map(({ id, appId }) => [id, appId]));
}

/**
 * Reads holders of the application role, applications that the product created, and, if permitted, holders of the
 * two directory roles and the accounts of servers that use a password. One request, one for each further page, and
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
      ...DIRECTORY_ROLES.map(({ id }) => `${roles}?${where(`roleDefinitionId eq '${id}'`)}&$expand=principal`),
    ]);
    const [shown, assigned, managed, users, ...directoryRoles] = answers;
    // A tenant that never synchronised lacks the service, so no application can hold its role.
    const absent = shown instanceof GraphError && shown.status === 404;
    const { appRoles } = absent ? { appRoles: [] } : answered<GraphService>(shown);
    const role = appRoles.find(
      ({ value, allowedMemberTypes }) => value === SYNC_ROLE && allowedMemberTypes.includes("Application"),
    );
    const assignments = absent ? [] : await all<GraphAssignment>(graph, assigned);
    const holders = await directoryRoleHolders(graph, directoryRoles);
    const accounts = isForbidden(users) ? null : await all<GraphUser>(graph, users);
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
      managedApplications: (await all<GraphPrincipal>(graph, managed)).map(({ id, appId, displayName }) => {
        return { id, appId, name: displayName };
      }),
      directoryRoles: holders && holders.map((holder) => ({ ...holder, created: created.get(holder.id) ?? null })),
      syncAccounts: accounts && accounts.map(observedObject),
    });
  } catch (error) {
    throw graphProblem(error, null, "holders of the synchronisation role");
  }
}
