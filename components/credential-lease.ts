/** CredentialLease: keeps everything that a credential needs in place as long as the connector uses it. */
import * as pulumi from "@pulumi/pulumi";
import { PROTOCOL_VERSION, type ReleaseRequest } from "../model/protocol/host-protocol";
import { HostCommand, type Connection } from "./host-command";

export interface CredentialLeaseArgs {
  connection: Connection;
  server: string;
  label: pulumi.Input<string>;
  appId: pulumi.Output<string>;
  certificateSha256: pulumi.Output<string>;
  /** Changes with the certificate's resource: a certificate that is created again in place keeps its lease. */
  replacement: pulumi.Output<number>;
}

/** The request that the host receives on deletion. */
export function releaseRequest(args: Omit<ReleaseRequest, "protocol">): ReleaseRequest {
  return { protocol: PROTOCOL_VERSION, ...args };
}

/**
 * Does nothing on creation. Its deletion calls the server, and fails while the connector uses this certificate: the
 * engine keeps everything that the lease depends on, both in a rotation whose switch failed and in a destroy.
 */
export class CredentialLease extends HostCommand<ReleaseRequest> {
  constructor(name: string, args: CredentialLeaseArgs, opts?: pulumi.CustomResourceOptions) {
    const { connection, server, label, appId, certificateSha256, replacement } = args;
    const request = pulumi
      .all([label, appId, certificateSha256])
      .apply(([label, appId, certificateSha256]): ReleaseRequest => {
        return releaseRequest({ server, label, appId, certificateSha256 });
      });
    super(name, { connection, delete: "release", request, triggers: [appId, replacement] }, opts);
  }
}
