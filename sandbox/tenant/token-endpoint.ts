/**
 * The OAuth 2.0 token endpoint, client credentials only. A client secret is judged in real time; a client assertion, and
 * the certificate behind it, by the sandbox's clock, as sync servers live by that one.
 */
import { X509Certificate } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import type { Clock } from "../clock";
import type { Faults } from "../faults";
import { issueToken, issuer, TOKEN_SECONDS, type Caller } from "./access-token";
import type { Application, Principal } from "./directory";
import { TokenError } from "./graph-error";
import { SYNC_SERVICE } from "./seed";
import type { TenantStore } from "./store";

/** How long after a write the token endpoint does not see it, under the fault `replication-lag`; milliseconds. */
const REPLICATION_LAG = 3000;
/** Longest life of a client assertion that is accepted, in seconds. */
const LONGEST_ASSERTION = 24 * 3600;
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

export interface TokenContext {
  store: TenantStore;
  clock: Clock;
  faults: Faults;
  /** `https://localhost:<port>`. */
  origin: string;
  graphResource: string;
}

export type Form = Record<string, string | undefined>;

/** Whether what was written then is seen by now. */
function replicated(context: TokenContext, writtenAt: number): boolean {
  return !context.faults.holds("tenant", "replication-lag") || Date.now() - writtenAt >= REPLICATION_LAG;
}

function findClient(
  context: TokenContext,
  clientId: string | undefined,
): { application: Application; principal: Principal } {
  if (!clientId)
    throw new TokenError("invalid_request", 900144, "The request body must contain the parameter 'client_id'.", 400);
  const { store } = context;
  const application = store.applicationById(clientId);
  const principal = store.principalByAppId(clientId);
  if (!application || !principal || !replicated(context, principal.writtenAt)) {
    const message = `Application with identifier '${clientId}' was not found in the directory '${store.data.domain}'.`;
    throw new TokenError("unauthorized_client", 700016, message, 400);
  }
  if (principal.properties.accountEnabled === false) {
    throw new TokenError("unauthorized_client", 7000112, `Application '${clientId}' is disabled.`, 400);
  }
  return { application, principal };
}

function checkSecret(context: TokenContext, application: Application, secret: string): void {
  const credential = application.passwordCredentials.find((known) => context.store.secretMatches(known, secret));
  if (!credential) {
    throw new TokenError("invalid_client", 7000215, `Invalid client secret provided for app '${application.appId}'.`);
  }
  if (new Date(credential.endDateTime) <= new Date()) {
    throw new TokenError(
      "invalid_client",
      7000222,
      `The provided client secret keys for app '${application.appId}' are expired.`,
    );
  }
}

const unknownKey = (appId: string, reason: string) =>
  new TokenError(
    "invalid_client",
    700027,
    `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - ${reason} App id '${appId}'.]`,
  );

function signingKey(context: TokenContext, application: Application, assertion: string) {
  let header;
  try {
    header = decodeProtectedHeader(assertion);
  } catch {
    throw new TokenError("invalid_client", 50027, "Invalid JWT token: it is malformed.", 400);
  }
  if (header.alg !== "PS256")
    throw unknownKey(application.appId, `Client assertion algorithm '${header.alg}' is not PS256.`);
  const hash =
    typeof header["x5t#S256"] === "string" ? Buffer.from(header["x5t#S256"], "base64url").toString("hex") : "";
  const credential = application.keyCredentials.find(({ sha256 }) => sha256 === hash);
  if (!credential || !replicated(context, credential.writtenAt))
    throw unknownKey(application.appId, "The key was not found.");
  const now = context.clock.now();
  if (now < new Date(credential.startDateTime) || now > new Date(credential.endDateTime)) {
    throw unknownKey(application.appId, "The key used is expired.");
  }
  return new X509Certificate(Buffer.from(credential.der, "base64")).publicKey;
}

