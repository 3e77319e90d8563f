/** Who the pipeline is and what it may do, as its own token and its own application tell it. */
import { GRAPH_APP_ID } from "../model/tenant/pipeline-permissions";
import { harmless } from "../model/text/encoders/harmless";
import { GraphClient, type Collection } from "./graph-client";
import type { TenantAccess } from "./tenant-access";

export interface PipelineIdentity {
  /** Application (client) id; null where the token does not tell. */
  appId: string | null;
  /** Application permissions of Microsoft Graph in the token; null in a user's token, or one that cannot be read. */
  roles: string[] | null;
  /**
   * Ids of the permissions that its application asks for, consented to or not; null where this tenant holds no
   * application of that id (a managed identity has none), or it may not be read.
   */
  requested: string[] | null;
  /** Why applications could not be read; null where they could. */
  readProblem: string | null;
}

interface Claims {
  appid?: string;
  azp?: string;
  roles?: string[];
  scp?: string;
}

interface GraphApplication {
  requiredResourceAccess: { resourceAppId: string; resourceAccess: { id: string; type: string }[] }[];
}

/** The claims of a token; empty where it is no JWT. Its signature is not ours to check. */
export function claimsOf(token: string): Claims {
  try {
    return harmless(JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString("utf8")) as Claims);
  } catch {
    return {};
  }
}

/**
 * Reads who the pipeline is.
 * @throws Error where no token is issued
 */
export async function readPipelineIdentity(access: TenantAccess): Promise<PipelineIdentity> {
  const { endpoints, credential } = await access.connect();
  const token = await credential.getToken(`${endpoints.graph}.default`);
  if (!token) throw new Error("no token was issued");
  const { appid, azp, roles = [], scp } = claimsOf(token.token);
  const appId = appid ?? azp ?? null;
  const known = { appId, roles: scp !== undefined || appId === null ? null : roles };
  // An id of another form would change the filter; what it matches does not matter where the token tells none.
  const filter = encodeURIComponent(`appId eq '${(appId ?? GRAPH_APP_ID).replace(/[^0-9a-f-]/gi, "")}'`);
  try {
    const path = `applications?$filter=${filter}&$select=id,requiredResourceAccess`;
    const { value } = await new GraphClient(access).get<Collection<GraphApplication>>(path);
    const asked = value[0]?.requiredResourceAccess.filter(({ resourceAppId }) => resourceAppId === GRAPH_APP_ID);
    const ids = asked?.flatMap(({ resourceAccess }) => resourceAccess.filter(({ type }) => type === "Role"));
    return { ...known, requested: ids?.map(({ id }) => id) ?? null, readProblem: null };
  } catch (error) {
    return { ...known, requested: null, readProblem: harmless((error as Error).message.split("\n")[0]) };
  }
}
