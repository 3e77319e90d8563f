/** The arguments of ConnectSyncIdentity, their defaults, and what is derived from them. */
import * as pulumi from "@pulumi/pulumi";
import { CERTIFICATE_DEFAULTS, type CertificatePolicy } from "../model/certificate-policy";
import type { AdoptedCertificate, CredentialPolicy, ServerRole, Verification } from "../model/configuration";
import { parseHostKey } from "../model/host-key";
import type { ServerIdentity } from "../model/labels";
import type { Observation } from "../model/observation";
import { MINIMUM_VERSION } from "../model/versions";
import { readHostProgram, type HostProgramFiles } from "../remote/host-program-files";
import { observe } from "../remote/observe";
import type { ConnectSyncIdentity } from "./connect-sync-identity";
import type { Connection } from "./host-command";
import type { ResourceService, TenantDirectory } from "./tenant-directory";

/** How a server is reached. */
export interface ConnectSyncConnection {
  host: string;
  /** @default 22 */
  port?: number;
  /** A local administrator on the server, e.g. `"Administrator"`. */
  user: string;
  /** The pinned host key, one line of type ssh-ed25519 or ecdsa-sha2-*. */
  hostKey: string;
  /**
   * An SSH private key. Kept encrypted in state; prefer an agent, which leaves nothing there.
   * @default the agent at SSH_AUTH_SOCK
   */
  privateKey?: pulumi.Input<string>;
}

export interface ConnectSyncIdentityArgs {
  /** The tenant that is synchronised into; one object for all servers of a stack. */
  tenant: TenantDirectory;
  role: ServerRole;
  connection: ConnectSyncConnection;
  /**
   * Display name of the application; may change.
   * @default `Entra Connect Sync - <name>`
   */
  applicationName?: string;
  /**
   * Object ids of the application's owners; `"pipeline"` stands for the caller. An empty list is safer against a stolen
   * owner, but then the pipeline needs Application.ReadWrite.All.
   * @default ["pipeline"]
   */
  owners?: readonly string[];
  /**
   * Whether this server writes passwords back; decides about the three roles of the password reset service.
   * @default false
   */
  passwordWriteback?: boolean;
  /**
   * The account that must run the ADSync service.
   * @default whatever account runs it
   */
  serviceAccount?: string | null;
  /** @default {@link CERTIFICATE_DEFAULTS} */
  certificate?: Partial<CertificatePolicy>;
  /**
   * Runs the documented repair where the connector's connectivity parameters are blank.
   * @default false
   */
  repairConnectivityParameters?: boolean;
  /** @default {@link MINIMUM_VERSION} */
  minimumVersion?: string;
  /**
   * Rotation on demand: any text, e.g. `"2026-11-21 after the audit"`. Another text than the last one makes a new key and
   * certificate once; on a new server it does nothing.
   * @default null
   */
  rotate?: string | null;
  /**
   * How a switch is verified: `switch` by what the connector then says, `sync` by a delta synchronisation as well.
   * @default "sync"
   */
  verify?: Verification;
  /**
   * The Pulumi name that this identity had until now: its resources and its application go on under the new one.
   * Caution: labels carry the name, so the certificate is rotated once.
   * @default null
   */
  renamedFrom?: string | null;
  /**
   * A certificate that was made by hand and stays the server's until its next rotation.
   * @default null
   */
  adopt?: AdoptedCertificate | null;
  /**
   * Whether credentials on the application that nobody declared are told only, or removed as well.
   * Caution: `enforce` deletes key credentials, secrets and federated credentials that are not this server's.
   * @default "report"
   */
  credentialPolicy?: CredentialPolicy;
  /** Identities that must have switched before this one does: one switch at a time in a tenant, staging servers first. */
  switchAfter?: readonly ConnectSyncIdentity[];
}

/** Arguments with their defaults, and what is derived from them. */
export interface Normalized {
  args: Required<Omit<ConnectSyncIdentityArgs, "certificate" | "connection">> & { certificate: CertificatePolicy };
  identity: ServerIdentity;
  connection: Connection & { host: string; port: number; user: string; hostKey: string };
  files: HostProgramFiles;
  /** Whose application roles are required, assigned and looked for in tokens. */
  services: ResourceService[];
  observation: Promise<Observation>;
}

/**
 * Fills in the defaults and starts the observation, at once for every server.
 * @throws pulumi.ResourceError where the host key is none, for those who use the class without the stack's configuration check
 */
export function normalize(name: string, args: ConnectSyncIdentityArgs, owner: ConnectSyncIdentity): Normalized {
  const identity = { stack: pulumi.getStack(), server: name };
  const { host, port = 22, user, hostKey, privateKey } = args.connection;
  const parsed = parseHostKey(hostKey);
  if (!parsed) throw new pulumi.ResourceError(`${name}: connection.hostKey is no host key`, owner, true);
  const files = readHostProgram();
  const { tenant, owners = ["pipeline"], passwordWriteback = false } = args;
  const secretKey = privateKey === undefined ? undefined : pulumi.secret(privateKey);
  const target = { server: name, host, port, user, hostKey };
  const observed = knownKey(secretKey).then((key) =>
    observe(
      { ...target, agentSocketPath: process.env.SSH_AUTH_SOCK, privateKey: key },
      identity,
      tenant.access,
      files,
      !owners.includes("pipeline"),
      args.renamedFrom,
    ),
  );
  const observation = tenant.observations.add(identity, observed);
  return {
    args: {
      tenant,
      role: args.role,
      applicationName: args.applicationName ?? `Entra Connect Sync - ${name}`,
      owners,
      passwordWriteback,
      serviceAccount: args.serviceAccount ?? null,
      certificate: { ...CERTIFICATE_DEFAULTS, ...args.certificate },
      repairConnectivityParameters: args.repairConnectivityParameters ?? false,
      minimumVersion: args.minimumVersion ?? MINIMUM_VERSION,
      rotate: args.rotate ?? null,
      verify: args.verify ?? "sync",
      renamedFrom: args.renamedFrom ?? null,
      adopt: args.adopt ?? null,
      credentialPolicy: args.credentialPolicy ?? "report",
      switchAfter: args.switchAfter ?? [],
    },
    identity,
    connection: { host, port, user, hostKey, dialErrorLimit: 2, ...(secretKey ? { privateKey: secretKey } : {}) },
    files,
    services: passwordWriteback ? [tenant.syncService, tenant.passwordResetService] : [tenant.syncService],
    observation,
  };
}

/** The private key as the observation needs it, once it is known; undefined where the agent has it. */
function knownKey(privateKey: pulumi.Output<string> | undefined): Promise<string | undefined> {
  if (!privateKey) return Promise.resolve(undefined);
  return new Promise((resolve) => privateKey.apply((key) => resolve(key)));
}
