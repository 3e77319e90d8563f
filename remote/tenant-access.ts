/**
 * How the tenant is reached: the same settings that the azuread provider uses, from its configuration or the ARM_*
 * environment, so that one declaration serves both.
 */
import { z } from "zod";
import type { AccessToken, TokenCredential } from "@azure/identity";
import { azureCloudProblem, chooseCloud } from "../model/tenant/cloud-choice";
import { CLOUDS, OIDC_AUDIENCE, type Cloud, type TenantEndpoints } from "../model/tenant/clouds";
import { diagnose, ProblemError } from "../model/diagnostics/diagnostic";
import { azureCliCloud } from "./azure-cli-cloud";
import { send } from "./http";
import { jsonOf, succeeded } from "./http-answer";
import { presentedBy, requestToken } from "./token-refusal";

/** Reads one setting: the azuread provider's name for it, and its environment variable. */
export type Setting = (name: string, variable: string) => string | undefined;

/** Tenant and credential as configured; creating it contacts no service. */
export interface TenantAccess {
  tenantId: string;
  /** The cloud that the tenant is in. */
  cloud: Cloud;
  /** Resolves endpoints and credential once, on the first call. */
  connect(): Promise<{ endpoints: TenantEndpoints; credential: TokenCredential }>;
}

const METADATA = z.object({
  name: z.string().optional(),
  authentication: z.object({ loginEndpoint: z.url() }),
  microsoftGraphResourceId: z.url(),
});

const FEDERATED_TOKEN = z.object({ value: z.string().min(1) });

/** Endpoints of a cloud, or those that a metadata host returns (the provider's `metadataHost`). */
async function findEndpoints(cloud: Cloud, metadataHost: string | undefined): Promise<TenantEndpoints> {
  if (!metadataHost) return CLOUDS[cloud];
  const url = `https://${metadataHost}/metadata/endpoints?api-version=2022-09-01`;
  const answer = await send({ method: "GET", url });
  if (!succeeded(answer)) throw new Error(`${url} answered ${answer.status}`);
  const metadata = METADATA.parse(jsonOf(answer));
  refuseOther("azuread:metadataHost", cloud, metadata.name);
  const slash = (text: string) => (text.endsWith("/") ? text : `${text}/`);
  return { login: slash(metadata.authentication.loginEndpoint), graph: slash(metadata.microsoftGraphResourceId) };
}

/** @throws ProblemError CLOUD_CONTRADICTED if what a run signs in with is set to another cloud than the stack */
function refuseOther(...of: Parameters<typeof azureCloudProblem>): void {
  const problem = azureCloudProblem(...of);
  if (problem) throw new ProblemError([problem]);
}

async function makeCredential(
  setting: Setting,
  { tenantId, cloud }: Pick<TenantAccess, "tenantId" | "cloud">,
  endpoints: TenantEndpoints,
  ownAuthority: boolean,
  onToken: (token: string) => void,
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
      return new identity.ClientAssertionCredential(
        tenantId,
        clientId,
        () => federatedToken(setting, onToken),
        options,
      );
    }
  }
  if (on("useMsi", "ARM_USE_MSI")) return new identity.ManagedIdentityCredential(clientId ? { clientId } : {});
  // A metadata host of one's own names no cloud of the Azure CLI.
  if (!ownAuthority) refuseOther("az cloud", cloud, azureCliCloud());
  return new identity.AzureCliCredential({ tenantId });
}

/** A token that expires sooner than this is renewed, so that none expires in transit. */
const REMAINING_SECONDS = 120;

/** How long callers that were challenged at the same time share the answer to the challenge. */
const CHALLENGE_SECONDS = 5;

/**
 * Lets a credential request one token per scope for all callers, including those that wait for the same request. A token
 * that was requested with the claims of a challenge takes the place of the one that was refused.
 *
 * @param presented what a federated token presented to Entra; null if there is none
 */
