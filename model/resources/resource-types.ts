/** Pulumi's names for the types of resources that a server is made of. States hold them: they never change. */
const OWN = "connect-sync-identity:index";
/** What the type of a dynamic resource begins with, which makes the engine start the SDK's own provider for it. */
const DYNAMIC = "pulumi-nodejs:dynamic/connect-sync-identity";

export const RESOURCE_TYPES = {
  identity: `${OWN}:ConnectSyncIdentity`,
  entra: `${OWN}:EntraApplication`,
  server: `${DYNAMIC}:SyncServer`,
  guard: `${DYNAMIC}:CredentialGuard`,
  roleGuard: `${DYNAMIC}:SyncRoleGuard`,
  application: "azuread:index/application:Application",
  principal: "azuread:index/servicePrincipal:ServicePrincipal",
  assignment: "azuread:index/appRoleAssignment:AppRoleAssignment",
  credential: "azuread:index/applicationCertificate:ApplicationCertificate",
  command: "command:remote:Command",
  copy: "command:remote:CopyToRemote",
} as const;

/** Whether a type is a component of this package, not a resource. */
export const isComponentType = (type: string) => type.startsWith(`${OWN}:`);
