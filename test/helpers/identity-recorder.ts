/** Records ConnectSyncIdentity with a replaced observation and host program. */
import * as path from "node:path";
import { ConnectSyncIdentity } from "../../components/connect-sync-identity";
import type { ConnectSyncIdentityArgs, ConnectSyncProxy } from "../../components/connect-sync-identity-args";
import { TenantDirectory } from "../../components/tenant-directory";
import type { Observation } from "../../model/server/observation";
import * as programFiles from "../../remote/host-program-files";
import * as observing from "../../remote/observe";
import * as services from "../../remote/services";
import { hostKeyLine } from "./host-keys";
import { observation, PROGRAM_SHA256, tenantRoles, untouched } from "./observations";
import { record, SERVICE_ROLES, type Mock, type Recording, type Registered } from "./pulumi-recorder";
import { replace } from "./replaced";
import type { SshTarget } from "../../remote/ssh-target";

export interface IdentityOptions {
  args?: Partial<ConnectSyncIdentityArgs>;
  /** What the run observes of every server. @default a server before its first run */
  seen?: Observation;
  /** All servers are one machine. */
  oneMachine?: boolean;
  preview?: boolean;
  programSha256?: string;
  privateKey?: string;
  /** The bastion of the server. @default none */
  proxy?: ConnectSyncProxy;
  hostKey?: string;
  /** Creates the identities. @default one, "sync01" */
  program?: (tenant: TenantDirectory) => ConnectSyncIdentity;
  mock?: Mock;
}

export type Outputs = Pick<
  ConnectSyncIdentity,
  | "applicationId"
  | "applicationObjectId"
  | "servicePrincipalObjectId"
  | "certificateSha256"
  | "certificateExpires"
  | "certificate"
  | "findings"
  | "ready"
>;

const FOLDER = `${path.resolve(__dirname, "..", "..", "host")}/`;
const settings: Record<string, string> = { tenantId: "tenant" };

/** Makes an identity within a recorded program. */
export function identity(tenant: TenantDirectory, name: string, args: Partial<ConnectSyncIdentityArgs> = {}) {
  const connection = { host: `${name}.contoso.com`, user: "Administrator", hostKey: hostKeyLine(name) };
  return new ConnectSyncIdentity(name, { tenant, role: "active", connection, ...args });
}

/**
 * Replaces observation, look-ups and host program while a function runs.
 * @param work gets the targets that were observed, and the application ids of the services that were looked up
 */
export async function withObservation<T>(
  options: Pick<IdentityOptions, "seen" | "programSha256" | "oneMachine">,
  work: (targets: SshTarget[], lookedUp: string[]) => Promise<T>,
): Promise<T> {
  const targets: SshTarget[] = [];
  const lookedUp: string[] = [];
  // Whether it writes passwords back is not known: no declaration of a test contradicts it.
  const seen = options.seen ?? observation({ ...(await untouched()), passwordWriteback: null }, null);
  const files = { folder: FOLDER, sha256: options.programSha256 ?? PROGRAM_SHA256, windows: "", program: "" };
  const restore = [
    replace(observing, "observe", async (target) => {
      targets.push(target);
      const observed = structuredClone(seen);
      // Each server is a machine of its own with its own account, regardless of what else a test shows of all of them.
      const { facts } = observed.host;
      if (facts && !options.oneMachine) {
        facts.machineIdentifier = `machine of ${target.server}`;
        const { connector } = facts;
        if (connector.identityType === "ServiceAccount") connector.userName = `Sync_${target.server}@contoso.com`;
      }
      return observed;
    }),
    replace(observing, "observeRoles", async () => ({ roles: tenantRoles(), problem: null })),
    replace(services, "findService", async (_access, _server, { appId, roles }) => {
      lookedUp.push(appId);
      return { appId, objectId: `object of ${appId}`, roles: services.applicationRoleIds(SERVICE_ROLES[appId], roles) };
    }),
    replace(programFiles, "readHostProgram", () => files),
  ];
  try {
    return await work(targets, lookedUp);
  } finally {
    restore.forEach((undo) => undo());
  }
}

/** Records one identity, by default that of a server before its first run. */
export function recordIdentity(
  options: IdentityOptions = {},
): Promise<Recording<Outputs> & { targets: SshTarget[]; lookedUp: string[] }> {
  const { preview = false, privateKey, proxy, hostKey = hostKeyLine("sync01"), mock } = options;
  const connection = { host: "sync01.contoso.com", user: "Administrator", hostKey, privateKey, proxy };
  const program = options.program ?? ((tenant) => identity(tenant, "sync01", { connection, ...options.args }));
  return withObservation(options, async (targets, lookedUp) => {
    const recording = await record(
      () => {
        const made = program(new TenantDirectory({ setting: (name) => settings[name] }));
        const { applicationId, applicationObjectId, servicePrincipalObjectId } = made;
        const { certificateSha256, certificateExpires, certificate, findings, ready } = made;
        const ids = { applicationId, applicationObjectId, servicePrincipalObjectId };
        return { ...ids, certificateSha256, certificateExpires, certificate, findings, ready };
      },
      { preview },
      mock,
    );
    return { ...recording, targets, lookedUp };
  });
}

type Resources = Pick<Recording<unknown>, "resources">;

/** The one resource with that name, except components. */
export function byName({ resources }: Resources, name: string): Registered {
  const found = resources.filter((resource) => resource.name === name);
  if (found.length !== 1) throw new Error(`${found.length} resources are named ${name}`);
  return found[0];
}

/** Type and name of each resource, sorted. */
export const namesOf = ({ resources }: Resources) => resources.map(({ type, name }) => `${type} ${name}`).sort();

/** The commands that run an operation on a server. */
export const commands = ({ resources }: Resources) => resources.filter(({ type }) => type === "command:remote:Command");
