/** What Graph knows about the application that carries a server's marker, and about its service principal. */
import type { z } from "zod";
import { harmless } from "../model/text/encoders/harmless";
import type { ObservedCertificate } from "../model/certificate/observed-certificate";
import { readCertificate, withoutBytes } from "../model/certificate/certificate-policy";
import type {
  ObservedApplication,
  ObservedDirectoryObject,
  ObservedKey,
  ObservedNamesake,
  ObservedPrincipal,
  ObservedRoleAssignment,
  ObservedSecret,
} from "../model/server/observation";
import { diagnose, ProblemError } from "../model/diagnostics/diagnostic";
import { all, answered, GraphClient, isForbidden } from "./graph-client";
import { GraphError } from "./graph-error";
import {
  APPLICATION,
  DIRECTORY_OBJECT,
  FEDERATED_CREDENTIAL,
  GRANT,
  isLocked,
  type KEY,
  KEYS,
  PRINCIPAL,
  ROLE_ASSIGNMENT,
  type SECRET,
} from "./graph-objects";
import type { TenantAccess } from "./tenant-access";
import { signInProblem } from "./token-refusal";

type GraphKey = z.infer<typeof KEY>;
type GraphApplication = z.infer<typeof APPLICATION>;

const APPLICATION_PROPERTIES =
  "id,appId,displayName,tags,signInAudience,passwordCredentials,servicePrincipalLockConfiguration";

/** A failure of Graph, or of the sign-in there, as a problem that a person can act upon; anything else stays what it is. */
export function graphProblem(error: unknown, server: string | null, property: string): unknown {
  if (!(error instanceof GraphError)) return signInProblem(error, server) ?? error;
  return new ProblemError([diagnose(codeOf(error), server, { property, actual: error.message })]);
}

function codeOf({ forbidden, unauthenticated, kind }: GraphError) {
  if (forbidden) return "GRAPH_FORBIDDEN";
  if (unauthenticated) return "GRAPH_TOKEN_REFUSED";
  return kind === "invalid" ? "GRAPH_ANSWER_INVALID" : "GRAPH_UNAVAILABLE";
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

/** The certificates of those keys that have their bytes. */
function certificatesOf(keys: readonly GraphKey[]): ObservedCertificate[] {
  return keys.flatMap(({ key }) => (key ? (certificateOfKey(key) ?? []) : [])).map(withoutBytes);
}

function observedSecret({ displayName, ...secret }: z.infer<typeof SECRET>): ObservedSecret {
  return { ...secret, displayName: displayName ?? "" };
}

export function observedObject({
  id,
  userPrincipalName,
  displayName,
}: {
  id: string;
  userPrincipalName?: string | null;
  displayName?: string | null;
}): ObservedDirectoryObject {
  return { id, name: userPrincipalName ?? displayName ?? id };
}

const observedAssignment = (assignment: z.infer<typeof ROLE_ASSIGNMENT>): ObservedRoleAssignment => ({
  id: assignment.id,
  appRoleId: assignment.appRoleId,
  resourceId: assignment.resourceId,
  resourceName: assignment.resourceDisplayName ?? assignment.resourceId,
});

const scopesOf = ({ resourceId, scope }: z.infer<typeof GRANT>) =>
  (scope ?? "")
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

const NAMED = APPLICATION.pick({ id: true, appId: true, displayName: true });

async function findMarked(graph: GraphClient, server: string, marker: string): Promise<GraphApplication | null> {
  const filter = encodeURIComponent(`tags/any(t:t eq '${marker.replace(/'/g, "''")}')`);
  const path = `applications?$filter=${filter}&$select=${APPLICATION_PROPERTIES}`;
  const { value } = await graph.first(path, APPLICATION);
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
    const found = await graph.first(`applications?$filter=${filter}&$select=id,appId,displayName`, NAMED);
    return harmless(found.value.map(({ id, appId, displayName }) => ({ objectId: id, appId, displayName })));
  } catch (error) {
    throw graphProblem(error, server, "application in Entra");
  }
}

/** Related objects of an application, read as one request. Graph returns the bytes of keys for single objects only. */
async function readRelations(graph: GraphClient, { id, appId }: GraphApplication) {
  const principal = `servicePrincipals(appId='${appId}')`;
  const answers = await graph.batch([
    // Found by its marker a moment ago.
    { path: `applications/${id}?$select=id,keyCredentials`, existing: true },
    { path: `applications/${id}/owners`, existing: true },
    { path: `applications/${id}/federatedIdentityCredentials`, existing: true },
    `${principal}?$select=id,accountEnabled,keyCredentials,passwordCredentials`,
    `${principal}/owners`,
    `${principal}/appRoleAssignments`,
    `${principal}/oauth2PermissionGrants`,
  ]);
  const [keys, owners, federations, shown, principalOwners, appRoles, grants] = answers;
  const { keyCredentials } = answered(keys, KEYS);
  const application = {
    keys: keyCredentials.map(observedKey),
    certificates: certificatesOf(keyCredentials),
    owners: (await all(graph, owners, DIRECTORY_OBJECT)).map(observedObject),
    federatedCredentials: await all(graph, federations, FEDERATED_CREDENTIAL),
  };
  if (shown instanceof GraphError && shown.status === 404) return { ...application, principal: null };
  return {
    ...application,
    principal: {
      ...principalOf(answered(shown, PRINCIPAL)),
      owners: (await all(graph, principalOwners, DIRECTORY_OBJECT)).map(observedObject),
      appRoles: (await all(graph, appRoles, ROLE_ASSIGNMENT)).map(observedAssignment),
      // Reading grants needs another permission than everything else here.
      delegatedScopes: isForbidden(grants) ? null : (await all(graph, grants, GRANT)).flatMap(scopesOf),
    },
  };
}

function principalOf(
  principal: z.infer<typeof PRINCIPAL>,
): Pick<ObservedPrincipal, "objectId" | "accountEnabled" | "keys" | "secrets"> {
  return {
    objectId: principal.id,
    accountEnabled: principal.accountEnabled,
    keys: principal.keyCredentials.map(observedKey),
    secrets: principal.passwordCredentials.map(observedSecret),
  };
}

async function observed(graph: GraphClient, application: GraphApplication): Promise<ObservedApplication> {
  const relations = await readRelations(graph, application);
  // From here on no text of the tenant is raw; ids, hashes and declared names are the same either way.
  return harmless({
    objectId: application.id,
    appId: application.appId,
    displayName: application.displayName,
    tags: application.tags,
    signInAudience: application.signInAudience,
    secrets: application.passwordCredentials.map(observedSecret),
    lock: isLocked(application.servicePrincipalLockConfiguration),
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
    const { value } = await graph.first(path, APPLICATION);
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
