/**
 * Client assertions of applications: PS256 with x5t#S256, as Entra Connect signs them. Assertion and certificate are
 * checked against the sandbox's clock, because sync servers use that clock.
 */
import { X509Certificate } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from "jose";
import type { Clock } from "../surroundings/clock";
import { issuer } from "./access-token";
import type { Application, KeyCredential } from "./directory";
import { checkFederated, isFederated } from "./federation";
import type { TenantStore } from "./store";
import { tokenErrors, type TokenError } from "./token-error";

/** `client_assertion_type` of a JWT (RFC 7523). */
export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** How far the caller's clock may be off, in seconds. */
const CLOCK_TOLERANCE = 300;

/** Longest life of a client assertion that is accepted, in seconds. Entra documents no limit and advises 600. */
const LONGEST_ASSERTION = 24 * 3600;

export interface AssertionContext {
  store: TenantStore;
  clock: Clock;
  /** `https://localhost:<port>`. */
  origin: string;
  /** Whether a write at that time, in real milliseconds, is already visible. */
  sees(writtenAt: number): boolean;
}

/** The stored credential that an assertion's header identifies. */
function signingCredential(context: AssertionContext, application: Application, assertion: string): KeyCredential {
  let header;
  try {
    header = decodeProtectedHeader(assertion);
  } catch {
    throw tokenErrors.assertionMalformed("token format is not proper");
  }
  if (header.alg !== "PS256") throw tokenErrors.algorithmRefused(String(header.alg));
  const thumbprint = header["x5t#S256"];
  if (typeof thumbprint !== "string") throw tokenErrors.thumbprintMissing();
  const hash = Buffer.from(thumbprint, "base64url").toString("hex");
  const credential = application.keyCredentials.find(({ sha256 }) => sha256 === hash);
  if (!credential || !context.sees(credential.writtenAt))
    throw tokenErrors.keyUnknown(application.appId, hash.toUpperCase());
  const now = context.clock.now();
  if (now < new Date(credential.startDateTime) || now > new Date(credential.endDateTime)) {
    throw tokenErrors.keyOutOfDate(application.appId);
  }
  return credential;
}

/** The token endpoint's error if jose refuses an assertion. */
function refusal(error: unknown, appId: string, now: Date): TokenError {
  if (error instanceof errors.JWSSignatureVerificationFailed) return tokenErrors.signatureInvalid(appId);
  const current = `Current time: ${now.toISOString()}`;
  if (error instanceof errors.JWTExpired) return tokenErrors.outOfTime(`${current}, expired.`);
  if (error instanceof errors.JWTClaimValidationFailed && error.reason === "check_failed") {
    if (error.claim === "nbf") return tokenErrors.outOfTime(`${current}, not valid yet.`);
    if (error.claim === "aud") return tokenErrors.audienceWrong();
    if (error.claim === "iss" || error.claim === "sub") return tokenErrors.subjectWrong();
  }
  return tokenErrors.assertionMalformed((error as Error).message);
}

/**
 * Verifies a client assertion and records its use.
 * @throws TokenError if anything about it is invalid
 */
export async function checkAssertion(
  context: AssertionContext,
  application: Application,
  assertion: string,
): Promise<void> {
  const { store, clock, origin } = context;
  if (isFederated(application, assertion)) return checkFederated(context, application, assertion);
  const { der } = signingCredential(context, application, assertion);
  const { tenantId, domain } = store.data;
  const options = {
    algorithms: ["PS256"],
    audience: [tenantId, domain].flatMap((tenant) => [`${origin}/${tenant}/oauth2/v2.0/token`, issuer(origin, tenant)]),
    issuer: application.appId,
    subject: application.appId,
    currentDate: clock.now(),
    clockTolerance: CLOCK_TOLERANCE,
    requiredClaims: ["exp", "jti"],
  };
  try {
    await jwtVerify(assertion, new X509Certificate(Buffer.from(der, "base64")).publicKey, options);
  } catch (error) {
    throw refusal(error, application.appId, clock.now());
  }
  const { exp, nbf, iat, jti } = decodeJwt(assertion);
  const now = Math.floor(clock.now().getTime() / 1000);
  if (exp! - (nbf ?? iat ?? now) > LONGEST_ASSERTION) {
    throw tokenErrors.outOfTime(`It may live ${LONGEST_ASSERTION} seconds at most.`);
  }
  if (!store.useAssertion(`${application.appId} ${jti}`, exp! + CLOCK_TOLERANCE, now)) {
    throw tokenErrors.assertionReplayed();
  }
}
