/** The sign-in of an emulated server's sync service to Entra: a real token request with the connector's certificate. */
import { SYNC_ROLE, SYNC_SERVICE_APP_ID } from "../../model/tenant/clouds";
import type { Machine } from "./machine";
import { certificatesByHash, keyOf } from "./machine-certificates";
import { mayUse, signWith } from "./machine-keys";
import type { MachineKey, StoredCertificate } from "./machine-state";
import { postForm, readTokenAnswer, tokenRequest } from "./token-client";
import type { CmdletOutcome } from "./windows";

export interface SignInContext {
  machine: Machine;
  now: Date;
  caFile: string;
  /** Limit in seconds. @default 15 */
  seconds?: number;
  /** The TPM signs with another salt length. @default false */
  wrongSalt?: boolean;
}

/** A certificate of the machine store with its key. */
export interface UsableCertificate {
  certificate: StoredCertificate;
  key: MachineKey;
}

const failed = (message: string): CmdletOutcome => ({ outcome: "failed", message });

/** The certificate with its key if the service account can use it, else the product's message. */
export function usableCertificate(machine: Machine, sha256: string, now: Date): UsableCertificate | string {
  const certificates = certificatesByHash(machine, sha256);
  const [certificate] = certificates;
  const hash = sha256.toUpperCase();
  if (certificates.length !== 1) {
    return `Found ${certificates.length} certificates with SHA256 hash ${hash} in LocalMachine\\My; exactly one is needed.`;
  }
  if (now < new Date(certificate.notBefore) || now > new Date(certificate.notAfter)) {
    return `The certificate ${hash} is not within its validity period.`;
  }
  const key = keyOf(machine, certificate);
  if (!key || key.dead) return `The private key of certificate ${hash} cannot be opened: ${key?.dead ?? "no key"}`;
  if (!mayUse(key, machine.state.service.accountSid)) {
    return `${machine.state.service.account} may not read the private key of certificate ${hash}: access is denied.`;
  }
  return { certificate, key };
}

/** The sync service requests a token; null if it received one that lets it synchronise. */
export async function signIn(
  { machine, now, caFile, seconds = 15, wrongSalt = false }: SignInContext,
  appId: string,
  found: UsableCertificate,
): Promise<CmdletOutcome | null> {
  const { serviceProxy, tenant } = machine.state;
  const { tokenEndpoint } = tenant;
  if (serviceProxy) return failed(`The sync service cannot connect to the remote server: ${serviceProxy.address}.`);
  const sign = (data: Buffer) => signWith(found.key, data, wrongSalt);
  const parts = { appId, certificateSha256: found.certificate.sha256, tokenEndpoint, now, sign };
  const form = tokenRequest(parts, SYNC_SERVICE_APP_ID);
  const answer = readTokenAnswer(await postForm(tokenEndpoint, form, caFile, seconds * 1000));
  if (answer.kind === "unavailable" && answer.reason.startsWith("no answer within")) {
    return { outcome: "timed-out", message: `The sync service got ${answer.reason} from ${tokenEndpoint}.` };
  }
  if (answer.kind !== "token") return failed(`The sync service could not sign in: ${answer.reason}`);
  if (!answer.roles.includes(SYNC_ROLE)) return failed(`The application ${appId} lacks the role ${SYNC_ROLE}.`);
  return null;
}

/** One sign-in with the connector's credential. */
export interface SignInAttempt {
  certificateSha256: string;
  /** Why it failed; null if it did not. */
  problem: string | null;
}

/**
 * Signs in with the connector's current credential.
 *
 * @returns null if the model cannot do that: a password account, or a certificate in the service account's own store
 */
export async function connectorSignIn(context: SignInContext): Promise<SignInAttempt | null> {
  const { machine, now } = context;
  const { appId, certificateSha256, parameters } = machine.state.connector;
  const ownStore = parameters.CertificateManagedBy === "EntraConnect";
  if (appId === null || certificateSha256 === null || ownStore) return null;
  const found = usableCertificate(machine, certificateSha256, now);
  if (typeof found === "string") return { certificateSha256, problem: found };
  return { certificateSha256, problem: (await signIn(context, appId, found))?.message ?? null };
}

/** Why the connector cannot sign in with its current credential; a credential out of reach counts as good. */
export async function signInProblem(context: SignInContext): Promise<string | null> {
  return (await connectorSignIn(context))?.problem ?? null;
}
