/** `npm run sandbox -- status --json`: what tenant and servers hold, read from them. The names are a contract. */
import type { ServerStatus } from "../server/server-status";
import type { TenantDescription } from "../tenant/describe";

export interface SandboxStatus {
  /** The sandbox's time, UTC. */
  now: string;
  cloud: "global";
  tenant: TenantDescription;
  servers: ServerStatus[];
}
