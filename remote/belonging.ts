/** Whether a server belongs to what its stack works in: by what the server itself says. */
import { z } from "zod";
import type { Diagnostic } from "../model/diagnostics/diagnostic";
import type { HostObservation } from "../model/protocol/host-protocol";
import { serverCloudProblem } from "../model/tenant/cloud-choice";
import { serverTenantProblem, tenantNameOf } from "../model/tenant/server-tenant";
import { isGuid } from "../model/text/identifiers";
import { send } from "./http";
import { jsonOf, succeeded } from "./http-answer";
import type { TenantAccess } from "./tenant-access";

const DISCOVERY = z.object({ issuer: z.url() });

/** Ids of tenants by their names, each asked for once in a run. */
const asked = new WeakMap<TenantAccess, Map<string, Promise<string | null>>>();

/** The id of the tenant that Entra has under a name, from what it publishes to anyone; null if it has none, or does not say. */
async function discover(access: TenantAccess, name: string): Promise<string | null> {
  try {
    const { endpoints } = await access.connect();
    const url = `${endpoints.login}${encodeURIComponent(name)}/v2.0/.well-known/openid-configuration`;
    const answer = await send({ method: "GET", url });
    if (!succeeded(answer)) return null;
    return new URL(DISCOVERY.parse(jsonOf(answer)).issuer).pathname.split("/").find(isGuid)?.toLowerCase() ?? null;
  } catch {
    // What stands in the way shows where the tenant itself is read.
    return null;
  }
}

function tenantId(access: TenantAccess, name: string): Promise<string | null> {
  if (isGuid(name)) return Promise.resolve(name);
  const known = asked.get(access) ?? new Map<string, Promise<string | null>>();
  asked.set(access, known);
  const found = known.get(name) ?? discover(access, name);
  known.set(name, found);
  return found;
}

/** Why no one may work on a server in this stack: another cloud, or another tenant. Null if nothing proves it. Never rejects. */
export async function belongingProblem(
  access: TenantAccess,
  server: string,
  facts: HostObservation,
): Promise<Diagnostic | null> {
  const ofCloud = serverCloudProblem(server, access.cloud, facts);
  const name = tenantNameOf(facts.connector.userName);
  if (ofCloud || name === null || name === access.tenantId) return ofCloud;
  const [own, found] = await Promise.all([tenantId(access, access.tenantId), tenantId(access, name)]);
  return serverTenantProblem(server, own, name, found);
}
