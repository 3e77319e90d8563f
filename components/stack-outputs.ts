/** Outputs of a stack for people and for the next step of a pipeline. docs/outputs.md describes each. */
import * as pulumi from "@pulumi/pulumi";
import type { CertificatePolicy } from "../model/certificate/certificate-policy";
import type { ServerConfiguration } from "../model/configuration/configuration";
import { daysBefore, toDays } from "../model/configuration/duration";
import type { TenantAccess } from "../remote/tenant-access";
import type { ConnectSyncIdentity } from "./connect-sync-identity";

/** Incremented when an output is removed or changes its meaning. */
const OUTPUTS_VERSION = 1;

/** One server of the stack with its identity. */
export interface ServerIdentityPair {
  server: ServerConfiguration;
  identity: ConnectSyncIdentity;
}

/** The day from which on a run rotates the certificate. */
function rotationDue(expires: string, rotateBefore: CertificatePolicy["rotateBefore"]): string {
  return daysBefore(new Date(expires), toDays(rotateBefore)).toISOString().slice(0, 10);
}

function serverOutputs({ server, identity }: ServerIdentityPair) {
  const { applicationId, applicationObjectId, servicePrincipalObjectId } = identity;
  const { certificateSha256, certificateExpires, certificate, findings, linkCommand } = identity;
  if (server.mode === "managed") {
    const ids = { applicationId, applicationObjectId, servicePrincipalObjectId };
    const { role, mode, connection } = server;
    return { role, mode, host: connection.host, ...ids, certificateSha256, certificateExpires, certificate, findings };
  }
  const { rotateBefore } = server.certificate;
  return {
    role: server.role,
    ...(server.mode === "byoa" ? {} : { mode: server.mode }),
    host: server.connection.host,
    ...{ applicationId, applicationObjectId, servicePrincipalObjectId, certificateSha256, certificateExpires },
    rotationDue: certificateExpires.apply((expires) => rotationDue(expires, rotateBefore)),
    ...{ certificate, findings, linkCommand },
  };
}

/** These values change only with the stack: a preview of a healthy stack shows no changed output. */
export function stackOutputs(
  { tenantId, cloud }: Pick<TenantAccess, "tenantId" | "cloud">,
  programSha256: string,
  pairs: readonly ServerIdentityPair[],
) {
  const servers = Object.fromEntries(pairs.map((pair) => [pair.server.name, serverOutputs(pair)]));
  // The product rotates what it manages.
  const due = pulumi.all(Object.values(servers).flatMap((one) => ("rotationDue" in one ? [one.rotationDue] : [])));
  return {
    servers,
    summary: {
      outputsVersion: OUTPUTS_VERSION,
      tenantId,
      cloud,
      programSha256,
      nextRotation: due.apply((days) => [...days].sort()[0] ?? null),
    },
  };
}
