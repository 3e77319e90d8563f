/** What a tenant of each cloud is called by, as Microsoft documents it: apart from the product's own table, which it checks. */

/** A cloud that a sandbox can be in, as the azuread provider's `environment` names it. */
export type SandboxCloud = "global" | "usgovernment" | "usgovernmentl5" | "china";

interface CloudNames {
  /** `name` in Azure's metadata. */
  metadata: string;
  /** `cloud_instance_name` and `msgraph_host` of the OpenID configuration. */
  instance: string;
  graphHost: string;
  passwordResetAppId: string;
}

const ARLINGTON = { metadata: "AzureUSGovernment", instance: "microsoftonline.us" };
const ARLINGTON_RESET = "2e5ecfc8-ea79-48bd-8140-c19324acb278";
const RESET = "93625bc8-bfe2-437a-97e0-3d0060024faa";

export const CLOUD_NAMES: Readonly<Record<SandboxCloud, CloudNames>> = {
  global: {
    ...{ metadata: "AzureCloud", instance: "microsoftonline.com", graphHost: "graph.microsoft.com" },
    passwordResetAppId: RESET,
  },
  usgovernment: { ...ARLINGTON, graphHost: "graph.microsoft.us", passwordResetAppId: ARLINGTON_RESET },
  usgovernmentl5: { ...ARLINGTON, graphHost: "dod-graph.microsoft.us", passwordResetAppId: ARLINGTON_RESET },
  china: {
    ...{ metadata: "AzureChinaCloud", instance: "partner.microsoftonline.cn" },
    ...{ graphHost: "microsoftgraph.chinacloudapi.cn", passwordResetAppId: RESET },
  },
};

export const SANDBOX_CLOUDS = Object.keys(CLOUD_NAMES) as SandboxCloud[];
