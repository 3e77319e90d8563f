/** Reads the application management policies that restrict certificates, if the pipeline may. */
import { z } from "zod";
import type { KeyRule } from "../model/tenant/key-rules";
import { all, answered, GraphClient } from "./graph-client";
import { GraphError } from "./graph-error";
import type { TenantAccess } from "./tenant-access";

const RESTRICTION = z.object({
  restrictionType: z.string(),
  state: z.string().nullish(),
  maxLifetime: z.string().nullish(),
  restrictForAppsCreatedAfterDateTime: z.string().nullish(),
  excludeActors: z.unknown(),
});
const RESTRICTIONS = z.object({ keyCredentials: z.array(RESTRICTION).nullish() }).nullish();
const DEFAULT = z.object({ id: z.string(), isEnabled: z.boolean(), applicationRestrictions: RESTRICTIONS });
const OWN = z.object({ id: z.string(), isEnabled: z.boolean(), restrictions: RESTRICTIONS });
const APPLICATION = z.object({ createdDateTime: z.string() });

type Restriction = z.infer<typeof RESTRICTION>;
interface Policy {
  id: string;
  restrictions: Restriction[];
}

const HOURS = { Y: 365 * 24, M: 30 * 24, W: 7 * 24, D: 24 };
const SECONDS = { H: 3600, M: 60, S: 1 };

/** Days of an ISO 8601 duration such as `P90D` or `P1Y`; null if the text is none. */
export function daysOf(duration: string): number | null {
  const match = /^P((?:\d+(?:\.\d+)?[YMWD])*)(?:T((?:\d+(?:\.\d+)?[HMS])+))?$/.exec(duration);
  if (!match || duration === "P") return null;
  const sum = (text: string | undefined, units: Record<string, number>) =>
    [...(text ?? "").matchAll(/([\d.]+)([A-Z])/g)].reduce(
      (total, [, number, unit]) => total + Number(number) * units[unit],
      0,
    );
  return sum(match[1], HOURS) / 24 + sum(match[2], SECONDS) / 86_400;
}

/** Restrictions that Entra evaluates; one with exempt actors may not apply to this pipeline, and decides nothing here. */
function enforced({ restrictions }: Policy, created: Date): Restriction[] {
  return restrictions.filter(({ state, excludeActors, restrictForAppsCreatedAfterDateTime: from }) => {
    return state !== "disabled" && !excludeActors && (!from || created >= new Date(from));
  });
}

function rulesOf(policy: Policy, created: Date): KeyRule[] {
  return enforced(policy, created).flatMap(({ restrictionType, maxLifetime }): KeyRule[] => {
    if (restrictionType === "trustedCertificateAuthority")
      return [{ policy: policy.id, property: restrictionType, days: null }];
    const days = maxLifetime ? daysOf(maxLifetime) : null;
    if (restrictionType !== "asymmetricKeyLifetime" || days === null) return [];
    return [{ policy: policy.id, property: restrictionType, days }];
  });
}

interface TenantPolicies {
  /** Null if it is off. */
  byDefault: Policy | null;
  /** Whether single applications have policies of their own. */
  single: boolean;
}

const READ = new WeakMap<TenantAccess, Promise<TenantPolicies | null>>();

/**
 * The tenant's policies, read once for all servers; null if the pipeline may not, or Graph does not answer. An observation asks for
 * them before it needs them: together with what it searches for, they cost no request and no round of their own.
 */
export function tenantPolicies(access: TenantAccess): Promise<TenantPolicies | null> {
  const known = READ.get(access);
  if (known) return known;
  const read = async () => {
    const graph = new GraphClient(access);
    const [shown, listed] = await graph.batch([
      "policies/defaultAppManagementPolicy",
      "policies/appManagementPolicies",
    ]);
    if (shown instanceof GraphError) return null;
    const { id, isEnabled, applicationRestrictions } = answered(shown, DEFAULT);
    const single = listed instanceof GraphError ? [] : await all(graph, listed, OWN);
    const restrictions = applicationRestrictions?.keyCredentials ?? [];
    return { byDefault: isEnabled ? { id, restrictions } : null, single: single.some((policy) => policy.isEnabled) };
  };
  const policies = read().catch(() => null);
  READ.set(access, policies);
  return policies;
}

/** The policy that holds for an application: its own if it has one, else the tenant's. */
async function policyOf(access: TenantAccess, objectId: string, { byDefault, single }: TenantPolicies) {
  const graph = new GraphClient(access);
  const [shown, own] = await graph.batch([
    `applications/${objectId}?$select=id,createdDateTime`,
    ...(single ? [`applications/${objectId}/appManagementPolicies`] : []),
  ]);
  const created = new Date(answered(shown, APPLICATION).createdDateTime);
  const assigned = own === undefined ? [] : await all(graph, own, OWN);
  const enabled = assigned.find((policy) => policy.isEnabled);
  const policy = enabled ? { id: enabled.id, restrictions: enabled.restrictions?.keyCredentials ?? [] } : byDefault;
  return { created, policy };
}

/**
 * The rules for the certificates of an application, or of one that is yet to be made.
 * @returns null if they could not be read: no run depends on them
 */
export async function observeKeyRules(access: TenantAccess, objectId: string | null): Promise<KeyRule[] | null> {
  const policies = await tenantPolicies(access);
  if (!policies) return null;
  const { byDefault, single } = policies;
  if (!single && !byDefault?.restrictions.length) return [];
  if (objectId === null) return byDefault ? rulesOf(byDefault, new Date()) : [];
  try {
    const { created, policy } = await policyOf(access, objectId, policies);
    return policy ? rulesOf(policy, created) : [];
  } catch {
    return null;
  }
}
