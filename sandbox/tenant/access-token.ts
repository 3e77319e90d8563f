/** Access tokens of the emulated tenant: signed by its own key, in real time because plugins use real time. */
import { createPrivateKey, createPublicKey, randomUUID } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { graphErrors } from "./graph-error";
import { GRAPH_SERVICE } from "./services";
import type { TenantStore } from "./store";

/** Lifetime of an access token in seconds. */
export const TOKEN_SECONDS = 3599;
/** The claim that a challenge of continuous access evaluation wants: a token issued after a time. */
export const CHALLENGED_CLAIM = "nbf";
const KEY_ID = "emulated-tenant";

/** The caller of a Graph request, according to its token. */
export interface Caller {
  /** Object id of the service principal. */
  objectId: string;
  appId: string;
  roles: string[];
  /** The token was asked for with the claims of a challenge. */
  challenged?: boolean;
}

export function issuer(origin: string, tenantId: string): string {
  return `${origin}/${tenantId}/v2.0`;
}

export function issueToken(store: TenantStore, origin: string, audience: string, caller: Caller): Promise<string> {
  const { tenantId, signingKey } = store.data;
  const claims = {
    oid: caller.objectId,
    sub: caller.objectId,
    appid: caller.appId,
    azp: caller.appId,
    appidacr: "1",
    idtyp: "app",
    tid: tenantId,
    ver: "1.0",
    uti: randomUUID(),
    ...(caller.challenged ? { challenged: true } : {}),
    // Entra omits the claim if an application holds no role.
    ...(caller.roles.length > 0 ? { roles: caller.roles } : {}),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: KEY_ID })
    .setIssuer(issuer(origin, tenantId))
    .setAudience(audience)
    .setIssuedAt()
    .setNotBefore("0s")
    .setExpirationTime(`${TOKEN_SECONDS}s`)
    .sign(createPrivateKey(signingKey));
}

/**
 * The caller that a bearer token for Graph identifies.
 * @param origin `https://localhost:<port>`
 * @throws GraphError 401 if the token is missing, invalid, for another resource or expired, or its caller is deleted
 */
export async function readCaller(
  store: TenantStore,
  origin: string,
  authorization: string | undefined,
): Promise<Caller> {
  const token = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
  if (!token) throw graphErrors.unauthenticated("Access token is empty.");
  const { tenantId, signingKey } = store.data;
  const options = {
    audience: [origin, GRAPH_SERVICE.appId, store.graphUri],
    issuer: issuer(origin, tenantId),
    algorithms: ["RS256"],
  };
  let payload;
  try {
    ({ payload } = await jwtVerify(token, createPublicKey(createPrivateKey(signingKey)), options));
  } catch (error) {
    throw graphErrors.unauthenticated(`Access token validation failure. ${(error as Error).message}`);
  }
  const { oid, appid, roles = [], challenged = false } = payload as Partial<Caller> & { oid: string; appid: string };
  if (!store.principal(oid)) throw graphErrors.callerGone();
  return { objectId: oid, appId: appid, roles, challenged };
}

/** The tenant's public signing key, as its keys endpoint returns it. */
export function publicKeys(store: TenantStore): object {
  const jwk = createPublicKey(createPrivateKey(store.data.signingKey)).export({ format: "jwk" });
  return { keys: [{ ...jwk, kid: KEY_ID, use: "sig", alg: "RS256" }] };
}
