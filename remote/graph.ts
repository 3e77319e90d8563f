/** What Graph knows about the application that carries a server's marker, and about its service principal. */
import { harmless } from "../model/text/encoders/harmless";
import { readCertificate } from "../model/certificate/certificate-policy";
import type {
  ObservedApplication,
  ObservedDirectoryObject,
  ObservedFederatedCredential,
  ObservedKey,
  ObservedNamesake,
  ObservedPrincipal,
  ObservedRoleAssignment,
  ObservedSecret,
} from "../model/server/observation";
import { diagnose, ProblemError } from "../model/diagnostics/diagnostic";
import { all, answered, GraphClient, GraphError, isForbidden, type Collection } from "./graph-client";
import type { TenantAccess } from "./tenant-access";

interface GraphKey {
  keyId: string;
  displayName: string | null;
  key: string | null;
  startDateTime: string;
  endDateTime: string;
}

interface GraphSecret {
  keyId: string;
  displayName: string | null;
  startDateTime?: string | null;
  endDateTime: string | null;
}

interface GraphApplication {
  id: string;
  appId: string;
  displayName: string;
  tags: string[];
  signInAudience: string;
  passwordCredentials: GraphSecret[];
  servicePrincipalLockConfiguration: { isEnabled?: boolean; allProperties?: boolean } | null;
}

interface GraphPrincipal {
  id: string;
  accountEnabled: boolean;
  keyCredentials: GraphKey[];
  passwordCredentials: GraphSecret[];
}

interface GraphDirectoryObject {
  id: string;
  userPrincipalName?: string | null;
  displayName?: string | null;
}

interface GraphAssignment {
  id: string;
  appRoleId: string;
  resourceId: string;
  resourceDisplayName: string | null;
}

interface GraphGrant {
  resourceId: string;
  scope: string;
}

const APPLICATION_PROPERTIES =
  "id,appId,displayName,tags,signInAudience,passwordCredentials,servicePrincipalLockConfiguration";

/** A failure of Graph as a problem that a person can act upon; anything else stays what it is. */
export function graphProblem(error: unknown, server: string | null, property: string): unknown {
  if (!(error instanceof GraphError)) return error;
  const code = error.forbidden ? "GRAPH_FORBIDDEN" : "GRAPH_UNAVAILABLE";
  return new ProblemError([diagnose(code, server, { property, actual: error.message })]);
}

/** A key may contain DER or, as the azuread provider writes it, PEM text; both in base64. */
function certificateOfKey(key: string): ReturnType<typeof readCertificate> {
  const bytes = Buffer.from(key, "base64");
  const pem = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/.exec(bytes.toString("latin1"));
  return readCertificate(pem ? Buffer.from(pem[1], "base64") : bytes);
}

function observedKey(key: GraphKey): ObservedKey {
  const certificate = key.key ? certificateOfKey(key.key) : null;
  return {
    keyId: key.keyId,
    sha256: certificate?.sha256 ?? null,
    subject: certificate?.subject ?? key.displayName ?? "",
    startDateTime: key.startDateTime,
    endDateTime: key.endDateTime,
  };
}

function observedSecret({ keyId, displayName, startDateTime, endDateTime }: GraphSecret): ObservedSecret {
  return { keyId, displayName: displayName ?? "", startDateTime: startDateTime ?? null, endDateTime };
}

export function observedObject({ id, userPrincipalName, displayName }: GraphDirectoryObject): ObservedDirectoryObject {
  return { id, name: userPrincipalName ?? displayName ?? id };
}

const observedFederation = ({ id, name, issuer, subject }: ObservedFederatedCredential) => ({
  ...{ id, name, issuer, subject },
});

const observedAssignment = (assignment: GraphAssignment): ObservedRoleAssignment => ({
  id: assignment.id,
  appRoleId: assignment.appRoleId,
  resourceId: assignment.resourceId,
  resourceName: assignment.resourceDisplayName ?? assignment.resourceId,
});

const scopesOf = ({ resourceId, scope }: GraphGrant) =>
  scope
    .split(" ")
    .filter((name) => name !== "")
    .map((name) => `${resourceId} ${name}`);

/**
 * Refuses applications without the pipeline among their owners if it may change only what it owns: the provider
 * makes them, takes the caller from the owners, and the pipeline cannot go on from there.
 */
async function checkOwnership(graph: GraphClient, server: string): Promise<void> {
  const roles = await graph.permissions();
  if (!roles || roles.includes("Application.ReadWrite.All") || !roles.includes("Application.ReadWrite.OwnedBy")) return;
  throw new ProblemError([diagnose("OWNERS_LOCK_OUT", server, {})]);
}

async function findMarked(graph: GraphClient, server: string, marker: string): Promise<GraphApplication | null> {
  const filter = encodeURIComponent(`tags/any(t:t eq '${marker.replace(/'/g, "''")}')`);
  const path = `applications?$filter=${filter}&$select=${APPLICATION_PROPERTIES}`;
  const { value } = await graph.get<Collection<GraphApplication>>(path);
  if (value.length <= 1) return value[0] ?? null;
  const appIds = value.map((application) => application.appId).join(", ");
  throw new ProblemError([diagnose("APPLICATION_AMBIGUOUS", server, { marker, appIds })]);
}