async function checkAssertion(context: TokenContext, application: Application, assertion: string): Promise<void> {
  const { store, clock, origin } = context;
  const key = signingKey(context, application, assertion);
  const { tenantId, domain } = store.data;
  const audience = [tenantId, domain].flatMap((tenant) => [
    `${origin}/${tenant}/oauth2/v2.0/token`,
    issuer(origin, tenant),
  ]);
  const options = {
    algorithms: ["PS256"],
    audience,
    issuer: application.appId,
    subject: application.appId,
    currentDate: clock.now(),
  };
  try {
    await jwtVerify(assertion, key, { ...options, requiredClaims: ["exp", "jti"] });
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      throw unknownKey(application.appId, "The key was found, but use of the key to verify the signature failed.");
    }
    if (
      error instanceof errors.JWTExpired ||
      (error instanceof errors.JWTClaimValidationFailed && ["nbf", "iat"].includes(error.claim))
    ) {
      const now = clock.now().toISOString();
      throw new TokenError(
        "invalid_client",
        700024,
        `Client assertion is not within its valid time range. Current time: ${now}.`,
      );
    }
    throw new TokenError("invalid_client", 50027, `Invalid JWT token: ${(error as Error).message}.`);
  }
  const { exp, nbf, iat, jti } = decodeJwt(assertion);
  const now = Math.floor(clock.now().getTime() / 1000);
  if (exp! - (nbf ?? iat ?? now) > LONGEST_ASSERTION) {
    throw new TokenError("invalid_client", 700024, "Client assertion is valid for too long.");
  }
  if (!store.useAssertion(`${application.appId} ${jti}`, exp!, now)) {
    throw new TokenError(
      "invalid_client",
      700025,
      "Client assertion was used before; its jti must be new in every request.",
    );
  }
}

/** The resource of a scope such as `<app id or URI>/.default`. */
function findResource(context: TokenContext, scope: string | undefined): { principal: Principal; audience: string } {
  const target = scope
    ?.replace(/\/?\/\.default$/, "")
    .replace(/\.default$/, "")
    .replace(/\/$/, "");
  if (!scope?.endsWith(".default") || !target) {
    throw new TokenError(
      "invalid_request",
      1002012,
      "The provided value for scope is not valid. Client credential flows must have a scope value with /.default.",
      400,
    );
  }
  const appId = `${target}/` === context.graphResource ? "00000003-0000-0000-c000-000000000000" : target;
  const principal = context.store.principalByAppId(appId);
  if (!principal) {
    const message = `The resource principal named ${target} was not found in the tenant named ${context.store.data.domain}.`;
    throw new TokenError("invalid_resource", 500011, message, 400);
  }
  return { principal, audience: target };
}

/** Answers one token request. */
export async function answerToken(context: TokenContext, tenant: string, form: Form): Promise<object> {
  const { store, faults } = context;
  if (![store.data.tenantId, store.data.domain].includes(tenant.toLowerCase())) {
    throw new TokenError("invalid_request", 90002, `Tenant '${tenant}' not found.`, 400);
  }
  if (form.grant_type !== "client_credentials") {
    throw new TokenError(
      "invalid_request",
      70003,
      `The app requested an unsupported grant type '${form.grant_type}'.`,
      400,
    );
  }
  const { application, principal } = findClient(context, form.client_id);
  if (form.client_assertion !== undefined) {
    if (form.client_assertion_type !== ASSERTION_TYPE) {
      throw new TokenError(
        "invalid_request",
        90014,
        "The required field 'client_assertion_type' is missing or wrong.",
        400,
      );
    }
    await checkAssertion(context, application, form.client_assertion);
  } else if (form.client_secret) {
    checkSecret(context, application, form.client_secret);
  } else {
    throw new TokenError(
      "invalid_client",
      7000218,
      "The request body must contain 'client_assertion' or 'client_secret'.",
    );
  }
  const resource = findResource(context, form.scope);
  const held = store
    .rolesOf(principal.id, resource.principal)
    .filter(({ writtenAt }) => replicated(context, writtenAt));
  const withheld = resource.principal.appId === SYNC_SERVICE.appId && faults.strikes("tenant", "role-missing");
  const roles = withheld ? [] : held.map(({ value }) => value);
  const caller: Caller = { objectId: principal.id, appId: application.appId, roles };
  const access_token = await issueToken(store, context.origin, resource.audience, caller);
  return { token_type: "Bearer", expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS, access_token };
}
