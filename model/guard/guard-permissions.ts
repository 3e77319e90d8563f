/** What the principal may do, held against the declared roles. */
import type { ObservedPrincipal } from "../server/observation";
import { deletion, type Findings } from "./guard-collector";
import type { CredentialDeclaration, EarlierDeclaration } from "./guard-view";

export function permissionFindings(
  into: Findings,
  { objectId, appRoles, delegatedScopes }: ObservedPrincipal,
  declared: CredentialDeclaration,
  earlier: EarlierDeclaration | null,
) {
  const activity = /app role assignment/i;
  const accepted = new Set([...declared.roles, ...(earlier?.roles ?? [])]);
  for (const { id, appRoleId, resourceName } of appRoles.filter((role) => !accepted.has(role.appRoleId))) {
    const remedy = `Remove it: ${deletion(`servicePrincipals/${objectId}/appRoleAssignments/${id}`)}.`;
    const actual = `role ${appRoleId} of ${resourceName}`;
    into.add("role-foreign", "the declared roles only", actual, remedy, {
      target: objectId,
      mark: appRoleId,
      activity,
    });
  }
  const lasting = declared.roles.filter((role) => earlier?.roles.includes(role));
  for (const role of lasting.filter((id) => !appRoles.some(({ appRoleId }) => appRoleId === id))) {
    const remedy = "Run pulumi up --refresh, which assigns it again.";
    into.add("role-missing", `role ${role}`, "no such assignment", remedy, { target: objectId, mark: role, activity });
  }
  for (const grant of delegatedScopes ?? []) {
    const [resource, scope] = grant.split(" ");
    const remedy = `Remove its grant: az ad app permission list-grants --id ${objectId} tells it.`;
    const cause = { target: objectId, mark: scope, activity: /delegated permission|oauth2/i };
    into.add("scope-foreign", "no delegated permission", `scope ${scope} of ${resource}`, remedy, cause);
  }
}
