/** The memory of a server, made of what is declared of it. */
import type * as pulumi from "@pulumi/pulumi";
import { ownObservation } from "../model/fleet/shared-identities";
import { fingerprint, parseHostKey, proxyText } from "../model/server/host-key";
import type { PreparedServer } from "./server-observation";
import { SyncServer } from "./sync-server";

/**
 * @param appId of the server's own application; empty if Entra Connect manages both
 * @param applicationObjectId of the product's application that an own certificate is on
 */
export function createServer(
  name: string,
  { args, identity, connection, files, observation }: PreparedServer,
  parent: pulumi.Resource,
  appId: pulumi.Input<string>,
  applicationObjectId?: pulumi.Input<string>,
): SyncServer {
  const { role, passwordWriteback, certificate, repairConnectivityParameters, minimumVersion, verify } = args;
  const { serviceAccount, mode } = args;
  const { host, port, user, hostKey } = connection;
  const { proxy } = args.connection;
  const hostKeyFingerprint = fingerprint(parseHostKey(hostKey)!.blob);
  return new SyncServer(
    `${name}-server`,
    {
      ...identity,
      // Left out as in a state of earlier releases: a mode that did not change is no change.
      ...(mode === "byoa" ? {} : { mode }),
      ...{ role, host, port, user, hostKeyFingerprint },
      ...(proxy ? { proxy: proxyText(proxy) } : {}),
      ...{ rotate: args.rotate ?? "", adopt: args.adopt?.certificateSha256 ?? "" },
      ...{ passwordWriteback, certificate, repairConnectivityParameters, minimumVersion, verify },
      // A managed server is observed by a program that is piped to it: none is installed.
      ...{ serviceAccount, programSha256: mode === "managed" ? "" : files.sha256 },
      appId,
      ...(applicationObjectId === undefined ? {} : { applicationObjectId }),
      // Of the other servers only what they share with this one: the rest would come in every server's inputs.
      observation: observation.then(ownObservation),
    },
    { parent },
  );
}
