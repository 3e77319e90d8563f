/** The tenant's own name, for people who know it by that and not by its id. */
import { z } from "zod";
import { harmless } from "../model/text/encoders/harmless";
import { GraphClient, isForbidden } from "./graph-client";
import type { TenantAccess } from "./tenant-access";

/** The permission that shows it. */
export const ORGANIZATION_PERMISSION = "Organization.Read.All";

/** Name, default domain and last synchronisation; `unread` says why there are none. */
export interface ObservedOrganization {
  name: string | null;
  /** The verified domain that is the tenant's default one. */
  domain: string | null;
  /** When Entra Connect last synchronised into the tenant, ISO 8601 in UTC; null if Entra shows no such time. */
  lastSynchronisation: string | null;
  unread: string | null;
  /** Whether the permission is what is missing. */
  forbidden: boolean;
}

const ORGANIZATION = z.object({
  displayName: z.string().nullish(),
  onPremisesLastSyncDateTime: z.string().nullish(),
  verifiedDomains: z.array(z.object({ name: z.string(), isDefault: z.boolean().nullish() })).nullish(),
});

/** Reads it; that it cannot be read is part of the answer. */
export async function observeOrganization(access: TenantAccess): Promise<ObservedOrganization> {
  const unread = (why: string, forbidden = false) => ({
    name: null,
    domain: null,
    lastSynchronisation: null,
    unread: why,
    forbidden,
  });
  try {
    const { value } = await new GraphClient(access).first(
      "organization?$select=displayName,onPremisesLastSyncDateTime,verifiedDomains",
      ORGANIZATION,
    );
    const domain = value[0]?.verifiedDomains?.find(({ isDefault }) => isDefault)?.name ?? null;
    const name = value[0]?.displayName || null;
    if (name === null && domain === null) return unread("Entra shows none");
    const synchronised = Date.parse(value[0]?.onPremisesLastSyncDateTime ?? "");
    const lastSynchronisation = Number.isNaN(synchronised) ? null : new Date(synchronised).toISOString();
    return harmless({ name, domain, lastSynchronisation, unread: null, forbidden: false });
  } catch (error) {
    if (isForbidden(error)) return unread(`the permission ${ORGANIZATION_PERMISSION} is missing`, true);
    return unread(harmless((error as Error).message.split("\n")[0]));
  }
}
