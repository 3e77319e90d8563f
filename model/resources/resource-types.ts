/** Pulumi's names for the types of resources that a server is made of. States hold them: they never change. */
const OWN = "connect-sync-identity:index";
/** What the type of a dynamic resource begins with, which makes the engine start the SDK's own provider for it. */
const DYNAMIC = "pulumi-nodejs:dynamic/connect-sync-identity";

export const RESOURCE_TYPES = {
  identities: `${OWN}:SyncIdentities`,
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

/** The kinds whose rules are this project's own, as a TypeScript program registers them. */
type OwnKind = typeof RESOURCE_TYPES.server | typeof RESOURCE_TYPES.guard | typeof RESOURCE_TYPES.roleGuard;

/** The same kinds as this project's own provider serves them, for programs in any language. */
export const SERVED_TYPES: Readonly<Record<OwnKind, string>> = {
  [RESOURCE_TYPES.server]: `${OWN}:SyncServer`,
  [RESOURCE_TYPES.guard]: `${OWN}:CredentialGuard`,
  [RESOURCE_TYPES.roleGuard]: `${OWN}:SyncRoleGuard`,
};

const BY_SERVED_TYPE = new Map(Object.entries(SERVED_TYPES).map(([dynamic, served]) => [served, dynamic]));

/** The name of a kind in {@link RESOURCE_TYPES}, whichever program registered the resource. */
export const kindOf = (type: string): string => BY_SERVED_TYPE.get(type) ?? type;

const COMPONENTS: readonly string[] = [RESOURCE_TYPES.identities, RESOURCE_TYPES.identity, RESOURCE_TYPES.entra];

/** Whether a type is a component of this package, not a resource. */
export const isComponentType = (type: string) => COMPONENTS.includes(type);
