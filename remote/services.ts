/** Microsoft services of a tenant with the application roles that servers need, and the pipeline's identity. */
import { z } from "zod";
import { diagnose, ProblemError } from "../model/diagnostics/diagnostic";
import type { RequiredService } from "../model/tenant/clouds";
import { GraphClient } from "./graph-client";
import { graphProblem } from "./graph";
import type { TenantAccess } from "./tenant-access";

/** A service by its object id, with the ids of roles by value; a role that it does not define is absent. */
export interface ResourceRoles {
  appId: string;
  objectId: string;
  /** Declared roles, by value. */
  roles: Record<string, string>;
}

const APP_ROLE = z.object({
  id: z.string(),
  value: z.string().nullish(),
  isEnabled: z.boolean(),
  allowedMemberTypes: z.array(z.string()),
});
const SERVICE = z.object({ id: z.string(), appRoles: z.array(APP_ROLE) });

/** The assignable application roles by value; a user role or a delegated scope of the same name has another id. */
export function applicationRoleIds(
  appRoles: readonly z.infer<typeof APP_ROLE>[],
  values: readonly string[],
): Record<string, string> {
  const usable = appRoles.filter((role) => role.isEnabled && role.allowedMemberTypes.includes("Application"));
  const ids = values.flatMap((value) => {
    const role = usable.find((candidate) => candidate.value === value);
    return role ? [[value, role.id] as const] : [];
  });
  return Object.fromEntries(ids);
}

/**
 * Looks a service up by its application id.
 * @throws ProblemError if the tenant does not contain it, or Graph does not answer
 */
export async function findService(
  access: TenantAccess,
  server: string | null,
  { appId, roles, name, purpose }: RequiredService,
): Promise<ResourceRoles> {
  const path = `servicePrincipals?$filter=${encodeURIComponent(`appId eq '${appId}'`)}&$select=id,appRoles`;
  try {
    const { value } = await new GraphClient(access).first(path, SERVICE);
    const [service] = value;
    if (!service) throw new ProblemError([diagnose("SERVICE_MISSING", server, { appId, name, purpose })]);
    return { appId, objectId: service.id, roles: applicationRoleIds(service.appRoles, roles) };
  } catch (error) {
    throw graphProblem(error, server, `service principal ${appId}`);
  }
}

export interface Caller {
  /** Object id of the caller's own service principal; null if its token does not contain it. */
  objectId: string | null;
  /** Whether its permissions cover only the applications that it owns. */
  ownsOnly: boolean;
}

/** The pipeline's identity, according to its own token. */
export async function readCaller(access: TenantAccess): Promise<Caller> {
  const { oid = null, roles = [] } = await new GraphClient(access).claims();
  const all = roles.includes("Application.ReadWrite.All");
  return { objectId: oid, ownsOnly: !all && roles.includes("Application.ReadWrite.OwnedBy") };
}
