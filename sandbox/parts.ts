/** Tenant and servers of a sandbox folder, as objects; nothing listens yet. */
import type { Clock } from "./clock";
import type { Faults } from "./faults";
import type { SandboxFolder } from "./folder";
import type { HostBackend } from "./host-backend";
import type { SandboxKeys } from "./keys";
import { EmulatedServer } from "./server/emulated-server";
import { SERVERS } from "./settings";
import { Tenant } from "./tenant/tenant";

export interface PartsOptions {
  folder: SandboxFolder;
  keys: SandboxKeys;
  clock: Clock;
  faults: Faults;
}

export function makeTenant({ folder, keys, clock, faults }: PartsOptions): Tenant {
  return new Tenant({ file: folder.tenantFile, clock, faults, tls: keys.tls });
}

/** sshd's default shell differs among servers in the field, so it does here. */
const SHELLS = { sync01: "cmd", sync02: "powershell" } as const;

/** By name. */
export function makeServers(options: PartsOptions & { backend: HostBackend }): Record<string, EmulatedServer> {
  const { folder, keys, clock, faults, backend } = options;
  const entries = SERVERS.map(({ name, role }) => [
    name,
    new EmulatedServer({
      name,
      role,
      folder: folder.serverFolder(name),
      clock,
      faults,
      hostKey: keys.hosts[name].hostKey.privateKey,
      otherHostKey: keys.hosts[name].otherHostKey.privateKey,
      authorizedKey: keys.user.publicKey,
      caFile: keys.caFile,
      shell: SHELLS[name],
      backend,
    }),
  ]);
  return Object.fromEntries(entries) as Record<string, EmulatedServer>;
}
