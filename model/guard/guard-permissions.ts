/** What the principal may do, held against the declared roles. */
import { diagnose } from "../diagnostics/diagnostic";
import type { ObservedPrincipal } from "../server/observation";
import type { Findings } from "./guard-collector";
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
    const who = into.who({ target: objectId, mark: appRoleId, activity });
    const values = { found: `role ${appRoleId} of ${resourceName}${who}`, id: objectId, assignmentId: id };
    into.add(diagnose("role-foreign", into.server, values));
  }
  const lasting = declared.roles.filter((role) => earlier?.roles.includes(role));
  for (const role of lasting.filter((id) => !appRoles.some(({ appRoleId }) => appRoleId === id))) {
    const who = into.who({ target: objectId, mark: role, activity });
    into.add(diagnose("role-missing", into.server, { role, who }));
  }
  for (const grant of delegatedScopes ?? []) {
    const [resource, scope] = grant.split(" ");
    const who = into.who({ target: objectId, mark: scope, activity: /delegated permission|oauth2/i });
    into.add(diagnose("scope-foreign", into.server, { found: `scope ${scope} of ${resource}${who}`, id: objectId }));
  }
}