/**
 * Reads all applications of a name, which Entra compares without letter case. Names are no ids: several may have one.
 * @throws ProblemError GRAPH_FORBIDDEN or GRAPH_UNAVAILABLE
 */
export async function observeNamed(access: TenantAccess, server: string, name: string): Promise<ObservedNamesake[]> {
  const graph = new GraphClient(access);
  const filter = encodeURIComponent(`displayName eq '${name.replace(/'/g, "''")}'`);
  try {
    const found = await graph.get<Collection<GraphApplication>>(
      `applications?$filter=${filter}&$select=id,appId,displayName`,
    );
    return harmless(found.value.map(({ id, appId, displayName }) => ({ objectId: id, appId, displayName })));
  } catch (error) {
    throw graphProblem(error, server, "application in Entra");
  }
}

/** Related objects of an application, read as one request. Graph returns the bytes of keys for single objects only. */
async function readRelations(graph: GraphClient, { id, appId }: GraphApplication) {
  const principal = `servicePrincipals(appId='${appId}')`;
  const answers = await graph.batch([
    `applications/${id}?$select=id,keyCredentials`,
    `applications/${id}/owners`,
    `applications/${id}/federatedIdentityCredentials`,
    `${principal}?$select=id,accountEnabled,keyCredentials,passwordCredentials`,
    `${principal}/owners`,
    `${principal}/appRoleAssignments`,
    `${principal}/oauth2PermissionGrants`,
  ]);
  const [keys, owners, federations, shown, principalOwners, appRoles, grants] = answers;
  const application = {
    keys: answered<Pick<GraphPrincipal, "keyCredentials">>(keys).keyCredentials.map(observedKey),
    owners: (await all<GraphDirectoryObject>(graph, owners)).map(observedObject),
    federatedCredentials: (await all<ObservedFederatedCredential>(graph, federations)).map(observedFederation),
  };
  if (shown instanceof GraphError && shown.status === 404) return { ...application, principal: null };
  return {
    ...application,
    principal: {
      ...principalOf(answered(shown)),
      owners: (await all<GraphDirectoryObject>(graph, principalOwners)).map(observedObject),
      appRoles: (await all<GraphAssignment>(graph, appRoles)).map(observedAssignment),
      // Reading grants needs another permission than everything else here.
      delegatedScopes: isForbidden(grants) ? null : (await all<GraphGrant>(graph, grants)).flatMap(scopesOf),
    },
  };
}

function principalOf(
  principal: GraphPrincipal,
): Pick<ObservedPrincipal, "objectId" | "accountEnabled" | "keys" | "secrets"> {
  return {
    objectId: principal.id,
    accountEnabled: principal.accountEnabled,
    keys: principal.keyCredentials.map(observedKey),
    secrets: principal.passwordCredentials.map(observedSecret),
  };
}

async function observed(graph: GraphClient, application: GraphApplication): Promise<ObservedApplication> {
  const lock = application.servicePrincipalLockConfiguration;
  const relations = await readRelations(graph, application);
  // From here on no text of the tenant is raw; ids, hashes and declared names are the same either way.
  return harmless({
    objectId: application.id,
    appId: application.appId,
    displayName: application.displayName,
    tags: application.tags,
    signInAudience: application.signInAudience,
    secrets: application.passwordCredentials.map(observedSecret),
    lock: lock?.isEnabled === true && lock.allProperties === true,
    ...relations,
  });
}

/**
 * Reads an application by its application (client) id, with or without a marker.
 *
 * @returns null if the tenant has no such application
 * @throws ProblemError GRAPH_FORBIDDEN or GRAPH_UNAVAILABLE
 */
export async function findApplication(
  access: TenantAccess,
  server: string,
  appId: string,
): Promise<ObservedApplication | null> {
  const graph = new GraphClient(access);
  const filter = encodeURIComponent(`appId eq '${appId}'`);
  try {
    const path = `applications?$filter=${filter}&$select=${APPLICATION_PROPERTIES}`;
    const { value } = await graph.get<Collection<GraphApplication>>(path);
    return value.length === 0 ? null : await observed(graph, value[0]);
  } catch (error) {
    throw graphProblem(error, server, "application in Entra");
  }
}

/**
 * Reads the application with this marker in one request, and if it exists, its owners, federated credentials and
 * service principal in a second request.
 *
 * @param ownsNothing the pipeline is not to be among the owners; refused if that would lock it out
 * @returns null if Entra has none
 * @throws ProblemError OWNERS_LOCK_OUT, GRAPH_FORBIDDEN, GRAPH_UNAVAILABLE, or APPLICATION_AMBIGUOUS for several
 */
export async function observeApplication(
  access: TenantAccess,
  server: string,
  marker: string,
  ownsNothing = false,
): Promise<ObservedApplication | null> {
  const graph = new GraphClient(access);
  try {
    if (ownsNothing) await checkOwnership(graph, server);
    const application = await findMarked(graph, server, marker);
    return application && (await observed(graph, application));
  } catch (error) {
    throw graphProblem(error, server, "application in Entra");
  }
}
