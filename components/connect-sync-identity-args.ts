/** The arguments of ConnectSyncIdentity, and the check of them. */
import * as pulumi from "@pulumi/pulumi";
import type { CertificatePolicy } from "../model/certificate/certificate-policy";
import type {
  AdoptedCertificate,
  CredentialPolicy,
  ServerMode,
  ServerRole,
  Verification,
} from "../model/configuration/configuration";
import { checkServer, composedProblems, type Declaration } from "../model/configuration/declaration";
import type { Diagnostic } from "../model/diagnostics/diagnostic";
import { invalidSetting } from "../model/configuration/invalid-setting";
import type { ConnectSyncIdentity } from "./connect-sync-identity";
import { DeclarationError } from "./declaration-error";
import { TenantDirectory } from "./tenant-directory";

/**
 * How a server is reached: by SSH, with a key, as a local administrator. A change replaces nothing: key and certificate
 * stay. All but the key are plain values, as the server is observed while the program runs.
 */
export interface ConnectSyncConnection {
  /** Host name, IPv4 or IPv6 address, and nothing else. No two servers of a tenant share host and port. */
  host: string;
  /**
   * TCP port of the SSH server, 1 to 65535.
   * @default 22
   */
  port?: number;
  /** A local administrator on the server, e.g. `"Administrator"` or `"CONTOSO\\svc-pulumi"`. */
  user: string;
  /**
   * The pinned host key: one line of type ssh-ed25519 (preferred) or ecdsa-sha2-nistp256, 384 or 521, without a comment or
   * with one. Taken from the server's console, from `%ProgramData%\ssh\ssh_host_ed25519_key.pub`. An ssh-rsa key is
   * refused, as it would mean SHA-1 signatures. A connection to a server with another key is refused.
   */
  hostKey: string;
  /**
   * The public key of the agent's key that this server accepts: one line, or its fingerprint (`"SHA256:..."`). Needed if
   * the agent holds more keys than the server lets a client try.
   * @default every key of the agent, in its order
   */
  sshPublicKey?: string | null;
  /**
   * An SSH private key, the text of its file in PEM form. Kept encrypted in state; prefer an agent, which leaves nothing
   * there. May be an output, e.g. of `config.requireSecret`.
   * @default the agent at SSH_AUTH_SOCK
   */
  privateKey?: pulumi.Input<string>;
  /**
   * The bastion through which the server is reached, with a host key of its own.
   * @default null, which reaches the server directly
   */
  proxy?: ConnectSyncProxy | null;
}

/** A bastion: an SSH server that is allowed to forward connections to the server (direct-tcpip). */
export interface ConnectSyncProxy extends Omit<ConnectSyncConnection, "proxy"> {
  /** A user of the bastion; it needs no shell there. */
  user: string;
  /**
   * The public key of the agent's key that the bastion accepts.
   * @default that of the server's connection
   */
  sshPublicKey?: string | null;
  /**
   * An SSH private key for the bastion. Kept encrypted in state.
   * @default that of the server's connection
   */
  privateKey?: pulumi.Input<string>;
}

/**
 * What is declared of one server. All but `connection.privateKey` are plain values, as they are checked and the server is
 * observed before the first resource is registered; an output is refused.
 */
