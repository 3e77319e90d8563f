/** The content of a new tenant: Microsoft's own services, and the pipeline's own application. */
import type { User } from "./directory";
import { CLOUD_NAMES, type SandboxCloud } from "./cloud-names";
import { GRAPH_ROLES, GRAPH_SERVICE, PASSWORD_RESET_SERVICE, SYNC_SERVICE } from "./services";
import type { TenantStore } from "./store";

/** The permissions for onboarding, and those for what the guard reads in addition. */
const PIPELINE_ROLES = [
  "Application.ReadWrite.OwnedBy",
  "Application.Read.All",
  "AppRoleAssignment.ReadWrite.All",
  "RoleManagement.Read.Directory",
  "AuditLog.Read.All",
  "User.Read.All",
  "Policy.Read.All",
  "Organization.Read.All",
];
const YEAR = 365 * 86_400_000;

export interface TenantSeed {
  tenantId: string;
  domain: string;
  /** @default "global" */
  cloud?: SandboxCloud;
  pipeline: { appId: string; secret: string; displayName: string };
  /** Graph permissions of the pipeline. @default {@link PIPELINE_ROLES} */
  pipelineRoles?: string[];
  /** Whether the tenant has the password reset service; some lack it. @default true */
  passwordReset?: boolean;
  /** Users, who may own applications. @default none */
  users?: User[];
}

/** Fills a new tenant. */
export function seedTenant(store: TenantStore, seed: TenantSeed): void {
  const now = new Date();
  const { cloud = "global" } = seed;
  store.name(seed.tenantId.toLowerCase(), seed.domain, cloud);
  store.change((directory) => directory.users.push(...(seed.users ?? [])));
  const addService = ({ appId, displayName }: { appId: string; displayName: string }, roles: typeof GRAPH_ROLES) =>
    store.addPrincipal(appId, { displayName }, [], [...roles]);
  const graph = addService(GRAPH_SERVICE, GRAPH_ROLES);
  const sync = addService(SYNC_SERVICE, [SYNC_SERVICE.role]);
  store.change(() => sync.oauth2PermissionScopes.push(SYNC_SERVICE.scope));
  if (seed.passwordReset ?? true) {
    const appId = CLOUD_NAMES[cloud].passwordResetAppId;
    addService({ ...PASSWORD_RESET_SERVICE, appId }, PASSWORD_RESET_SERVICE.roles);
  }
  const { appId, secret, displayName } = seed.pipeline;
  const application = store.addApplication({ displayName, signInAudience: "AzureADMyOrg", tags: [] }, [], appId);
  const startDateTime = now.toISOString();
  const endDateTime = new Date(now.getTime() + YEAR).toISOString();
  store.addSecret(application, secret, { displayName: "pipeline", startDateTime, endDateTime });
  const principal = store.addPrincipal(appId, { displayName }, []);
  for (const value of seed.pipelineRoles ?? PIPELINE_ROLES) {
    const known = GRAPH_ROLES.find((candidate) => candidate.value === value);
    if (!known) throw new Error(`the emulated Microsoft Graph has no application permission ${value}`);
    store.assign(principal.id, graph.id, known.id, now);
  }
}