export function shareToken(credential: TokenCredential, presented: () => string | null = () => null): TokenCredential {
  const request = credential.getToken.bind(credential);
  const shared = new Map<string, { token: Promise<AccessToken | null>; usableUntil: number }>();
  credential.getToken = (scopes, { claims, abortSignal } = {}) => {
    const scope = String(scopes);
    const key = claims === undefined ? scope : `${scope} ${claims}`;
    const known = shared.get(key);
    if (known && known.usableUntil > Date.now()) return known.token;
    const options = { abortSignal, claims, enableCae: true };
    const asked = { token: requestToken(() => request(scopes, options), presented), usableUntil: Infinity };
    shared.set(key, asked);
    asked.token.then(
      (token) => {
        const usableUntil = (token?.expiresOnTimestamp ?? 0) - REMAINING_SECONDS * 1000;
        asked.usableUntil = usableUntil;
        if (claims === undefined) return;
        shared.set(scope, { ...asked, usableUntil });
        asked.usableUntil = Date.now() + CHALLENGE_SECONDS * 1000;
      },
      () => shared.delete(key),
    );
    return asked.token;
  };
  return credential;
}

/**
 * The workload's own token: given, in a file, or requested from the pipeline's service.
 * @param onToken takes it, so that a refusal can show what it presents
 */
async function federatedToken(setting: Setting, onToken: (token: string) => void): Promise<string> {
  const token = await findFederatedToken(setting);
  onToken(token);
  return token;
}

async function findFederatedToken(setting: Setting): Promise<string> {
  const token = setting("oidcToken", "ARM_OIDC_TOKEN");
  if (token) return token;
  const file = setting("oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH");
  if (file) return (await import("node:fs/promises")).readFile(file, "utf8");
  const url = setting("oidcRequestUrl", "ARM_OIDC_REQUEST_URL") ?? process.env.ACTIONS_ID_TOKEN_REQUEST_URL;
  const bearer = setting("oidcRequestToken", "ARM_OIDC_REQUEST_TOKEN") ?? process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
  if (!url || !bearer) throw new Error("no OIDC token, token file or request URL is configured");
  const request = new URL(url);
  // The provider leaves an audience alone that the URL names already; both must present the same token.
  if (!request.searchParams.get("audience")) request.searchParams.set("audience", OIDC_AUDIENCE);
  const headers = { authorization: `Bearer ${bearer}` };
  const answer = await send({ method: "GET", url: request.href, headers });
  if (!succeeded(answer)) throw new Error(`the pipeline's token service answered ${answer.status}`);
  return FEDERATED_TOKEN.parse(jsonOf(answer)).value;
}

/**
 * Finds tenant, cloud and credential.
 *
 * @param declared the stack's own `cloud`; null if it is left out
 * @param ownProvider a program may have an azuread provider of its own, whose environment no setting shows
 * @throws ProblemError TENANT_NOT_CONFIGURED if no tenant is configured: the tenant to change must never be a guess;
 *   CLOUD_CONTRADICTED, CLOUD_NOT_SUPPORTED or CONFIGURATION_INVALID if the provider's environment does not fit
 */
export function tenantAccess(setting: Setting, declared: Cloud | null, ownProvider = false): TenantAccess {
  // An id, or a domain.
  const tenantId = setting("tenantId", "ARM_TENANT_ID")?.toLowerCase();
  const metadataHost = setting("metadataHost", "ARM_METADATA_HOSTNAME");
  const environment = setting("environment", "ARM_ENVIRONMENT");
  const { cloud, problem } = chooseCloud(declared, environment, ownProvider || metadataHost !== undefined);
  const problems = [...(tenantId ? [] : [diagnose("TENANT_NOT_CONFIGURED", null, {})]), ...(problem ? [problem] : [])];
  if (!tenantId || problems.length > 0) throw new ProblemError(problems);
  let connection: ReturnType<TenantAccess["connect"]> | undefined;
  return {
    tenantId,
    cloud,
    connect: () =>
      (connection ??= findEndpoints(cloud, metadataHost).then(async (endpoints) => {
        let presented: string | null = null;
        const onToken = (token: string) => void (presented = presentedBy(token));
        const ownAuthority = metadataHost !== undefined;
        const credential = await makeCredential(setting, { tenantId, cloud }, endpoints, ownAuthority, onToken);
        return { endpoints, credential: shareToken(credential, () => presented) };
      })),
  };
}
