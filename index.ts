/** The program of a stack: its configuration, checked as a whole, and one identity per declared server. */
import { ConnectSyncIdentity } from "./components/connect-sync-identity";
import { readStackConfiguration } from "./components/stack-configuration";
import { TenantDirectory } from "./components/tenant-directory";

/** Stack outputs: by server, what a person or the next pipeline step asks for. */
async function main() {
  const { configuration, sshPrivateKey } = readStackConfiguration();
  // State keeps every resource's stack trace; after an await it begins here, which makes it half as long.
  await Promise.resolve();
  const tenant = new TenantDirectory({ cloud: configuration.cloud });

  // One switch at a time in a tenant, staging servers first: what fails there never reaches the active one.
  const order = (server: { role: string; name: string }) => `${server.role === "staging" ? 0 : 1} ${server.name}`;
  const inOrder = [...configuration.servers].sort((left, right) => (order(left) < order(right) ? -1 : 1));
  const identities: ConnectSyncIdentity[] = [];
  for (const { name, connection, ...server } of inOrder) {
    const args = { ...server, tenant, owners: configuration.owners, switchAfter: identities.slice(-1) };
    identities.push(
      new ConnectSyncIdentity(name, { ...args, connection: { ...connection, privateKey: sshPrivateKey } }),
    );
  }

  const servers = inOrder.map(({ name, role }, index) => {
    const { applicationId, applicationObjectId, servicePrincipalObjectId } = identities[index];
    const { certificateSha256, certificateExpires, findings, ready } = identities[index];
    const ids = { applicationId, applicationObjectId, servicePrincipalObjectId };
    return [name, { role, ...ids, certificateSha256, certificateExpires, findings, ready }];
  });
  return { servers: Object.fromEntries(servers) as Record<string, unknown> };
}

export = main;
