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
}

interface GraphPrincipal {
  id: string;
  appId: string;
  displayName: string;
}

interface GraphUser {
  id: string;
  userPrincipalName: string;
}

interface GraphRoleAssignment {
  id: string;
  principalId: string;
  principal?: { id: string; userPrincipalName?: string | null; displayName?: string | null } | null;
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
      })),
    ),
  );
  return holders.flat();
}

/**
 * Reads holders of the application role, applications that the product created, and, if permitted, holders of the
 * two directory roles and the accounts of servers that use a password. One request, plus one for each further page.
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
      `users?${where("startswith(userPrincipalName,'Sync_')")}&$select=id,userPrincipalName`,
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
    const unread = [
      ...(holders === null ? ["RoleManagement.Read.Directory"] : []),
      ...(isForbidden(users) ? ["User.Read.All"] : []),
      ...((await mayReadAudit(graph)) ? [] : [AUDIT_PERMISSION]),
    ];
    return harmless({
      unread,
      holders: assignments
        .filter(({ appRoleId }) => appRoleId === role?.id)
        .map(({ id, principalId, principalDisplayName }) => {
          return { ...observedObject({ id: principalId, displayName: principalDisplayName }), assignmentId: id };
        }),
      managedApplications: (await all<GraphPrincipal>(graph, managed)).map(({ id, appId, displayName }) => {
        return { id, appId, name: displayName };
      }),
      directoryRoles: holders,
      syncAccounts: isForbidden(users) ? null : (await all<GraphUser>(graph, users)).map(observedObject),
    });
  } catch (error) {
    throw graphProblem(error, null, "holders of the synchronisation role");
  }
}
