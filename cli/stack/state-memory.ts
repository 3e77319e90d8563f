/** What state remembers of a server and of the guards: what a preview would hold the same observation against. */
import type { CredentialGuardState } from "../../model/guard/guard-state";
import type { ServerState } from "../../model/server/server-facts";
import { resourcesOf, serversIn, SYNC_SERVER, typeAndName } from "../stack/stack-server";
import type { StateResource } from "../stack/stack-context";

const CREDENTIAL_GUARD = "pulumi-nodejs:dynamic/connect-sync-identity:CredentialGuard";
const ROLE_GUARD = "pulumi-nodejs:dynamic/connect-sync-identity:SyncRoleGuard";
const APPLICATION_CERTIFICATE = "azuread:index/applicationCertificate:ApplicationCertificate";
const SERVICE_PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal";

export interface RememberedServer {
  /** Undefined where state does not know the server. */
  server: ServerState | undefined;
  guard: CredentialGuardState | undefined;
  /** Ids of the key credentials that are this server's. */
  keys: string[];
  /** Object ids of its service principal. */
  principals: string[];
}

const ofType = (resources: readonly StateResource[], type: string) =>
  resources.filter((resource) => typeAndName(resource.urn).type === type);

/** The inputs of the one resource of a type that is not on its way out. */
function inputsOf<T>(resources: readonly StateResource[], type: string): T | undefined {
  return ofType(resources, type).find((resource) => !resource.delete)?.inputs as T | undefined;
}

const outputs = (resources: readonly StateResource[], type: string, name: string) =>
  ofType(resources, type).flatMap((resource) => {
    const value = resource.outputs?.[name];
    return typeof value === "string" ? [value] : [];
  });

/** What state remembers of a server, under its former name where it was renamed since. */
export function remembered(state: readonly StateResource[], name: string, renamedFrom: string | null) {
  const own = resourcesOf(name, state);
  const resources = own.length === 0 && renamedFrom !== null ? resourcesOf(renamedFrom, state) : own;
  const guard = inputsOf<CredentialGuardState>(resources, CREDENTIAL_GUARD);
  const found: RememberedServer = {
    server: inputsOf<ServerState>(resources, SYNC_SERVER),
    guard,
    keys: [...(guard?.keys ?? []), ...outputs(resources, APPLICATION_CERTIFICATE, "keyId")],
    principals: outputs(resources, SERVICE_PRINCIPAL, "objectId"),
  };
  return found;
}

/** Object ids of the principals that state knew as declared servers' in the last run. */
export function rememberedPrincipals(state: readonly StateResource[]): string[] {
  return inputsOf<{ principals?: string[] }>(state, ROLE_GUARD)?.principals ?? [];
}

/** Servers that state still holds and that are not declared any more, under no name. */
export function leavingServers(
  state: readonly StateResource[],
  declared: readonly { name: string; renamedFrom: string | null }[],
): string[] {
  const known = declared.flatMap(({ name, renamedFrom }) => (renamedFrom === null ? [name] : [name, renamedFrom]));
  return serversIn(state)
    .filter((name) => !known.includes(name))
    .sort();
}
