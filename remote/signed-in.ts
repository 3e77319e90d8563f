/** Who reads the tenant: the holder of the token, with the name that Entra has for it. */
import { z } from "zod";
import { harmless } from "../model/text/encoders/harmless";
import { GraphClient } from "./graph-client";
import type { TenantAccess } from "./tenant-access";

export interface SignedIn {
  /** Object id of the service principal or user. */
  objectId: string;
  kind: "application" | "user";
  /** Display name of an application, sign-in name of a user; null if it could not be read. */
  name: string | null;
}

const NAMED = z.object({ displayName: z.string().nullish() });

/**
 * Reads it. A user's name is in the token; an application's is in the directory, and in some tokens.
 * @returns null if no token is issued, or it does not say whose it is
 */
export async function observeSignedIn(access: TenantAccess): Promise<SignedIn | null> {
  const graph = new GraphClient(access);
  const claims = await graph.claims().catch(() => null);
  if (!claims?.oid) return null;
  const { oid: objectId, scp, upn, unique_name, app_displayname } = claims;
  if (scp !== undefined) return { objectId, kind: "user", name: upn ?? unique_name ?? claims.name ?? null };
  const path = `servicePrincipals/${encodeURIComponent(objectId)}?$select=displayName`;
  const read = await graph.get(path, NAMED).catch(() => null);
  return { objectId, kind: "application", name: harmless(read?.displayName ?? null) ?? app_displayname ?? null };
}
