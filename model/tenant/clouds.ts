/** Clouds of Microsoft Entra, the endpoints in them, and the two Microsoft services that a sync server talks to. */

/** What differs from cloud to cloud; every address ends in a slash. */
interface CloudRow {
  /** The authority: tokens are requested here, and their issuer is `<authority><tenant id>/v2.0`. */
  login: string;
  /** Microsoft Graph: its address, and the resource that a token for it names. */
  graph: string;
  /** Where a person sees applications and audit logs. */
  portal: string;
  /** The Azure CLI's name (`az cloud set --name`), which Azure's own metadata publishes as well. */
  azureName: string;
  passwordResetAppId: string;
}

const US_GOVERNMENT = {
  ...{ login: "https://login.microsoftonline.us/", portal: "https://entra.microsoft.us/" },
  ...{ azureName: "AzureUSGovernment", passwordResetAppId: "2e5ecfc8-ea79-48bd-8140-c19324acb278" },
};

/** Names as the azuread provider's `environment` knows them. */
export const CLOUDS = {
  global: {
    ...{ login: "https://login.microsoftonline.com/", graph: "https://graph.microsoft.com/" },
    ...{ portal: "https://entra.microsoft.com/", azureName: "AzureCloud" },
    passwordResetAppId: "93625bc8-bfe2-437a-97e0-3d0060024faa",
  },
  usgovernment: { ...US_GOVERNMENT, graph: "https://graph.microsoft.us/" },
  usgovernmentl5: { ...US_GOVERNMENT, graph: "https://dod-graph.microsoft.us/" },
  china: {
    ...{ login: "https://login.chinacloudapi.cn/", graph: "https://microsoftgraph.chinacloudapi.cn/" },
    ...{ portal: "https://portal.azure.cn/", azureName: "AzureChinaCloud" },
    passwordResetAppId: "93625bc8-bfe2-437a-97e0-3d0060024faa",
  },
} as const satisfies Record<string, CloudRow>;

/**
 * The audience of a pipeline's own token, the same in every cloud: the azuread provider requests it by this name, and a
 * federated credential names exactly one.
 */
export const OIDC_AUDIENCE = "api://AzureADTokenExchange";

/** A cloud of Microsoft Entra: `"global"`, `"usgovernment"`, `"usgovernmentl5"` or `"china"`. */
export type Cloud = keyof typeof CLOUDS;

/** Microsoft Entra AD Synchronization Service, the same in all clouds. */
export const SYNC_SERVICE_APP_ID = "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016";

/** The application role that lets a server synchronise. Looked up by value: its id differs from the delegated scope's. */
export const SYNC_ROLE = "ADSynchronization.ReadWrite.All";

/** The application roles of the password reset service that password writeback needs. */
export const PASSWORD_WRITEBACK_ROLES = [
  "PasswordWriteback.OffboardClient.All",
  "PasswordWriteback.RegisterClientVersion.All",
  "PasswordWriteback.RefreshClient.All",
] as const;

/** The sign-in audience of an application that serves one tenant. */
export const SINGLE_TENANT = "AzureADMyOrg";

/** A Microsoft service of a tenant, and what servers need of it. */
export interface RequiredService {
  appId: string;
  roles: readonly string[];
  name: string;
  /** What a server needs it for. */
  purpose: string;
}

/** Microsoft's services that a server talks to, with the roles that its application needs in each. */
export function requiredServices(cloud: Cloud, passwordWriteback: boolean): RequiredService[] {
  const sync = {
    ...{ appId: SYNC_SERVICE_APP_ID, roles: [SYNC_ROLE] },
    ...{ name: "Microsoft Entra AD Synchronization Service", purpose: "synchronisation" },
  };
  const passwordReset = {
    ...{ appId: CLOUDS[cloud].passwordResetAppId, roles: PASSWORD_WRITEBACK_ROLES },
    ...{ name: "Microsoft password reset service", purpose: "password writeback" },
  };
  return passwordWriteback ? [sync, passwordReset] : [sync];
}

/** Where a tenant's tokens and directory are; every URL ends in a slash. */
export interface TenantEndpoints {
  login: string;
  graph: string;
}

/** The OAuth 2.0 v2.0 token endpoint of a tenant. */
export function tokenEndpoint(endpoints: TenantEndpoints, tenantId: string): string {
  return `${endpoints.login}${tenantId}/oauth2/v2.0/token`;
}

/** A text with addresses of the global Microsoft Graph, as another cloud has them. */
export function inCloud(text: string, cloud: Cloud): string {
  return text.replaceAll(CLOUDS.global.graph, CLOUDS[cloud].graph);
}
