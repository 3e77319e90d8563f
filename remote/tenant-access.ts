/**
 * How the tenant is reached: the same settings that the azuread provider uses, from its configuration or the ARM_*
 * environment, so that one declaration serves both.
 */
import { encodeLines } from "../model/text/encoders/text";
import type { AccessToken, TokenCredential } from "@azure/identity";
import { CLOUDS, type Cloud, type TenantEndpoints } from "../model/tenant/clouds";
import { diagnose, ProblemError } from "../model/diagnostics/diagnostic";

/** Reads one setting: the azuread provider's name for it, and its environment variable. */
export type Setting = (name: string, variable: string) => string | undefined;

/** Tenant and credential as configured; creating it contacts no service. */
export interface TenantAccess {
  tenantId: string;
  /** Resolves endpoints and credential once, on the first call. */
  connect(): Promise<{ endpoints: TenantEndpoints; credential: TokenCredential }>;
}

const METADATA_SECONDS = 15;

/** Endpoints of a cloud, or those that a metadata host returns (the provider's `metadataHost`). */
async function findEndpoints(cloud: Cloud, metadataHost: string | undefined): Promise<TenantEndpoints> {
  if (!metadataHost) return CLOUDS[cloud];
  const url = `https://${metadataHost}/metadata/endpoints?api-version=2022-09-01`;
  const response = await fetch(url, { signal: AbortSignal.timeout(METADATA_SECONDS * 1000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const metadata = (await response.json()) as {
    authentication: { loginEndpoint: string };
    microsoftGraphResourceId: string;
  };
  const slash = (text: string) => (text.endsWith("/") ? text : `${text}/`);
  return { login: slash(metadata.authentication.loginEndpoint), graph: slash(metadata.microsoftGraphResourceId) };
}

async function makeCredential(
  setting: Setting,
  tenantId: string,
  endpoints: TenantEndpoints,
  ownAuthority: boolean,
): Promise<TokenCredential> {
  // Loaded late: it takes a third of a second, during which the observation over SSH runs.
  const identity = await import("@azure/identity");
  const options = { authorityHost: endpoints.login.replace(/\/$/, ""), disableInstanceDiscovery: ownAuthority };
  const clientId = setting("clientId", "ARM_CLIENT_ID");
  const on = (name: string, variable: string) => setting(name, variable) === "true";
  if (clientId) {
    const secret = setting("clientSecret", "ARM_CLIENT_SECRET");
    if (secret) return new identity.ClientSecretCredential(tenantId, clientId, secret, options);
    const certificatePath = setting("clientCertificatePath", "ARM_CLIENT_CERTIFICATE_PATH");
    if (certificatePath)
      return new identity.ClientCertificateCredential(tenantId, clientId, { certificatePath }, options);
    if (on("useOidc", "ARM_USE_OIDC")) {
      const connection = setting("adoPipelineServiceConnectionId", "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID");
      const bearer = setting("oidcRequestToken", "ARM_OIDC_REQUEST_TOKEN") ?? process.env.SYSTEM_ACCESSTOKEN;
      // The token service of Azure Pipelines has its own format; the library supports it (SYSTEM_OIDCREQUESTURI).
      if (connection && bearer) {
        return new identity.AzurePipelinesCredential(tenantId, clientId, connection, bearer, options);
      }
      return new identity.ClientAssertionCredential(tenantId, clientId, () => federatedToken(setting), options);
    }
  }
  if (on("useMsi", "ARM_USE_MSI")) return new identity.ManagedIdentityCredential(clientId ? { clientId } : {});
  return new identity.AzureCliCredential({ tenantId });
}

/** A token that expires sooner than this is renewed, so that none expires in transit. */
const REMAINING_SECONDS = 120;

/** Lets a credential request one token per scope for all callers, including those that wait for the same request. */
export function shareToken(credential: TokenCredential): TokenCredential {
  const request = credential.getToken.bind(credential);
  // What a token service says of a refusal are words of others, which a run that fails prints.
  const ask: TokenCredential["getToken"] = (scopes) =>
    request(scopes).catch((error: Error) => {
      error.message = encodeLines(error.message);
      throw error;
    });
  const shared = new Map<string, { token: Promise<AccessToken | null>; usableUntil: number }>();
  credential.getToken = (scopes) => {
    const scope = String(scopes);
    const known = shared.get(scope);
    if (known && known.usableUntil > Date.now()) return known.token;
    const asked = { token: ask(scopes), usableUntil: Infinity };
    shared.set(scope, asked);
    asked.token.then(
      (token) => (asked.usableUntil = (token?.expiresOnTimestamp ?? 0) - REMAINING_SECONDS * 1000),
      () => shared.delete(scope),
    );
    return asked.token;
  };
  return credential;
}

/** The workload's own token: given, in a file, or requested from the pipeline's service. */
async function federatedToken(setting: Setting): Promise<string> {
  const token = setting("oidcToken", "ARM_OIDC_TOKEN");
  if (token) return token;
  const file = setting("oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH");
  if (file) return (await import("node:fs/promises")).readFile(file, "utf8");
  const url = setting("oidcRequestUrl", "ARM_OIDC_REQUEST_URL") ?? process.env.ACTIONS_ID_TOKEN_REQUEST_URL;
  const bearer = setting("oidcRequestToken", "ARM_OIDC_REQUEST_TOKEN") ?? process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
  if (!url || !bearer) throw new Error("no OIDC token, token file or request URL is configured");
  const request = new URL(url);
  request.searchParams.set("audience", "api://AzureADTokenExchange");
  const response = await fetch(request, { headers: { authorization: `Bearer ${bearer}` } });
  if (!response.ok) throw new Error(`the pipeline's token service answered ${response.status}`);
  return ((await response.json()) as { value: string }).value;
}

/**
 * Finds tenant and credential.
 * @throws ProblemError TENANT_NOT_CONFIGURED if no tenant is configured: the tenant to change must never be a guess
 */
export function tenantAccess(setting: Setting, cloud: Cloud): TenantAccess {
  // An id, or a domain.
  const tenantId = setting("tenantId", "ARM_TENANT_ID")?.toLowerCase();
  if (!tenantId) throw new ProblemError([diagnose("TENANT_NOT_CONFIGURED", null, {})]);
  const metadataHost = setting("metadataHost", "ARM_METADATA_HOSTNAME");
  let connection: ReturnType<TenantAccess["connect"]> | undefined;
  return {
    tenantId,
    connect: () =>
      (connection ??= findEndpoints(cloud, metadataHost).then(async (endpoints) => ({
        endpoints,
        credential: shareToken(await makeCredential(setting, tenantId, endpoints, metadataHost !== undefined)),
      }))),
  };
}
