/** The facts of an adoption: the server, the applications that may be its own, its stack's state and its neighbours. */
import { requiredServices } from "../../model/tenant/clouds";
import type { CredentialPolicy, ServerConfiguration } from "../../model/configuration/configuration";
import type { HostObservation } from "../../model/protocol/host-protocol";
import { applicationMarker } from "../../model/server/labels";
import type { ObservedApplication } from "../../model/server/observation";
import { findApplication, observeApplication } from "../../remote/graph";
import { readCaller, findService, type ResourceRoles } from "../../remote/services";
import { observeServer } from "../stack/observe-server";
import type { StateResource, StackContext } from "../stack/stack-context";

export interface AdoptionFacts {
  stack: string;
  project: string;
  server: ServerConfiguration;
  /** Declared owners of the stack's applications. */
  owners: readonly string[];
  credentialPolicy: CredentialPolicy;
  host: HostObservation;
  /** The application that carries this server's marker. */
  marked: ObservedApplication | null;
  /** The application that the connector uses, if it is in this tenant. */
  used: ObservedApplication | null;
  state: readonly StateResource[];
  /** The application that each other declared server uses; null if the server could not be contacted. */
  neighbours: Record<string, string | null>;
  /** Declared roles by the service that they are of. */
  services: readonly ResourceRoles[];
  /** Object id of the pipeline's own principal; null if its token does not contain it. */
  pipeline: string | null;
  /** Whether the pipeline may change only applications that it owns. */
  ownsOnly: boolean;
  /** Hash of the host program of this project. */
  programSha256: string;
}

/** Which application the other servers use, so that none is taken from them. A server that cannot be reached does not prevent the adoption. */
async function askNeighbours(
  context: StackContext,
  server: ServerConfiguration,
): Promise<Record<string, string | null>> {
  const others = context.configuration.servers.filter(({ name }) => name !== server.name);
  const asked = others.map(async (other) => {
    const seen = observeServer(context, other.name, context.sshTarget(other));
    return [
      other.name,
      await seen.then(
        ({ connector }) => connector.appId ?? "",
        () => null,
      ),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}

function declaredServices(context: StackContext, server: ServerConfiguration): Promise<ResourceRoles[]> {
  const wanted = requiredServices(context.tenantAccess.cloud, server.passwordWriteback);
  return Promise.all(wanted.map((service) => findService(context.tenantAccess, server.name, service)));
}

/**
 * Reads all of it; changes nothing.
 * @throws ProblemError if the server or the tenant cannot be read
 */
export async function readAdoptionFacts(context: StackContext, server: ServerConfiguration): Promise<AdoptionFacts> {
  const { name } = server;
  const identity = context.identity(name);
  const [host, marked, state, neighbours, services, caller] = await Promise.all([
    observeServer(context, name, context.sshTarget(server)),
    observeApplication(context.tenantAccess, name, applicationMarker(identity)),
    context.state(),
    askNeighbours(context, server),
    declaredServices(context, server),
    readCaller(context.tenantAccess),
  ]);
  const { appId } = host.connector;
  const used =
    appId === null || appId === marked?.appId ? marked : await findApplication(context.tenantAccess, name, appId);
  return {
    ...{ stack: context.stack, project: context.project, server, host, marked, state, neighbours, services },
    pipeline: caller.objectId,
    ownsOnly: caller.ownsOnly,
    owners: context.configuration.owners,
    credentialPolicy: context.configuration.credentialPolicy,
    used: appId === null ? null : used,
    programSha256: context.program.sha256,
  };
}
