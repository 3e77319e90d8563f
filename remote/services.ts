/** Microsoft services of a tenant with the application roles that servers need, and the pipeline's identity. */
import { diagnose, ProblemError } from "../model/diagnostics/diagnostic";
import type { RequiredService } from "../model/tenant/clouds";
import { GraphClient, type Collection } from "./graph-client";
import { graphProblem } from "./graph";
import type { TenantAccess } from "./tenant-access";

/** A service by its object id, with the ids of roles by value; a role that it does not define is absent. */
export interface ResourceRoles {
  appId: string;
  objectId: string;
  /** Declared roles, by value. */
  roles: Record<string, string>;
}

interface GraphService {
  id: string;
  appRoles: { id: string; value: string; isEnabled: boolean; allowedMemberTypes: string[] }[];
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
    const { value } = await new GraphClient(access).get<Collection<GraphService>>(path);
    const [service] = value;
    if (!service) throw new ProblemError([diagnose("SERVICE_MISSING", server, { appId, name, purpose })]);
    // A delegated scope may have the same name; only roles for applications count.
    const usable = service.appRoles.filter((role) => role.isEnabled && role.allowedMemberTypes.includes("Application"));
    const ids = roles.flatMap((role) => usable.filter(({ value: name }) => name === role).map(({ id }) => [role, id]));
    return { appId, objectId: service.id, roles: Object.fromEntries(ids) as Record<string, string> };
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
  const { endpoints, credential } = await access.connect();
  const token = await credential.getToken(`${endpoints.graph}.default`);
  try {
    const payload = Buffer.from(token!.token.split(".")[1], "base64url").toString("utf8");
    const { oid = null, roles = [] } = JSON.parse(payload) as { oid?: string; roles?: string[] };
    const all = roles.includes("Application.ReadWrite.All");
    return { objectId: oid, ownsOnly: !all && roles.includes("Application.ReadWrite.OwnedBy") };
  } catch {
    return { objectId: null, ownsOnly: false };
  }
}
