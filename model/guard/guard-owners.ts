/** Owners of application and principal, held against those that are declared. */
import type { ObservedApplication } from "../server/observation";
import { deletion, type Findings } from "./guard-collector";
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
    const remedy = `Declare it in owners, or az ad app owner remove --id ${appId} --owner-object-id ${id}.`;
    const actual = `owner ${name} (${id}) of the application`;
    into.add("owner-foreign", "the declared owners", actual, remedy, { target: objectId, mark: id, activity });
  }
  const acceptedOfPrincipal = new Set([...declared.principalOwners, ...accepted]);
  for (const { id, name } of (principal?.owners ?? []).filter((owner) => !acceptedOfPrincipal.has(owner.id))) {
    const target = principal!.objectId;
    const remedy = `Remove it: ${deletion(`servicePrincipals/${target}/owners/${id}/$ref`)}.`;
    const actual = `owner ${name} (${id}) of the service principal`;
    into.add("owner-foreign", "the pipeline or nobody", actual, remedy, { target, mark: id, activity });
  }
  const lasting = declared.owners.filter((owner) => earlier?.owners.includes(owner));
  for (const id of lasting.filter((owner) => !owners.some((present) => present.id === owner))) {
    const remedy = "Run pulumi up --refresh, which adds it again.";
    into.add("owner-missing", `owner ${id}`, "no such owner", remedy, { target: objectId, mark: id, activity });
  }
}
