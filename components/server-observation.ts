/** What the resources of one server share, above all the observation: it is under way before the first of them is made. */
import * as pulumi from "@pulumi/pulumi";
import { issuedHash } from "../model/certificate/certificate-source";
import type { ConnectionConfiguration } from "../model/configuration/configuration";
import type { ServerIdentity } from "../model/server/labels";
import type { Observation } from "../model/server/observation";
import { readHostProgram, type HostProgramFiles } from "../remote/host-program-files";
import { observe } from "../remote/observe";
import { sshTarget } from "../remote/ssh";
import type { CheckedArgs } from "./connect-sync-identity-args";
import type { HeldInEntraArgs } from "./held-in-entra";
import type { Connection } from "./host-command";
import type { ResourceService } from "./tenant-directory";
import type { SshTarget } from "../remote/ssh-target";

/** Arguments with their defaults, what is derived from them, and the observation that they started. */
export interface PreparedServer {
  args: CheckedArgs;
  identity: ServerIdentity;
  connection: Connection & { host: string; port: number; user: string; hostKey: string };
  files: HostProgramFiles;
  /** Whose application roles are required, assigned and looked for in tokens. */
  services: ResourceService[];
  observation: Promise<Observation>;
  /** How our own connections reach it, once the SSH key is known. */
  target: Promise<SshTarget>;
  /** How state is compared with what Entra holds of the application. */
  held: HeldInEntraArgs;
}

/** Starts the observation, at once for every server, and derives what the resources share. */
export function beginObservation(name: string, args: CheckedArgs): PreparedServer {
  const identity = { stack: pulumi.getStack(), server: name };
  const { tenant, owners, renamedFrom, applicationName, mode } = args;
  const files = readHostProgram();
  const keys = secretKeys(args);
  const agentSocketPath = process.env.SSH_AUTH_SOCK;
  const target = Promise.all([knownKey(keys.own), knownKey(keys.proxy)]).then(([privateKey, proxyPrivateKey]) =>
    sshTarget({ name, connection: args.connection }, { agentSocketPath, privateKey, proxyPrivateKey }),
  );
  const issuedSha256 = issuedHash(args.certificate);
  const changes = !pulumi.runtime.isDryRun();
  const search = {
    mode,
    changes,
    ownsNothing: !owners.includes("pipeline"),
    renamedFrom,
    applicationName,
    issuedSha256,
  };
  const observed = target.then((to) => observe(to, identity, tenant.access, files, search));
  const observation = tenant.observations.add(identity, observed);
  return {
    args,
    identity,
    connection: pluginConnection(args.connection, keys),
    ...{ files, target },
    services: servicesOf(args),
    observation,
    // What an older run made of a renamed server is in state under the former name.
    held: { state: tenant.state, observation, servers: [name, ...(renamedFrom === null ? [] : [renamedFrom])] },
  };
}

/** What the product's own application may do is the product's matter; a token of it must let it synchronise. */
function servicesOf({ mode, tenant, passwordWriteback }: CheckedArgs): ResourceService[] {
  if (mode === "managed") return [];
  return tenant.servicesFor({ passwordWriteback: mode === "byoa" && passwordWriteback });
}

type SecretKey = pulumi.Output<string> | undefined;

function secretKeys({ privateKey, proxyPrivateKey }: CheckedArgs): { own: SecretKey; proxy: SecretKey } {
  const secret = (key: pulumi.Input<string> | undefined) => (key === undefined ? undefined : pulumi.secret(key));
  return { own: secret(privateKey), proxy: secret(proxyPrivateKey) };
}

/** Failed attempts after which the plugin gives up; a bastion that many servers share turns some of them away (MaxStartups). */
const DIAL_ERROR_LIMIT = { own: 2, proxy: 5 };

/** How the command plugin reaches the server: the same way as our own connection. */
function pluginConnection(
  { host, port, user, hostKey, proxy }: ConnectionConfiguration,
  keys: ReturnType<typeof secretKeys>,
): PreparedServer["connection"] {
  const key = (privateKey: SecretKey) => (privateKey ? { privateKey } : {});
  const direct = { host, port, user, hostKey, dialErrorLimit: DIAL_ERROR_LIMIT.own, ...key(keys.own) };
  if (!proxy) return direct;
  const { sshPublicKey, ...bastion } = proxy;
  void sshPublicKey;
  return { ...direct, proxy: { ...bastion, dialErrorLimit: DIAL_ERROR_LIMIT.proxy, ...key(keys.proxy) } };
}

/** The private key as the observation needs it, once it is known; undefined if the agent has it. */
function knownKey(privateKey: SecretKey): Promise<string | undefined> {
  if (!privateKey) return Promise.resolve(undefined);
  return new Promise((resolve) => privateKey.apply((key) => resolve(key)));
}
