/** One observation of one server: the host over SSH and the application over Graph, in parallel. */
import { applicationMarker, type ServerIdentity } from "../model/server/labels";
import type { Observation, ObservedApplication, TenantRolesObservation } from "../model/server/observation";
import { diagnose, ProblemError, type Diagnostic } from "../model/diagnostics/diagnostic";
import type { ServerMode } from "../model/configuration/configuration";
import { findApplication, observeApplication, observeNamed } from "./graph";
import { GraphClient } from "./graph-client";
import { belongingProblem } from "./belonging";
import { isManagedName } from "../model/tenant/managed-application";
import { observeKeyRules, tenantPolicies } from "./key-rules";
import { observeHost } from "./observe-host";
import type { HostProgramFiles } from "./host-program-files";
import type { TenantAccess } from "./tenant-access";
import { signInProblem } from "./token-refusal";
import { observeTenantRoles } from "./tenant-roles";
import type { SshTarget } from "./ssh-target";

/** What stopped an observation: the problem itself, or the words of an error that is none. */
function problemOf(error: unknown, otherwise: (actual: string) => Diagnostic): Diagnostic {
  if (error instanceof ProblemError) return error.problems[0];
  const line = (text: string) => text.split("\n")[0];
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${line(error.cause.message)})` : "";
  return otherwise(`${line(error instanceof Error ? error.message : String(error))}${cause}`);
}

/** Why a look-up in the tenant failed, as one problem. */
export function lookUpProblem(error: unknown, property: string): Diagnostic {
  return problemOf(error, tenantUnseen(null, property));
}

const tenantUnseen = (server: string | null, property: string) => (actual: string) =>
  diagnose("TENANT_NOT_OBSERVED", server, { property, actual });

/** What is known of the application before it is looked for. */
export interface ApplicationSearch {
  /** Whose the application is: one of the product is the one that the connector uses. @default "byoa" */
  mode?: ServerMode;
  /** The run is to change the tenant, so that an identity that only reads is refused as well. @default false */
  changes?: boolean;
  /** The pipeline's identity is declared as no owner, so it needs more permissions to see the application. @default false */
  ownsNothing?: boolean;
  /** The former name of the server. @default null */
  renamedFrom?: string | null;
  /** The name that is declared for it. */
  applicationName: string;
  /** Hash of the certificate that is declared by it, which the host is asked for as well. @default none */
  issuedSha256?: string;
}

/**
 * The application with the server's marker; for a renamed server, the one with the former marker until it is updated.
 */
async function ownApplication(
  access: TenantAccess,
  { stack, server }: ServerIdentity,
  { ownsNothing = false, renamedFrom = null }: Omit<ApplicationSearch, "applicationName" | "mode">,
): Promise<ObservedApplication | null> {
  const found = await observeApplication(access, server, applicationMarker({ stack, server }), ownsNothing);
  if (found || renamedFrom === null) return found;
  return observeApplication(access, server, applicationMarker({ stack, server: renamedFrom }), ownsNothing);
}

/**
 * Whether Entra issues a token to the pipeline.
 * @returns the refusal; null if there is a token, or if anything else stands in the way, which shows where it matters
 */
export async function refusedSignIn(access: TenantAccess): Promise<ProblemError | null> {
  try {
    await new GraphClient(access).permissions();
    return null;
  } catch (error) {
    return signInProblem(error, null);
  }
}

/** Observes which identities may synchronise into the tenant. Never rejects: a failure is part of the observation. */
export function observeRoles(access: TenantAccess): Promise<TenantRolesObservation> {
  const unseen = tenantUnseen(null, "holders of the synchronisation role");
  return observeTenantRoles(access).then(
    (roles) => ({ roles, problem: null }),
    (error: unknown) => ({ roles: null, problem: problemOf(error, unseen) }),
  );
}

/** What the tenant holds of a server: the application with its marker, all with its name, and rules for certificates. */
export type TenantSeen = Pick<Observation, "tenant" | "named" | "keyRules">;

/** Observes what the tenant holds of a server. Never rejects: a failure is part of the observation. */
export async function observeTenant(
  access: TenantAccess,
  identity: ServerIdentity,
  search: ApplicationSearch,
): Promise<TenantSeen> {
  const { server } = identity;
  const work = Promise.all([
    ownApplication(access, identity, search),
    observeNamed(access, server, search.applicationName),
    tenantPolicies(access),
  ]);
  return work.then(
    async ([application, named]) => {
      const keyRules = await observeKeyRules(access, application?.objectId ?? null);
      return { tenant: { application, problem: null }, named, keyRules };
    },
    (error: unknown) => {
      const problem = problemOf(error, tenantUnseen(server, "observation of the tenant"));
      return { tenant: { application: null, problem } };
    },
  );
}

/**
 * Observes the application of a connector that the product manages. Never rejects.
 *
 * @param appId what the connector signs in as; null if that is no application, or is not known
 */
export async function observeManaged(
  access: TenantAccess,
  server: string,
  appId: string | null,
): Promise<Pick<Observation, "tenant">> {
  const found = appId === null ? Promise.resolve(null) : findApplication(access, server, appId);
  return found.then(
    (application) => ({ tenant: { application, problem: null } }),
    (error: unknown) => {
      const problem = problemOf(error, tenantUnseen(server, "observation of the tenant"));
      return { tenant: { application: null, problem } };
    },
  );
}

/** The observation of a server with why it belongs elsewhere, if it does. */
export async function withBelonging(
  observation: Observation,
  server: string,
  access: TenantAccess,
): Promise<Observation> {
  const { host, tenant } = observation;
  // A tenant that does not answer stops the work in any case, after the same waiting.
  const answers = tenant.problem === null;
  const elsewhere = host.facts && answers && (await belongingProblem(access, server, host.facts));
  return elsewhere ? { ...observation, elsewhere } : observation;
}

/**
 * Observes the application of the product that an own certificate is on, or is to be uploaded to: with what policies allow of
 * certificates, and whether the pipeline may upload at all. Never rejects.
 */
export async function observeProduct(
  access: TenantAccess,
  { server }: Pick<ServerIdentity, "server">,
  appId: string | null,
  changes = false,
): Promise<Pick<Observation, "tenant" | "keyRules">> {
  const seen = await observeManaged(access, server, appId);
  const { application } = seen.tenant;
  if (!application || !isManagedName(application.displayName)) return seen;
  const [keyRules, refusal] = await Promise.all([
    observeKeyRules(access, application.objectId),
    uploadRefusal(access, server, application, changes).catch(() => null),
  ]);
  return refusal ? { tenant: { application: null, problem: refusal }, keyRules } : { ...seen, keyRules };
}

/** Why the pipeline may not add a key credential to an application that it did not make; null if nothing speaks against it. */
async function uploadRefusal(
  access: TenantAccess,
  server: string,
  { appId, owners }: ObservedApplication,
  changes: boolean,
): Promise<Diagnostic | null> {
  const { oid, roles } = await new GraphClient(access).claims();
  // A person's token has no application permissions.
  if (!roles || roles.includes("Application.ReadWrite.All")) return null;
  const ownedOnly = roles.includes("Application.ReadWrite.OwnedBy");
  if (ownedOnly ? owners.some(({ id }) => id === oid) : !changes) return null;
  const actual = ownedOnly
    ? "Application.ReadWrite.OwnedBy, and the pipeline is none of the owners"
    : "neither of the two permissions";
  const pipeline = oid ?? "<object id of the pipeline>";
  return diagnose("UPLOAD_NOT_PERMITTED", server, { appId, actual, pipeline });
}

/** Observes a server and its application. Never rejects: a failure is part of the observation. */
export async function observe(
  target: SshTarget,
  identity: ServerIdentity,
  access: TenantAccess,
  program: HostProgramFiles,
  search: ApplicationSearch,
): Promise<Observation> {
  const { server } = identity;
  const host = observeHost(target, identity, program, search.issuedSha256).then(
    (facts) => ({ facts, problem: null }),
    (error: unknown) => {
      const unseen = (actual: string) => diagnose("HOST_NOT_OBSERVED", server, { actual });
      return { facts: null, problem: problemOf(error, unseen) };
    },
  );
  if (search.mode === "managed" || search.mode === "byoc") {
    const seen = await host;
    const appId = seen.facts?.connector.appId ?? null;
    const tenant =
      search.mode === "managed"
        ? await observeManaged(access, server, appId)
        : await observeProduct(access, identity, appId, search.changes);
    return withBelonging({ host: seen, ...tenant }, server, access);
  }
  const tenant = observeTenant(access, identity, search);
  return withBelonging({ host: await host, ...(await tenant) }, server, access);
}
