/** What an adoption goes by: the server, the applications that may be its own, its stack's state and its neighbours. */
import { requiredServices } from "../../model/tenant/clouds";
import type { CredentialPolicy, ServerConfiguration } from "../../model/configuration/configuration";
import type { HostObservation } from "../../model/protocol/host-protocol";
import { applicationMarker } from "../../model/server/labels";
import type { ObservedApplication } from "../../model/server/observation";
import { findApplication, observeApplication } from "../../remote/graph";
import { readCaller, findService, type ResourceRoles } from "../../remote/services";
import { observeHost } from "../../remote/observe-host";
import type { StateResource, Workbench } from "../stack/stack-context";

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
  /** The application that the connector uses, where it is in this tenant. */
  used: ObservedApplication | null;
  state: readonly StateResource[];
  /** The application that each other declared server uses; null where the server could not be asked. */
  neighbours: Record<string, string | null>;
  /** Declared roles by the service that they are of. */
  services: readonly ResourceRoles[];
  /** Object id of the pipeline's own principal; null where its token does not tell. */
  pipeline: string | null;
  /** Whether the pipeline may change only applications that it owns. */
  ownsOnly: boolean;
  /** Hash of the host program of this project. */
  programSha256: string;
}

/** Which application the other servers use, so that none is taken from them. One that cannot be asked is no obstacle. */
async function askNeighbours(bench: Workbench, server: ServerConfiguration): Promise<Record<string, string | null>> {
  const others = bench.configuration.servers.filter(({ name }) => name !== server.name);
  const asked = others.map(async (other) => {
    const seen = observeHost(bench.sshTarget(other), bench.identity(other.name), bench.program);
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

function declaredServices(bench: Workbench, server: ServerConfiguration): Promise<ResourceRoles[]> {
  const wanted = requiredServices(bench.configuration.cloud, server.passwordWriteback);
  return Promise.all(wanted.map(({ appId, roles }) => findService(bench.tenantAccess, server.name, appId, roles)));
}

/**
 * Reads all of it; changes nothing.
 * @throws ProblemError where the server or the tenant cannot be read
 */
export async function readAdoptionFacts(bench: Workbench, server: ServerConfiguration): Promise<AdoptionFacts> {
  const { name } = server;
  const identity = bench.identity(name);
  const [host, marked, state, neighbours, services, caller] = await Promise.all([
    observeHost(bench.sshTarget(server), identity, bench.program),
    observeApplication(bench.tenantAccess, name, applicationMarker(identity)),
    bench.state(),
    askNeighbours(bench, server),
    declaredServices(bench, server),
    readCaller(bench.tenantAccess),
  ]);
  const { appId } = host.connector;
  const used =
    appId === null || appId === marked?.appId ? marked : await findApplication(bench.tenantAccess, name, appId);
  return {
    ...{ stack: bench.stack, project: bench.project, server, host, marked, state, neighbours, services },
    pipeline: caller.objectId,
    ownsOnly: caller.ownsOnly,
    owners: bench.configuration.owners,
    credentialPolicy: bench.configuration.credentialPolicy,
    used: appId === null ? null : used,
    programSha256: bench.program.sha256,
  };
}
