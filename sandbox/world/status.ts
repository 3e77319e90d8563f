/** `sandbox status --json`: the content of tenant and servers. The names are a contract. */
import type { ServerStatus } from "../server/server-status";
import type { SandboxCloud } from "../tenant/cloud-names";
import type { TenantDescription } from "../tenant/describe";

export interface SandboxStatus {
  /** The sandbox's time, UTC. */
  now: string;
  cloud: SandboxCloud;
  tenant: TenantDescription;
  servers: ServerStatus[];
}
