/** The servers of a stack as one: an identity for each, in the order of their switches, and the guard of all. */
import type * as pulumi from "@pulumi/pulumi";
import { settingsOf } from "../model/configuration/configuration";
import { readHostProgram } from "../remote/host-program-files";
import { ConnectSyncIdentity } from "./connect-sync-identity";
import type { StackSettings } from "./stack-configuration";
import { stackOutputs } from "./stack-outputs";
import { SyncRoleGuard } from "./sync-role-guard";
import { TenantDirectory } from "./tenant-directory";

/** What is declared of a stack. */
export interface DeclaredStack {
  /** By server, what a person or the next pipeline step asks for. */
  outputs: ReturnType<typeof stackOutputs>;
  /** Resolves once this run has said what it found. */
  reported: Promise<void>;
}

/** @param parent the component that all belongs to; undefined for a program, in which it belongs to the stack */
export function declareStack({ configuration, sshPrivateKey }: StackSettings, parent?: pulumi.Resource): DeclaredStack {
  const { cloud, pipelineObjectId } = configuration;
  const opts = parent ? { parent } : undefined;
  const tenant = new TenantDirectory({ cloud: cloud ?? undefined, pipelineObjectId }, opts);

  // One switch at a time in a tenant, staging servers first: what fails there never reaches the active one.
  const order = (server: { role: string; name: string }) => `${server.role === "staging" ? 0 : 1} ${server.name}`;
  const inOrder = [...configuration.servers].sort((left, right) => (order(left) < order(right) ? -1 : 1));
  const identities: ConnectSyncIdentity[] = [];
  for (const { name, ...server } of inOrder) {
    const { owners, credentialPolicy } = configuration;
    const connection = { ...server.connection, privateKey: sshPrivateKey };
    const args = { ...settingsOf(server), tenant, owners, credentialPolicy, switchAfter: identities.slice(-1) };
    identities.push(new ConnectSyncIdentity(name, { ...args, connection }, opts));
  }

  const { allowedRoleHolders } = configuration;
  const guard = new SyncRoleGuard("sync-role-guard", { tenant, servers: identities, allowedRoleHolders }, opts);

  const pairs = inOrder.map((server, index) => ({ server, identity: identities[index] }));
  const outputs = stackOutputs(tenant.access, readHostProgram().sha256, pairs);
  const reported = Promise.all([...identities, guard].map((one) => one.reported)).then(() => undefined);
  return { outputs, reported };
}
