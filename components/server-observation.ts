/** What the resources of one server share, above all the observation: it is under way before the first of them is made. */
import * as pulumi from "@pulumi/pulumi";
import type { ServerIdentity } from "../model/server/labels";
import type { Observation } from "../model/server/observation";
import { readHostProgram, type HostProgramFiles } from "../remote/host-program-files";
import { observe } from "../remote/observe";
import { sshTarget } from "../remote/ssh";
import type { CheckedArgs } from "./connect-sync-identity-args";
import type { Connection } from "./host-command";
import type { ResourceService } from "./tenant-directory";

/** Arguments with their defaults, what is derived from them, and the observation that they started. */
export interface PreparedServer {
  args: CheckedArgs;
  identity: ServerIdentity;
  connection: Connection & { host: string; port: number; user: string; hostKey: string };
  files: HostProgramFiles;
  /** Whose application roles are required, assigned and looked for in tokens. */
  services: ResourceService[];
  observation: Promise<Observation>;
}

/** Starts the observation, at once for every server, and derives what the resources share. */
export function beginObservation(name: string, args: CheckedArgs): PreparedServer {
  const identity = { stack: pulumi.getStack(), server: name };
  const { tenant, owners, privateKey, renamedFrom, applicationName } = args;
  const { host, port, user, hostKey } = args.connection;
  const files = readHostProgram();
  const secretKey = privateKey === undefined ? undefined : pulumi.secret(privateKey);
  const observed = knownKey(secretKey).then((key) =>
    observe(
      sshTarget({ name, connection: args.connection }, { agentSocketPath: process.env.SSH_AUTH_SOCK, privateKey: key }),
      identity,
      tenant.access,
      files,
      { ownsNothing: !owners.includes("pipeline"), renamedFrom, applicationName },
    ),
  );
  const observation = tenant.observations.add(identity, observed);
  return {
    args,
    identity,
    connection: { host, port, user, hostKey, dialErrorLimit: 2, ...(secretKey ? { privateKey: secretKey } : {}) },
    files,
    services: tenant.servicesFor(args),
    observation,
  };
}

/** The private key as the observation needs it, once it is known; undefined if the agent has it. */
function knownKey(privateKey: pulumi.Output<string> | undefined): Promise<string | undefined> {
  if (!privateKey) return Promise.resolve(undefined);
  return new Promise((resolve) => privateKey.apply((key) => resolve(key)));
}
