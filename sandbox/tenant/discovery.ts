/** What a tenant publishes for clients before they request a token: cloud metadata, OpenID configuration, keys. */
import type { FastifyInstance } from "fastify";
import { issuer, publicKeys } from "./access-token";
import type { TenantStore } from "./store";
import { CLOUD_NAMES } from "./cloud-names";
import { OTHER_TENANT } from "./other-tenant";
import { checkTenant } from "./token-endpoint";

/** @param origin `https://localhost:<port>`, known once the server listens */
export function addDiscovery(server: FastifyInstance, store: TenantStore, origin: () => string): void {
  server.get("/metadata/endpoints", async () => ({
    name: CLOUD_NAMES[store.data.cloud].metadata,
    portal: `${origin()}/portal`,
    authentication: {
      loginEndpoint: `${origin()}/`,
      audiences: [`${origin()}/management`],
      tenant: "common",
      identityProvider: "AAD",
    },
    resourceManager: `${origin()}/management/`,
    microsoftGraphResourceId: `${origin()}/`,
    suffixes: {},
  }));
  server.get("/common/discovery/instance", async () => ({
    tenant_discovery_endpoint: `${origin()}/${store.data.tenantId}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [
      {
        preferred_network: new URL(origin()).host,
        preferred_cache: new URL(origin()).host,
        aliases: [new URL(origin()).host],
      },
    ],
  }));
  server.get<{ Params: { tenant: string } }>("/:tenant/v2.0/.well-known/openid-configuration", async (request) => {
    const { tenant } = request.params;
    const isOther = tenant.toLowerCase() === OTHER_TENANT.domain;
    if (!isOther) checkTenant(store, tenant);
    const base = `${origin()}/${tenant}`;
    return {
      issuer: issuer(origin(), isOther ? OTHER_TENANT.tenantId : store.data.tenantId),
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
      response_types_supported: ["token"],
      subject_types_supported: ["pairwise"],
      cloud_instance_name: CLOUD_NAMES[store.data.cloud].instance,
      msgraph_host: CLOUD_NAMES[store.data.cloud].graphHost,
      id_token_signing_alg_values_supported: ["RS256"],
    };
  });
  for (const path of ["/:tenant/discovery/v2.0/keys", "/common/discovery/keys"]) {
    server.get(path, async () => publicKeys(store));
  }
}
