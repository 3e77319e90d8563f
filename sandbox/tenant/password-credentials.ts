/** Client secrets of applications and principals as Graph returns and removes them. */
import { recordCredentials } from "./audit";
import type { Application, PasswordCredential, Principal, Properties } from "./directory";
import { graphErrors } from "./graph-error";
import { callerOf, noContent, type GraphAnswer, type GraphRequest } from "./graph-request";

export function showPassword(credential: PasswordCredential): Properties {
  const { keyId, displayName, startDateTime, endDateTime } = credential;
  return { customKeyIdentifier: null, displayName, endDateTime, hint: null, keyId, secretText: null, startDateTime };
}

/** The remaining secrets after a body: it can remove some; only Graph creates new ones. */
export function keepPasswords(stored: PasswordCredential[], body: Properties): PasswordCredential[] {
  const entries = body.passwordCredentials as Properties[] | undefined;
  if (!entries) return stored;
  const ids = new Set(entries.map(({ keyId }) => keyId));
  const kept = stored.filter(({ keyId }) => ids.has(keyId));
  if (kept.length < entries.length) {
    throw graphErrors.badRequest("New password credentials must be generated with service actions.");
  }
  return kept;
}

/** The action removePassword, with the body `{keyId}`. */
export function removePassword(request: GraphRequest, from: Application | Principal): GraphAnswer {
  const { body, store, clock } = request;
  const keyId = String(body.keyId).toLowerCase();
  const others = from.passwordCredentials.filter((credential) => credential.keyId !== keyId);
  if (others.length === from.passwordCredentials.length) {
    throw graphErrors.badRequest(`No password credential found with keyId ${keyId}.`);
  }
  const former = { ...from };
  store.change(() => (from.passwordCredentials = others));
  recordCredentials(store, clock.now(), callerOf(request), from, former);
  return noContent;
}
