/** What a new emulated tenant holds: Microsoft's principals and the pipeline's own application. */
import { randomUUID } from "node:crypto";
import type { AppRole } from "./directory";
import type { TenantStore } from "./store";

const role = (id: string, value: string): AppRole => ({
  id,
  value,
  displayName: value,
  description: value,
  isEnabled: true,
  allowedMemberTypes: ["Application"],
});

export const GRAPH_SERVICE = { appId: "00000003-0000-0000-c000-000000000000", displayName: "Microsoft Graph" };

/** Graph's application permissions that the tenant knows, with their ids (permissions reference of Microsoft Graph). */
export const GRAPH_ROLES: readonly AppRole[] = [
  role("18a4783c-866b-4cc7-a460-3d5e5662c884", "Application.ReadWrite.OwnedBy"),
  role("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", "Application.ReadWrite.All"),
  role("9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", "Application.Read.All"),
  role("06b708a9-e830-4db3-a914-8e69da51d44f", "AppRoleAssignment.ReadWrite.All"),
  role("7ab1d382-f21e-4acd-a863-ba3e13f7da61", "Directory.Read.All"),
];

/** The service that is synchronised into: the application role and the delegated scope share a name, not an id. */
export const SYNC_SERVICE = {
  appId: "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016",
  displayName: "Microsoft Entra AD Synchronization Service",
  role: role("ab43b826-2c7a-4aff-9ecd-d0629d0ca6a9", "ADSynchronization.ReadWrite.All"),
  scope: {
    id: "0b41ed4d-5f52-442b-8952-ea7d90719860",
    value: "ADSynchronization.ReadWrite.All",
    type: "Admin",
    isEnabled: true,
    adminConsentDisplayName: "Synchronise identities",
    adminConsentDescription: "Synchronise identities",
  },
};

/** The password reset service. Its role ids are made up here: they are looked up by value everywhere. */
export const PASSWORD_RESET_SERVICE = {
  appId: "93625bc8-bfe2-437a-97e0-3d0060024faa",
  displayName: "Microsoft password reset service",
  roles: [
    "PasswordWriteback.OffboardClient.All",
    "PasswordWriteback.RegisterClientVersion.All",
    "PasswordWriteback.RefreshClient.All",
  ],
};

/** What the pipeline may do: the least that onboarding needs. */
const PIPELINE_ROLES = ["Application.ReadWrite.OwnedBy", "Application.Read.All", "AppRoleAssignment.ReadWrite.All"];
const YEAR = 365 * 86_400_000;

export interface TenantSeed {
  tenantId: string;
  domain: string;
  pipeline: { appId: string; secret: string; displayName: string };
  /** Graph permissions of the pipeline. @default {@link PIPELINE_ROLES} */
  pipelineRoles?: string[];
  /** Whether the password reset service is there; some tenants lack it. @default true */
  passwordReset?: boolean;
}

/** Fills a new tenant. */
export function seedTenant(store: TenantStore, seed: TenantSeed): void {
  const now = new Date();
  store.name(seed.tenantId, seed.domain);
  const graph = store.addPrincipal(
    GRAPH_SERVICE.appId,
    { displayName: GRAPH_SERVICE.displayName },
    [],
    [...GRAPH_ROLES],
  );
  const sync = store.addPrincipal(
    SYNC_SERVICE.appId,
    { displayName: SYNC_SERVICE.displayName },
    [],
    [SYNC_SERVICE.role],
  );
  store.change(() => sync.oauth2PermissionScopes.push(SYNC_SERVICE.scope));
  if (seed.passwordReset ?? true) {
    const roles = PASSWORD_RESET_SERVICE.roles.map((value) => role(randomUUID(), value));
    store.addPrincipal(PASSWORD_RESET_SERVICE.appId, { displayName: PASSWORD_RESET_SERVICE.displayName }, [], roles);
  }
  const { appId, secret, displayName } = seed.pipeline;
  const application = store.addApplication({ displayName, signInAudience: "AzureADMyOrg", tags: [] }, [], appId);
  store.setSecret(application, secret, new Date(now.getTime() + YEAR).toISOString());
  const principal = store.addPrincipal(appId, { displayName }, []);
  for (const value of seed.pipelineRoles ?? PIPELINE_ROLES) {
    const known = GRAPH_ROLES.find((candidate) => candidate.value === value);
    if (!known) throw new Error(`the emulated Microsoft Graph has no application permission ${value}`);
    store.assign(principal.id, graph.id, known.id, now);
  }
}
