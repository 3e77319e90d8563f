/** Owners of application and principal, held against those that are declared. */
import { diagnose } from "../diagnostics/diagnostic";
import type { ObservedApplication } from "../server/observation";
import type { Findings } from "./guard-collector";
import type { CredentialDeclaration, EarlierDeclaration } from "./guard-view";

export function ownerFindings(
  into: Findings,
  { objectId, appId, owners, principal }: ObservedApplication,
  declared: CredentialDeclaration,
  earlier: EarlierDeclaration | null,
) {
  const accepted = new Set([...declared.owners, ...(earlier?.owners ?? [])]);
  const activity = /owner/i;
  for (const { id, name } of owners.filter((owner) => !accepted.has(owner.id))) {
    const found = `owner ${name} (${id}) of the application${into.who({ target: objectId, mark: id, activity })}`;
    const values = { expected: "the declared owners", found, appId, ownerId: id };
    into.add(diagnose("owner-foreign", into.server, values, { remedy: "application" }));
  }
  const acceptedOfPrincipal = new Set([...declared.principalOwners, ...accepted]);
  for (const { id, name } of (principal?.owners ?? []).filter((owner) => !acceptedOfPrincipal.has(owner.id))) {
    const target = principal!.objectId;
    const found = `owner ${name} (${id}) of the service principal${into.who({ target, mark: id, activity })}`;
    const values = { expected: "the pipeline, or no owner", found, principalId: target, ownerId: id };
    into.add(diagnose("owner-foreign", into.server, values, { remedy: "principal" }));
  }
  const lasting = declared.owners.filter((owner) => earlier?.owners.includes(owner));
  for (const id of lasting.filter((owner) => !owners.some((present) => present.id === owner))) {
    const who = into.who({ target: objectId, mark: id, activity });
    into.add(diagnose("owner-missing", into.server, { ownerId: id, who }));
  }
}
