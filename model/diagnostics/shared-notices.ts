/** Notices about an identity that is the product's or another server's: the cause of a difference, with its evidence. Pure. */
import { ONBOARDING_ENDS } from "../protocol/host-constants";
import type { HostObservation } from "../protocol/host-protocol";
import { isSame, useOf, type Removable, type SeenServer } from "../server/in-use";
import type { ObservedTenantRoles } from "../server/observation";
import { compareVersions } from "../server/versions";
import { diagnose, type Diagnostic } from "./diagnostic";

/** Characters of an event that a notice repeats. */
const LONGEST_EVIDENCE = 200;

/** A server with the tenant and the others. */
interface Seen {
  server: string;
  facts: HostObservation;
  /** Null if it was not read. */
  roles: ObservedTenantRoles | null;
  /** Every declared server, as observed. */
  fleet: readonly SeenServer[];
}

/** The last refusal of Entra that Entra Connect logged, as evidence of what a shared key leads to. */
function refusalOf({ events }: HostObservation): string {
  const last = events.filter(({ id, message }) => id === 906 && message.includes("AADSTS700027")).at(-1);
  return last
    ? `Event 906 at ${last.time}: ${firstLine(last.message)}`
    : "No event 906 (AADSTS700027) was seen here yet.";
}

const firstLine = (text: string) => text.split(/\r?\n/)[0].slice(0, LONGEST_EVIDENCE);

/** Who else signs in with what this server's connector signs in with; what is another declared server's own is an error. */
export function sharedNotices({ server, facts, roles, fleet }: Seen): Diagnostic[] {
  const { connector } = facts;
  const rest = fleet.filter((other) => other.server !== server);
  const sharers = (what: Removable) => {
    const use = useOf(what, rest);
    return use.kind === "used" ? use.by.join(" and ") : null;
  };
  if (connector.identityType !== "Application") {
    const others = sharers({ kind: "account", userName: connector.userName });
    return others === null ? [] : [diagnose("account-in-common", server, { account: connector.userName, others })];
  }
  const { appId } = connector;
  const known = roles?.managedApplications.find((one) => isSame(one.appId, appId));
  const others = sharers({ kind: "application", appId });
  const found: Diagnostic[] = [];
  if (appId !== null && others !== null) {
    const values = { appId, name: known?.name ?? "its name could not be read", others, evidence: refusalOf(facts) };
    found.push(diagnose("application-in-common", server, values));
  }
  return found;
}

/** The product's own application on a server for which another one is declared. */
export function takenOver(
  { server, facts: { connector, product, legacyAccountName } }: Seen,
  roles: ObservedTenantRoles,
): Diagnostic[] {
  const { appId, identityType } = connector;
  const used = roles.managedApplications.find((one) => isSame(one.appId, appId));
  if (identityType !== "Application" || !used) return [];
  const { version } = product;
  const alone = compareVersions(version, ONBOARDING_ENDS) < 0;
  const cause = alone
    ? `before ${ONBOARDING_ENDS}, Entra Connect onboards a server by itself; the wizard or an interactive upgrade does it as well`
    : "the wizard or an interactive upgrade did it, as this build does not onboard by itself";
  const remedy = alone ? "automatic" : "interactive";
  const evidence = evidenceOf(used.name, appId, legacyAccountName, roles);
  return [diagnose("product-took-over", server, { name: used.name, version, cause, evidence }, { remedy })];
}

/** Since when the application may synchronise, and the account of a server that automatic onboarding would have come from. */
function evidenceOf(name: string, appId: string | null, account: string | null, roles: ObservedTenantRoles): string {
  const since = roles.holders.find((holder) => isSame(holder.appId ?? null, appId))?.since;
  const user = roles.syncAccounts?.find((one) => isSame(one.name.split("@")[0], account));
  return [
    since ? `"${name}" may synchronise since ${since}.` : "Since when it may synchronise could not be read.",
    ...(user ? [`The account ${user.name}, from which automatic onboarding starts, is in the tenant.`] : []),
  ].join(" ");
}
