/** The OAuth 2.0 token endpoint, client credentials only. Client secrets use real time, because plugins do. */
import type { Clock } from "../surroundings/clock";
import type { Faults } from "../surroundings/faults";
import { CHALLENGED_CLAIM, issueToken, TOKEN_SECONDS } from "./access-token";
import { ASSERTION_TYPE, checkAssertion } from "./client-assertion";
import type { Application, Principal } from "./directory";
import { GRAPH_SERVICE, SYNC_SERVICE } from "./services";
import type { TenantStore } from "./store";
import { tokenErrors } from "./token-error";

/** How long after a write the token endpoint does not see it, under the fault `replication-lag`; real milliseconds. */
const REPLICATION_LAG = 3000;

export interface TokenContext {
  store: TenantStore;
  clock: Clock;
  faults: Faults;
  /** `https://localhost:<port>`. */
  origin: string;
}

export type Form = Record<string, string | undefined>;

/** One token request. */
interface TokenRequest extends TokenContext {
  /** Whether a write at that time, in real milliseconds, is already visible. */
  sees(writtenAt: number): boolean;
}

/** With the fault, a request that reads anything fresh is one matching operation. */
function replicationOf(faults: Faults): (writtenAt: number) => boolean {
  let lags: boolean | undefined;
  return (writtenAt) => {
    if (Date.now() - writtenAt >= REPLICATION_LAG) return true;
    lags ??= faults.strikes("tenant", "replication-lag");
    return !lags;
  };
}

/** @throws TokenError if the path names another tenant */
export function checkTenant({ data }: TenantStore, name: string): void {
  const lower = name.toLowerCase();
  if (lower === data.tenantId || lower === data.domain.toLowerCase()) return;
  const plausible =
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lower) || /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(lower);
  throw plausible ? tokenErrors.tenantUnknown(name) : tokenErrors.tenantMalformed(name);
}

function required(form: Form, name: string): string {
  const value = form[name];
  if (!value) throw tokenErrors.parameterMissing(name);
  return value;
}

function findClient(request: TokenRequest, clientId: string): { application: Application; principal: Principal } {
  const { store } = request;
  const application = store.applicationById(clientId);
  if (!application) throw tokenErrors.applicationUnknown(clientId, store.data.domain);
  const principal = store.principalByAppId(clientId);
  if (!principal || !request.sees(principal.writtenAt)) throw tokenErrors.principalMissing(clientId);
  if (principal.properties.accountEnabled === false) throw tokenErrors.applicationDisabled(clientId);
  return { application, principal };
}

function checkSecret({ store }: TokenContext, application: Application, secret: string): void {
  const credential = application.passwordCredentials.find((known) => store.secretMatches(known, secret));
  if (!credential) throw tokenErrors.secretInvalid(application.appId);
  if (new Date(credential.endDateTime) <= new Date()) throw tokenErrors.secretExpired(application.appId);
}

async function authenticate(request: TokenRequest, application: Application, form: Form): Promise<void> {
  if (form.client_assertion) {
    if (form.client_assertion_type !== ASSERTION_TYPE) throw tokenErrors.assertionTypeWrong();
    return checkAssertion(request, application, form.client_assertion);
  }
  if (!form.client_secret) throw tokenErrors.credentialMissing();
  checkSecret(request, application, form.client_secret);
}

/** The resource of a scope such as `<app id or URI>/.default`; the part before `/.default` becomes the audience. */
function findResource({ store, origin }: TokenContext, scope: string): { principal: Principal; audience: string } {
  const match = /^(\S+?)\/*\/\.default$/.exec(scope.trim());
  if (!match) throw tokenErrors.scopeWrong(scope);
  const audience = match[1];
  const isGraph = [origin, store.graphUri].includes(audience.toLowerCase());
  const principal = store.principalByAppId(isGraph ? GRAPH_SERVICE.appId : audience);
  if (!principal) throw tokenErrors.resourceUnknown(audience, store.data.domain);
  return { principal, audience };
}

/**
 * Answers one token request.
 * @throws TokenError with Entra's number
 */
export async function answerToken(context: TokenContext, tenant: string, form: Form): Promise<object> {
  const { store, faults } = context;
  if (faults.strikes("tenant", "sign-in-busy")) throw tokenErrors.busy();
  checkTenant(store, tenant);
  const grant = required(form, "grant_type");
  if (grant !== "client_credentials") throw tokenErrors.grantUnsupported(grant);
  const clientId = required(form, "client_id");
  const scope = required(form, "scope");
  const request = { ...context, sees: replicationOf(faults) };
  const { application, principal } = findClient(request, clientId);
  await authenticate(request, application, form);
  const resource = findResource(context, scope);
  const forGraph = resource.principal.appId === GRAPH_SERVICE.appId;
  if (forGraph && faults.strikes("tenant", "conditional-access")) throw tokenErrors.blocked();
  const held = store.rolesOf(principal.id, resource.principal).filter(({ writtenAt }) => request.sees(writtenAt));
  const withheld = resource.principal.appId === SYNC_SERVICE.appId && faults.strikes("tenant", "role-missing");
  const access_token = await issueToken(store, context.origin, resource.audience, {
    objectId: principal.id,
    appId: application.appId,
    roles: withheld ? [] : held.map(({ value }) => value),
    challenged: (form.claims ?? "").includes(CHALLENGED_CLAIM),
  });
  return { token_type: "Bearer", expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS, access_token };
}
