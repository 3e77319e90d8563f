/** The program of a stack: its configuration, checked as a whole, and one identity per declared server. */
import * as pulumi from "@pulumi/pulumi";
import { ConnectSyncIdentity } from "./components/connect-sync-identity";
import { readStackConfiguration } from "./components/stack-configuration";
import { TenantDirectory } from "./components/tenant-directory";

const { configuration, sshPrivateKey } = readStackConfiguration();
const tenant = new TenantDirectory({ cloud: configuration.cloud });

// One switch at a time in a tenant, staging servers first: what fails there never reaches the active one.
const inOrder = [...configuration.servers].sort((left, right) => right.role.localeCompare(left.role));
const identities: ConnectSyncIdentity[] = [];
for (const { name, connection, ...server } of inOrder) {
  const previous = identities.slice(-1);
  const args = { ...server, tenant, owners: configuration.owners, switchAfter: previous };
  identities.push(new ConnectSyncIdentity(name, { ...args, connection: { ...connection, privateKey: sshPrivateKey } }));
}

/** By server: what a person or the next pipeline step asks for. */
export const servers = pulumi.output(
  Object.fromEntries(
    inOrder.map(({ name, role }, index) => {
      const { applicationId, applicationObjectId, servicePrincipalObjectId } = identities[index];
      const { certificateSha256, certificateExpires, findings, ready } = identities[index];
      const ids = { applicationId, applicationObjectId, servicePrincipalObjectId };
      return [name, { role, ...ids, certificateSha256, certificateExpires, findings, ready }];
    }),
  ),
);
