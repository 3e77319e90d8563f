/** Settings of application and principal that let others in, or stop the server. */
import { diagnose } from "../diagnostics/diagnostic";
import type { ObservedApplication } from "../server/observation";
import { SINGLE_TENANT } from "../tenant/clouds";
import type { Findings } from "./guard-collector";
import type { EarlierDeclaration } from "./guard-view";

export function settingFindings(into: Findings, application: ObservedApplication, earlier: EarlierDeclaration | null) {
  const { objectId, appId, signInAudience, lock, principal } = application;
  const activity = /update application|update service principal|(dis|en)able/i;
  const { server } = into;
  if (signInAudience !== SINGLE_TENANT) {
    const who = into.who({ target: objectId, mark: signInAudience, activity });
    into.add(diagnose("audience-wide", server, { audience: SINGLE_TENANT, found: `${signInAudience}${who}` }));
  }
  if (principal && !principal.accountEnabled) {
    const who = into.who({ target: principal.objectId, mark: "AccountEnabled", activity });
    into.add(diagnose("principal-disabled", server, { who }));
  }
  if (!earlier) return;
  if (!lock) {
    const who = into.who({ target: objectId, mark: "servicePrincipalLockConfiguration", activity });
    into.add(diagnose("lock-off", server, { who }));
  }
  if (!principal) {
    const who = into.who({ target: objectId, mark: appId, activity: /remove service principal/i });
    into.add(diagnose("principal-missing", server, { appId, who }));
  }
}
