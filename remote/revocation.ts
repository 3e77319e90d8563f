/** Revocation: removes all key credentials of a server's application at once, and adds a tag that records it. */
import { z } from "zod";
import { harmless } from "../model/text/encoders/harmless";
import { setTimeout as sleep } from "node:timers/promises";
import { isRevocation, revocationTag } from "../model/server/labels";
import { diagnose, ProblemError, type Diagnostic } from "../model/diagnostics/diagnostic";
import { GraphClient } from "./graph-client";
import { GraphError } from "./graph-error";
import type { TenantAccess } from "./tenant-access";
import { signInProblem } from "./token-refusal";

/** The application was observed before. */
const EXISTING = { existing: true };

/** A new value may not be visible everywhere yet. */
const READS = 5;
const SECONDS_BETWEEN_READS = 1;

/** A key credential that was removed. */
export interface RevokedKey {
  keyId: string;
  displayName: string | null;
}

const CREDENTIALS = z.object({
  tags: z.array(z.string()),
  keyCredentials: z.array(z.object({ keyId: z.string(), displayName: z.string().nullable() })),
});

function failure(server: string, appId: string, error: GraphError): Diagnostic {
  const code = error.forbidden ? "REVOKE_FORBIDDEN" : "REVOKE_FAILED";
  return diagnose(code, server, { actual: error.message, appId });
}

const incomplete = (server: string, actual: string) => diagnose("REVOCATION_INCOMPLETE", server, { actual });

/**
 * Removes every key credential and writes the tag in one change; other tags remain.
 *
 * @param generation the newest revoked generation: a later generation brings the server back
 * @returns what was removed, and the tag
 * @throws ProblemError REVOKE_FORBIDDEN, REVOKE_FAILED or REVOCATION_INCOMPLETE
 */
export async function revokeCredentials(
  access: TenantAccess,
  { server, objectId, appId, generation }: { server: string; objectId: string; appId: string; generation: number },
  now: Date,
): Promise<{ removed: RevokedKey[]; tag: string }> {
  const graph = new GraphClient(access);
  const path = `applications/${objectId}`;
  const read = () => graph.get(`${path}?$select=id,tags,keyCredentials`, CREDENTIALS, EXISTING);
  const tag = revocationTag(generation, now);
  try {
    const before = await read();
    const tags = [...before.tags.filter((other) => !isRevocation(other)), tag];
    await graph.change("PATCH", path, { keyCredentials: [], tags }, EXISTING);
    for (let count = 1; ; count += 1) {
      const after = await read();
      if (after.keyCredentials.length === 0 && after.tags.includes(tag)) {
        const removed = before.keyCredentials.map(({ keyId, displayName }) => ({ keyId, displayName }));
        return { removed: harmless(removed), tag };
      }
      if (count === READS) {
        const left = harmless(after.keyCredentials.map(({ keyId }) => `key ${keyId}`));
        const actual = [...left, ...(after.tags.includes(tag) ? [] : ["no tag"])].join(", ");
        throw new ProblemError([incomplete(server, actual)]);
      }
      await sleep(SECONDS_BETWEEN_READS * 1000);
    }
  } catch (error) {
    if (error instanceof GraphError) throw new ProblemError([failure(server, appId, error)], { cause: error });
    throw signInProblem(error, server) ?? error;
  }
}
