/** Tenant and servers of a sandbox folder, as objects; nothing listens yet. */
import type { Clock } from "../surroundings/clock";
import type { DirectoryAdministration } from "../surroundings/directory-administration";
import type { Faults } from "../surroundings/faults";
import type { SandboxFolder } from "../folder/folder";
import type { HostBackend } from "./host-backend";
import type { SandboxKeys } from "../folder/keys";
import { Bastion } from "../server/bastion";
import { EmulatedServer } from "../server/emulated-server";
import type { ServerDeclaration } from "../folder/settings";
import { Tenant, type TenantOptions } from "../tenant/tenant";

export interface PartsOptions {
  folder: SandboxFolder;
  keys: SandboxKeys;
  clock: Clock;
  faults: Faults;
}

export function makeTenant(
  { folder, keys, clock, faults }: PartsOptions,
  options: Pick<TenantOptions, "assignmentsOnPage"> = {},
): Tenant {
  return new Tenant({ file: folder.tenantFile, clock, faults, tls: keys.tls, ...options });
}

/** The bastion in front of the servers; one that is declared without it is reached directly. */
export function makeBastion({ keys, faults }: PartsOptions, permitted: readonly number[]): Bastion {
  return new Bastion({
    faults,
    hostKey: keys.bastion.hostKey.privateKey,
    otherHostKey: keys.bastion.otherHostKey.privateKey,
    authorizedKey: keys.user.publicKey,
    permitted,
  });
}

/** sshd's default shell differs among servers in the field, so it alternates here. */
const SHELLS = ["cmd", "powershell"] as const;

/** By name. */
export function makeServers(
  options: PartsOptions & {
    directory: DirectoryAdministration;
    backend: HostBackend;
    servers: readonly ServerDeclaration[];
    /** Seconds that PowerShell needs before the program begins. @default 0 */
    startSeconds?: number;
  },
): Record<string, EmulatedServer> {
  const { folder, keys, clock, faults, directory, backend, servers, startSeconds } = options;
  const entries = servers.map(({ name, role }, index) => [
    name,
    new EmulatedServer({
      name,
      role,
      folder: folder.serverFolder(name),
      clock,
      faults,
      directory,
      hostKey: keys.hosts[name].hostKey.privateKey,
      otherHostKey: keys.hosts[name].otherHostKey.privateKey,
      authorizedKey: keys.user.publicKey,
      caFile: keys.caFile,
      shell: SHELLS[index % SHELLS.length],
      backend,
      startSeconds,
    }),
  ]);
  return Object.fromEntries(entries) as Record<string, EmulatedServer>;
}