export interface ConnectSyncIdentityArgs {
  /** The tenant that the server synchronises to; one object for all servers of a stack. */
  tenant: TenantDirectory;
  /**
   * Who owns application and certificate: `"byoa"` for an application and a certificate of this project, `"managed"` for
   * those that Entra Connect makes and rotates itself, which are observed and never changed, `"byoc"` for a certificate of
   * this project on the application of Entra Connect. With `"managed"` there is no `applicationName`, `certificate`,
   * `repairConnectivityParameters`, `rotate`, `verify` or `adopt`; with `"byoc"` no `applicationName` or `adopt`.
   * Caution: a change takes the application away that is no longer declared, once the connector has left it.
   * @default "byoa"
   */
  mode?: ServerMode;
  /**
   * `"active"` for the server that exports to Entra ID, `"staging"` for one that only follows. One active server in a
   * tenant. Declared only: this project puts no server into staging mode.
   */
  role: ServerRole;
  /** How the server is reached. */
  connection: ConnectSyncConnection;
  /**
   * Display name of the application: 1 to 120 characters in one line, one that no other server has. May change, and
   * replaces nothing.
   * @default `Entra Connect Sync - <name>`
   */
  applicationName?: string;
  /**
   * Object ids of the application's owners; `"pipeline"` is the caller. An empty list is safer against a stolen
   * owner, but then the pipeline needs Application.ReadWrite.All in place of Application.ReadWrite.OwnedBy.
   * @default ["pipeline"]
   */
  owners?: readonly string[];
  /**
   * Whether this server writes passwords back; decides about the three roles of the password reset service. What the
   * server says otherwise is the finding `writeback-undeclared`, and stops a run that would switch the connector or take
   * the roles away.
   * @default false
   */
  passwordWriteback?: boolean;
  /**
   * The account that must run the ADSync service, e.g. `"CONTOSO\\gmsa-sync$"`. Compared by SID on the server; a
   * different account stops the run, in a preview already if the names show it.
   * @default whatever account runs it
   */
  serviceAccount?: string | null;
  /**
   * Lifetime, rotation and key storage of the certificate; what is left out has its default.
   * @default {@link CERTIFICATE_DEFAULTS}
   */
  certificate?: Partial<CertificatePolicy>;
  /**
   * Runs the documented repair if the connector's connectivity parameters are blank. What that repair writes for an own
   * application is not documented by Microsoft.
   * @default false
   */
  repairConnectivityParameters?: boolean;
  /**
   * Oldest product version that is worked on, four numbers, {@link MINIMUM_VERSION} at least. An older server is refused
   * before anything is changed on it.
   * @default {@link MINIMUM_VERSION}
   */
  minimumVersion?: string;
  /**
   * Why `minimumVersion` is below {@link MINIMUM_VERSION}, e.g. `"this cloud still accepts it"`; 2.5.76.0 is then the oldest.
   * Every preview repeats it in the notice `minimum-version-lowered`.
   * @default null
   */
  minimumVersionReason?: string | null;
  /**
   * Rotation on demand: any text of 1 to 120 characters in one line, e.g. `"2026-11-21 after the audit"`. Another text
   * than the last one makes a new key and certificate once; on a new server it does nothing.
   * @default null
   */
  rotate?: string | null;
  /**
   * How a switch is verified: `"switch"` by what the connector then says, `"sync"` by a delta synchronisation as well. A
   * switch that fails goes back to the certificate before.
   * @default "sync"
   */
  verify?: Verification;
  /**
   * The Pulumi name that this identity had until now: its resources and its application go on under the new one. No other
   * server of the tenant has that name, or names it.
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
   * Whether undeclared credentials on the application are only reported, or removed as well.
   * Caution: `"enforce"` deletes key credentials, secrets and federated credentials that are not this server's.
   * @default "report"
   */
  credentialPolicy?: CredentialPolicy;
  /**
   * Identities that must have switched before this one does: one switch at a time in a tenant. Declare staging servers
   * first, so that what fails there never reaches the active one.
   * @default the identity that was made last with the same tenant
   */
  switchAfter?: readonly ConnectSyncIdentity[];
}

/** Arguments that hold, with their defaults. */
export interface CheckedArgs extends Omit<Declaration, "name"> {
  tenant: TenantDirectory;
  switchAfter: readonly ConnectSyncIdentity[];
  privateKey: pulumi.Input<string> | undefined;
  proxyPrivateKey: pulumi.Input<string> | undefined;
}

/** Arguments that are objects of the program, and so no matter of a configuration's check. */
const OBJECTS = ["tenant", "switchAfter"];

function objectProblems(server: string, { tenant, switchAfter }: Partial<ConnectSyncIdentityArgs>): Diagnostic[] {
  const problem = (property: string, actual: unknown, expected: string, help: string) =>
    invalidSetting(
      { server, property },
      expected,
      actual === undefined || actual === null ? "nothing" : "something else",
      help,
    );
  const problems: Diagnostic[] = [];
  if (!(tenant instanceof TenantDirectory)) {
    const help = "Create one with new TenantDirectory() for all servers of the stack.";
    problems.push(problem("tenant", tenant, "a TenantDirectory of this version of the package", help));
  }
  const others: unknown = switchAfter ?? [];
  const isIdentity = (one: unknown) => Array.isArray((one as Partial<ConnectSyncIdentity> | null)?.switches);
  if (!Array.isArray(others) || !others.every(isIdentity)) {
    const help = "Pass the identities themselves, or omit it: then they switch in the order of the program.";
    problems.push(problem("switchAfter", others, "a list of ConnectSyncIdentity", help));
  }
  return problems;
}

/**
 * Checks the arguments, alone and against the other servers of the tenant, and fills in the defaults.
 * @throws DeclarationError with every problem, before anything is registered
 */
export function checkArguments(
  name: string,
  args: ConnectSyncIdentityArgs,
  parent: pulumi.Resource | undefined,
): CheckedArgs {
  const { declaration, problems } = checkServer(name, args, OBJECTS);
  if (args !== null && typeof args === "object") problems.unshift(...objectProblems(name, args));
  if (declaration && problems.length === 0) problems.push(...composedProblems(pulumi.getStack(), declaration));
  if (declaration && problems.length === 0) problems.push(...args.tenant.declarations.add(declaration));
  if (!declaration || problems.length > 0) throw new DeclarationError(`ConnectSyncIdentity ${name}`, problems, parent);
  const { tenant, switchAfter } = args;
  const privateKey = args.connection.privateKey ?? undefined;
  const proxyPrivateKey = args.connection.proxy?.privateKey ?? privateKey;
  return {
    ...declaration,
    tenant,
    switchAfter: switchAfter ?? tenant.declarations.before,
    privateKey,
    proxyPrivateKey,
  };
}
