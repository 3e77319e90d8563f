/** What a server has whose application and certificate Entra Connect manages: a memory, and outputs of what was observed. */
import * as pulumi from "@pulumi/pulumi";
import { observedTable, type CertificateTable } from "../model/certificate/certificate-table";
import type { Observation } from "../model/server/observation";
import { usedKey } from "../model/server/managed";
import { createServer } from "./declared-server";
import type { PreparedServer } from "./server-observation";
import type { SyncServer } from "./sync-server";

/** What the outputs of a server are made of; of a managed one each is empty if the run could not observe it. */
export interface IdentityParts {
  server: SyncServer;
  applicationId: pulumi.Output<string>;
  applicationObjectId: pulumi.Output<string>;
  servicePrincipalObjectId: pulumi.Output<string>;
  certificateSha256: pulumi.Output<string>;
  certificateExpires: pulumi.Output<string>;
  certificate: pulumi.Output<CertificateTable>;
  ready: pulumi.Output<boolean>;
}

function certificateEnd({ host, tenant }: Observation): string {
  const key = host.facts ? usedKey({ host: host.facts, application: tenant.application }) : undefined;
  return key?.endDateTime ?? "";
}

/** Nothing of it is made, in Entra or on the server: the one resource is what remembers the server between runs. */
export function observeManagedIdentity(name: string, given: PreparedServer, parent: pulumi.Resource): IdentityParts {
  const server = createServer(name, given, parent, "");
  const seen = <T>(read: (observation: Observation) => T) => pulumi.output(given.observation.then(read));
  return {
    server,
    applicationId: seen(({ host }) => host.facts?.connector.appId ?? ""),
    applicationObjectId: seen(({ tenant }) => tenant.application?.objectId ?? ""),
    servicePrincipalObjectId: seen(({ tenant }) => tenant.application?.principal?.objectId ?? ""),
    certificateSha256: seen(({ host }) => host.facts?.connector.certificateSha256 ?? ""),
    certificateExpires: seen(certificateEnd),
    certificate: seen((observation) => observedTable(observation, "managed")),
    ready: server.problem.apply((problem) => problem === ""),
  };
}
