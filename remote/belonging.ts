/** Whether a server belongs to what its stack works in: by what the server itself says. */
import type { Diagnostic } from "../model/diagnostics/diagnostic";
import type { HostObservation } from "../model/protocol/host-protocol";
import { serverCloudProblem } from "../model/tenant/cloud-choice";
import type { TenantAccess } from "./tenant-access";

/** Why no one may work on a server in this stack; null if nothing says so. Never rejects. */
export async function belongingProblem(
  { cloud }: Pick<TenantAccess, "cloud">,
  server: string,
  facts: HostObservation,
): Promise<Diagnostic | null> {
  return serverCloudProblem(server, cloud, facts);
}
