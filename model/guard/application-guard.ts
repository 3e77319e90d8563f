/** The guard of one server: application and service principal held against what is declared. Pure. */
import { Findings } from "./guard-collector";
import { applicationCredentials, keyFindings, principalCredentials } from "./guard-credentials";
import type { GuardFinding } from "./guard-findings";
import { ownerFindings } from "./guard-owners";
import { permissionFindings } from "./guard-permissions";
import { settingFindings } from "./guard-settings";
import { UNKNOWN } from "../server/server-facts";
import type { CredentialDeclaration, CredentialView, EarlierDeclaration } from "./guard-view";

/**
 * Holds an application and its principal against the declaration.
 *
 * @param earlier what was declared in the last run, null if the guard is new: then what `up` sets anyway is no finding
 * @returns the findings, none if nothing is there that was not declared, or if there is no application yet
 */
export function assessCredentials(
  view: CredentialView,
  declared: CredentialDeclaration,
  earlier: EarlierDeclaration | null,
): GuardFinding[] {
  const { application, audit } = view;
  // Another application with the marker is no business of the guard of this one.
  const known = declared.application !== undefined && declared.application !== UNKNOWN;
  if (!application || (known && declared.application !== application.objectId)) return [];
  const findings = new Findings(declared.server, audit);
  keyFindings(findings, application, view, declared);
  applicationCredentials(findings, declared.policy, application);
  if (application.principal) principalCredentials(findings, declared.policy, application, application.principal, view);
  // What else the product's own application is, and may do, is the product's matter.
  if (view.product) return findings.found;
  settingFindings(findings, application, earlier);
  ownerFindings(findings, application, declared, earlier);
  if (application.principal) permissionFindings(findings, application.principal, declared, earlier);
  return findings.found;
}
