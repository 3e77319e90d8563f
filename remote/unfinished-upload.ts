/** What a cut-off upload left on an application, so that the same certificate can be uploaded again. */
import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { GraphClient } from "./graph-client";
import { KEYS_TO_WRITE } from "./graph-objects";
import type { TenantAccess } from "./tenant-access";

type Key = z.infer<typeof KEYS_TO_WRITE>["keyCredentials"][number];

/**
 * Gives the entry that has this id another one, in one change: its certificate can sign in before, during and after it. The
 * guard removes the entry as soon as the certificate has the declared id again.
 *
 * Needed as azuread refuses to add an id that exists, and an entry without its certificate cannot be imported.
 *
 * @param application object id
 * @param keyId the id that is declared
 * @returns whether there was such an entry
 * @throws GraphError
 */
export async function releaseKeyId(access: TenantAccess, application: string, keyId: string): Promise<boolean> {
  const graph = new GraphClient(access);
  const path = `applications/${application}`;
  const { keyCredentials } = await graph.get(`${path}?$select=id,keyCredentials`, KEYS_TO_WRITE, { existing: true });
  const isLeft = (entry: Key) => entry.keyId === keyId;
  if (!keyCredentials.some((entry) => isLeft(entry) && entry.key)) return false;
  const renamed = keyCredentials.map((entry) => (isLeft(entry) ? { ...entry, keyId: randomUUID() } : entry));
  await graph.change("PATCH", path, { keyCredentials: renamed }, { existing: true, fromRead: true });
  return true;
}
