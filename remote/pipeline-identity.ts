/** The pipeline's identity and permissions, according to its own token and its own application. */
import { z } from "zod";
import { GRAPH_APP_ID } from "../model/tenant/pipeline-permissions";
import { harmless } from "../model/text/encoders/harmless";
import { GraphClient } from "./graph-client";
import type { TenantAccess } from "./tenant-access";

export interface PipelineIdentity {
  /** Application (client) id; null if the token does not contain it. */
  appId: string | null;
  /** Application permissions for Microsoft Graph in the token; null for a user's token, or if it cannot be read. */
  roles: string[] | null;
  /**
   * Ids of the permissions that its application requires, with or without consent; null if this tenant has no
   * application with that id (a managed identity has none), or if it may not be read.
   */
  requested: string[] | null;
  /** Why applications could not be read; null if they could. */
  readProblem: string | null;
}

const REQUESTS = z.object({
  requiredResourceAccess: z.array(
    z.object({
      resourceAppId: z.string(),
      resourceAccess: z.array(z.object({ id: z.string(), type: z.string() })),
    }),
  ),
});

/**
 * Reads the identity of the pipeline.
 * @throws Error if no token is issued
 */
export async function readPipelineIdentity(access: TenantAccess): Promise<PipelineIdentity> {
  const { appid, azp, roles = [], scp } = await new GraphClient(access).claims();
  const appId = appid ?? azp ?? null;
  const known = { appId, roles: scp !== undefined || appId === null ? null : roles };
  // An id of another form would change the filter; without an id in the token, the match does not matter.
  const filter = encodeURIComponent(`appId eq '${(appId ?? GRAPH_APP_ID).replace(/[^0-9a-f-]/gi, "")}'`);
  try {
    const path = `applications?$filter=${filter}&$select=id,requiredResourceAccess`;
    const { value } = await new GraphClient(access).first(path, REQUESTS);
    const asked = value[0]?.requiredResourceAccess.filter(({ resourceAppId }) => resourceAppId === GRAPH_APP_ID);
    const ids = asked?.flatMap(({ resourceAccess }) => resourceAccess.filter(({ type }) => type === "Role"));
    return { ...known, requested: ids?.map(({ id }) => id) ?? null, readProblem: null };
  } catch (error) {
    return { ...known, requested: null, readProblem: harmless((error as Error).message.split("\n")[0]) };
  }
}
