/** One observation of one server: host over SSH and application over Graph, side by side. */
import { applicationMarker, type ServerIdentity } from "../model/server/labels";
import type { Observation, ObservedApplication, TenantRolesObservation } from "../model/server/observation";
import { ProblemError, type Problem } from "../model/diagnostics/problem";
import { observeApplication } from "./graph";
import { observeHost } from "./observe-host";
import type { HostProgramFiles } from "./host-program-files";
import type { SshTarget } from "./ssh";
import type { TenantAccess } from "./tenant-access";
import { observeTenantRoles } from "./tenant-roles";

/** What stopped an observation, as a problem of one line. */
function problemOf(error: unknown, otherwise: Omit<Problem, "actual">): Problem {
  if (error instanceof ProblemError) return error.problems[0];
  const line = (text: string) => text.split("\n")[0];
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${line(error.cause.message)})` : "";
  const actual = `${line(error instanceof Error ? error.message : String(error))}${cause}`;
  return { ...otherwise, actual };
}

/** What is known of the application before it is looked for. */
export interface ApplicationSearch {
  /** The pipeline's identity is declared as no owner, so that it needs more permissions to see it. @default false */
  ownsNothing?: boolean;
  /** The name that the server had before. @default null */
  renamedFrom?: string | null;
}

/**
 * The application with the server's marker; a renamed server's is found by the former one until it has the new.
 */
async function ownApplication(
  access: TenantAccess,
  { stack, server }: ServerIdentity,
  { ownsNothing = false, renamedFrom = null }: ApplicationSearch,
): Promise<ObservedApplication | null> {
  const found = await observeApplication(access, server, applicationMarker({ stack, server }), ownsNothing);
  if (found || renamedFrom === null) return found;
  return observeApplication(access, server, applicationMarker({ stack, server: renamedFrom }), ownsNothing);
}

/** Observes who may synchronise into the tenant. Never rejects: what cannot be seen is part of what was seen. */
export function observeRoles(access: TenantAccess): Promise<TenantRolesObservation> {
  const unseen = { code: "TENANT_NOT_OBSERVED", property: "holders of the synchronisation role" };
  const expected = "a token and an answer of Microsoft Graph";
  const remedy = "Check tenant id, credential and network of this pipeline.";
  return observeTenantRoles(access).then(
    (roles) => ({ roles, problem: null }),
    (error: unknown) => ({ roles: null, problem: problemOf(error, { ...unseen, expected, remedy }) }),
  );
}

/** Observes a server and its application. Never rejects: what cannot be seen is part of what was seen. */
export async function observe(
  target: SshTarget,
  identity: ServerIdentity,
  access: TenantAccess,
  program: HostProgramFiles,
  search: ApplicationSearch = {},
): Promise<Observation> {
  const { server } = identity;
  const host = observeHost(target, identity, program).then(
    (facts) => ({ facts, problem: null }),
    (error: unknown) => {
      const property = "observation of the host";
      const remedy = "Run again; if it stays, please report it.";
      return {
        facts: null,
        problem: problemOf(error, { code: "HOST_NOT_OBSERVED", server, property, expected: "an answer", remedy }),
      };
    },
  );
  const tenant = ownApplication(access, identity, search).then(
    (application) => ({ application, problem: null }),
    (error: unknown) => {
      const property = "observation of the tenant";
      const remedy = "Check tenant id, credential and network of this pipeline.";
      const expected = "a token and an answer of Microsoft Graph";
      return {
        application: null,
        problem: problemOf(error, { code: "TENANT_NOT_OBSERVED", server, property, expected, remedy }),
      };
    },
  );
  return { host: await host, tenant: await tenant };
}
