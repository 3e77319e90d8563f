/** Settings of application and principal that let others in, or stop the server. */
import type { ObservedApplication } from "../server/observation";
import { SINGLE_TENANT } from "../tenant/clouds";
import type { Findings } from "./guard-collector";
import type { EarlierDeclaration } from "./guard-view";

export function settingFindings(into: Findings, application: ObservedApplication, earlier: EarlierDeclaration | null) {
  const { objectId, appId, signInAudience, lock, principal } = application;
  const activity = /update application|update service principal|(dis|en)able/i;
  const refresh = "Find out who changed it, then run pulumi up --refresh, which sets it back.";
  if (signInAudience !== SINGLE_TENANT) {
    const cause = { target: objectId, mark: signInAudience, activity };
    into.add("audience-wide", `sign-in audience ${SINGLE_TENANT}`, signInAudience, refresh, cause);
  }
  if (principal && !principal.accountEnabled) {
    const cause = { target: principal.objectId, mark: "AccountEnabled", activity };
    into.add("principal-disabled", "an enabled service principal", "a disabled one", refresh, cause);
  }
  if (!earlier) return;
  if (!lock) {
    const cause = { target: objectId, mark: "servicePrincipalLockConfiguration", activity };
    const remedy = "pulumi up switches it on again; find out who switched it off.";
    into.add("lock-off", "the app instance property lock for all properties", "no such lock", remedy, cause);
  }
  if (!principal) {
    const cause = { target: objectId, mark: appId, activity: /remove service principal/i };
    const remedy = "Run pulumi up --refresh, which makes a new one with its roles.";
    into.add("principal-missing", `a service principal of ${appId}`, "none", remedy, cause);
  }
}
