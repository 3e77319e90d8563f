/** The program of a stack: its configuration, checked as a whole, and one identity per declared server. */
import { ConnectSyncIdentity } from "./components/connect-sync-identity";
import { leaveOutPositions } from "./components/position-markers";
import { endWithTheEngine } from "./components/run-failure";
import { readStackConfiguration } from "./components/stack-configuration";
import { stackOutputs } from "./components/stack-outputs";
import { SyncRoleGuard } from "./components/sync-role-guard";
import { TenantDirectory } from "./components/tenant-directory";
import { settingsOf } from "./model/configuration/configuration";
import { readHostProgram } from "./remote/host-program-files";

/** Stack outputs: by server, what a person or the next pipeline step asks for. */
function program() {
  const { configuration, sshPrivateKey } = readStackConfiguration();
  const { cloud, pipelineObjectId } = configuration;
  const tenant = new TenantDirectory({ cloud: cloud ?? undefined, pipelineObjectId });

  // One switch at a time in a tenant, staging servers first: what fails there never reaches the active one.
  const order = (server: { role: string; name: string }) => `${server.role === "staging" ? 0 : 1} ${server.name}`;
  const inOrder = [...configuration.servers].sort((left, right) => (order(left) < order(right) ? -1 : 1));
  const identities: ConnectSyncIdentity[] = [];
  for (const { name, ...server } of inOrder) {
    const { owners, credentialPolicy } = configuration;
    const { connection } = server;
    const args = { ...settingsOf(server), tenant, owners, credentialPolicy, switchAfter: identities.slice(-1) };
    identities.push(
      new ConnectSyncIdentity(name, { ...args, connection: { ...connection, privateKey: sshPrivateKey } }),
    );
  }

  const { allowedRoleHolders } = configuration;
  new SyncRoleGuard("sync-role-guard", { tenant, servers: identities, allowedRoleHolders });

  const pairs = inOrder.map((server, index) => ({ server, identity: identities[index] }));
  return stackOutputs(tenant.access, readHostProgram().sha256, pairs);
}

export = async () => {
  endWithTheEngine();
  leaveOutPositions();
  return program();
};
