/**
 * Client assertions of workloads: tokens of another token service, accepted if a federated credential of the app
 * names exactly their issuer, subject and audience. Token services use real time.
 */
import { createPublicKey } from "node:crypto";
import { decodeJwt, jwtVerify } from "jose";
import type { Application } from "./directory";
import type { TenantStore } from "./store";
import { tokenErrors } from "./token-error";

function claimsOf(assertion: string): { iss: string; sub: string; aud: string } {
  try {
    const { iss = "", sub = "", aud = "" } = decodeJwt(assertion);
    return { iss, sub, aud: String(aud) };
  } catch {
    return { iss: "", sub: "", aud: "" };
  }
}

/** Whether an assertion is the token of another service: the issuer of an application's own is the application. */
export function isFederated(application: Application, assertion: string): boolean {
  const { iss } = claimsOf(assertion);
  return iss.startsWith("https://") && iss !== application.appId;
}

/** @throws TokenError if no credential matches, or the issuer did not sign the token */
export async function checkFederated(
  { store }: { store: TenantStore },
  application: Application,
  assertion: string,
): Promise<void> {
  const { iss, sub, aud } = claimsOf(assertion);
  const trusted = application.federatedIdentityCredentials.some(
    ({ issuer, subject, audiences }) =>
      issuer === iss && subject === sub && Array.isArray(audiences) && audiences.includes(aud),
  );
  const key = store.data.workloadIssuers[iss];
  if (!trusted || key === undefined) throw tokenErrors.federationUnknown(iss, sub, aud);
  try {
    await jwtVerify(assertion, createPublicKey(key), {
      issuer: iss,
      subject: sub,
      audience: aud,
      requiredClaims: ["exp"],
    });
  } catch (error) {
    throw tokenErrors.assertionMalformed((error as Error).message);
  }
}
