/** ConnectSyncIdentity: the application identity of one Entra Connect Sync server. */
import * as pulumi from "@pulumi/pulumi";
import { fingerprint, parseHostKey } from "../model/server/host-key";
import { LABEL_PREFIX } from "../model/protocol/host-protocol";
import { applicationMarker, isRevocation } from "../model/server/labels";
import { linkCommand } from "../model/server/link-command";
import type { Observation } from "../model/server/observation";
import { secondApplication } from "../model/server/server-state";
import { check, normalize, type ConnectSyncIdentityArgs, type Normalized } from "./connect-sync-identity-args";
import { ApplicationCertificate } from "./application-certificate";
import { CredentialGuard } from "./credential-guard";
import { CredentialLease } from "./credential-lease";
import { EntraApplication } from "./entra-application";
import { HostCertificate } from "./host-certificate";
import { HostProgram, HostProgramRemoval } from "./host-program";
import { HostRegistration } from "./host-registration";
import { report } from "./server-report";
import { SyncServer } from "./sync-server";
import { lineOf } from "./this-reader";

/**
 * The resources of one server, for those who need more than the outputs: a `dependsOn` on the registration, say. That they
 * are there is stable, what they have beside is not.
 */
export interface ConnectSyncIdentityNodes {
  /** Application, service principal and role assignments in Entra. */
  entra: EntraApplication;
  /** The memory of the server: findings, generation of its certificate, revisions. */
  server: SyncServer;
  /** The host program's folder on the server. */
  program: HostProgram;
  /** Removes that folder at the end. */
  programRemoval: HostProgramRemoval;
  /** Key and certificate on the server. */
  certificate: HostCertificate;
  /** The certificate's public part on the application. */
  credential: ApplicationCertificate;
  /** Keeps all above from being deleted while the connector uses it. */
  lease: CredentialLease;
  /** The connector's switch to application and certificate. */
  registration: HostRegistration;
  /** Holds application and principal against what is declared. */
  guard: CredentialGuard;
}

/**
 * Gives the component and all below it their former names as aliases. Each its own: the engine lets children inherit an
 * alias only in the run that renames the parent, and a run that fails half-way leaves children for the next one.
 */
function withFormerName(
  name: string,
  former: string | null | undefined,
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions | undefined {
  if (!former) return opts;
  const rename: pulumi.ResourceTransformation = ({ name: own, props, opts }) => {
    const aliases = own.startsWith(name) ? [{ name: `${former}${own.slice(name.length)}` }] : [];
    return { props, opts: pulumi.mergeOptions(opts, { aliases }) };
  };
  return pulumi.mergeOptions(opts, { transformations: [rename] });
}

/**
 * Application, service principal, roles, certificate and registration of one Entra Connect Sync server.
 *
 * The name of the resource is the server's: a lower-case letter, then letters, digits and hyphens, 31 at most. Markers and
 * labels carry it, so another name without `renamedFrom` is another server.
 *
 * The server and its application are observed as soon as the object is made, in a preview as well, and changed by no
 * preview. A server that cannot be reached makes a preview red and an `up` fail; its resources stay.
 *
 * @example
 * import { ConnectSyncIdentity, TenantDirectory } from "connect-sync-identity";
 *
 * const tenant = new TenantDirectory();
 * const sync01 = new ConnectSyncIdentity("sync01", {
 *   tenant,
 *   role: "active",
 *   connection: { host: "sync01.contoso.com", user: "Administrator", hostKey: "ssh-ed25519 AAAA..." },
 * });
 * export const ready = sync01.ready;
 *
 * @example
 * import * as pulumi from "@pulumi/pulumi";
 * import { ConnectSyncIdentity, TenantDirectory } from "connect-sync-identity";
 *
 * // Staging servers first: what fails there never reaches the active one.
 * const tenant = new TenantDirectory();
 * const hostKeys = new pulumi.Config().requireObject<Record<string, string>>("hostKeys");
 * const identities = ["sync02", "sync01"].map(
 *   (name) =>
 *     new ConnectSyncIdentity(name, {
 *       tenant,
 *       role: name === "sync01" ? "active" : "staging",
 *       connection: { host: `${name}.contoso.com`, user: "svc-pulumi", hostKey: hostKeys[name] },
 *       certificate: { lifetime: "365 days", rotateBefore: "180 days" },
 *       passwordWriteback: name === "sync01",
 *     }),
 * );
 * export const expiry = identities.map(({ certificateExpires }) => certificateExpires);
 */
export class ConnectSyncIdentity extends pulumi.ComponentResource {
  /** Application (client) id, a GUID. */
  readonly applicationId: pulumi.Output<string>;
  /** Object id of the application, a GUID. */
  readonly applicationObjectId: pulumi.Output<string>;
  /** Object id of the application's service principal, a GUID: the one that holds the roles. */
  readonly servicePrincipalObjectId: pulumi.Output<string>;
  /** SHA-256 of the certificate, 64 lower-case hexadecimal digits. */
  readonly certificateSha256: pulumi.Output<string>;
  /** End of the certificate's validity, ISO 8601 in UTC. */
  readonly certificateExpires: pulumi.Output<string>;
  /** One line per finding of this run, in a preview; empty once acted upon. */
  readonly findings: pulumi.Output<string[]>;
  /**
   * The documented command that links this identity at the server's desktop. Known once application and certificate
   * are, so also where the registration of this run failed.
   */
  readonly linkCommand: pulumi.Output<string>;
  /** True only after credential, roles and registration are in place. */
  readonly ready: pulumi.Output<boolean>;
  /** The resources below. */
  readonly nodes: ConnectSyncIdentityNodes;
  /** What this run saw of the server and its application, for {@link SyncRoleGuard}. Its shape may change in any version. */
  readonly observation: Promise<Observation>;

  /**
   * @param name the server's name
   * @throws DeclarationError with every problem of the arguments, before anything is registered
   */
  constructor(name: string, args: ConnectSyncIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    const checked = check(name, args, opts?.parent);
    super("connect-sync-identity:index:ConnectSyncIdentity", name, {}, withFormerName(name, checked.renamedFrom, opts));
    const given = normalize(name, checked);
    const entra = this.createApplication(name, given);
    const server = this.createServer(name, given, entra);
    const { program, programRemoval } = this.createProgram(name, given, server);
    const certificate = this.createCertificate(name, given, server, programRemoval);
    const credential = this.createCredential(name, given, server, entra, certificate);
    const lease = this.createLease(name, given, server, entra, certificate, credential, programRemoval);
    const registration = this.createRegistration(name, given, server, entra, certificate, lease);
    const guard = this.createGuard(name, given, entra, credential, registration);
    report(given, server);

    this.nodes = { entra, server, program, programRemoval, certificate, credential, lease, registration, guard };
    this.observation = given.observation;
    this.applicationId = entra.application.clientId;
    this.applicationObjectId = entra.application.objectId;
    this.servicePrincipalObjectId = entra.principal.objectId;
    this.certificateSha256 = certificate.certificate.sha256;
    this.certificateExpires = certificate.certificate.notAfter;
    this.findings = server.findings;
    this.linkCommand = pulumi
      .all([this.applicationId, this.certificateSha256])
      .apply(([appId, sha256]) => linkCommand(appId, sha256));
    const assigned = pulumi.all(entra.assignments.map(({ id }) => id));
    this.ready = pulumi.all([registration.registered, assigned]).apply(() => true);
    checked.tenant.declarations.made(this);
    this.registerOutputs({ applicationId: this.applicationId, certificateSha256: this.certificateSha256 });
  }

  private createApplication(name: string, { args, identity, services, observation }: Normalized): EntraApplication {
    const { tenant, owners } = args;
    // What says that a credential was revoked stays, whatever else of the application changes.
    const revocations = observation.then(({ tenant }) => tenant.application?.tags.filter(isRevocation) ?? []);
    const pipeline = owners.includes("pipeline") ? [tenant.pipelineObjectId] : [];
    const others = owners.filter((owner) => owner !== "pipeline");
    return new EntraApplication(
      name,
      {
        displayName: args.applicationName,
        tags: pulumi.output(revocations).apply((told) => [LABEL_PREFIX, applicationMarker(identity), ...told]),
        owners: [...pipeline, ...others],
        principalOwners: pipeline,
        beforeCreation: async () => {
          const { tenant } = await observation;
          if (tenant.problem) throw new Error(lineOf(tenant.problem));
          if (tenant.application) throw new Error(lineOf(secondApplication(name, tenant.application)));
        },
        services,
      },
      { parent: this },
    );
  }

  private createServer(name: string, given: Normalized, entra: EntraApplication): SyncServer {
    const { args, identity, connection, files, observation } = given;
    const { role, passwordWriteback, certificate, repairConnectivityParameters, minimumVersion, verify } = args;
    const { host, port, user, hostKey } = connection;
    const hostKeyFingerprint = fingerprint(parseHostKey(hostKey)!.blob);
    return new SyncServer(
      `${name}-server`,
      {
        ...identity,
        ...{ role, host, port, user, hostKeyFingerprint },
        ...{ rotate: args.rotate ?? "", adopt: args.adopt?.certificateSha256 ?? "" },
        ...{ passwordWriteback, certificate, repairConnectivityParameters, minimumVersion, verify },
        appId: entra.application.clientId,
        programSha256: files.sha256,
        observation,
      },
      { parent: this },
    );
  }

  private createProgram(name: string, { connection, files }: Normalized, server: SyncServer) {
    const revision = server.programRevision;
    const opts = { parent: this, dependsOn: [server] };
    const program = new HostProgram(`${name}-program`, { connection, files, revision }, opts);
    const removalOpts = { parent: this, dependsOn: [program] };
    return { program, programRemoval: new HostProgramRemoval(`${name}-program-removal`, connection, removalOpts) };
  }

  private createCertificate(name: string, given: Normalized, server: SyncServer, program: pulumi.Resource) {
    const { args, identity, connection, observation } = given;
    const { certificate: policy, serviceAccount, minimumVersion } = args;
    const { certificateServer, certificateGeneration, adoptedSha256, certificateReplacement: replacement } = server;
    const reference = pulumi
      .all([certificateServer, certificateGeneration, adoptedSha256])
      .apply(([name, generation, adoptedSha256]) => ({
        identity: { ...identity, server: name },
        ...{ generation, adoptedSha256 },
      }));
    const declared = { server: identity.server, policy, serviceAccount, minimumVersion };
    return new HostCertificate(
      `${name}-certificate`,
      { connection, ...declared, reference, replacement, observation },
      { parent: this, dependsOn: [program] },
    );
  }

  private createCredential(
    name: string,
    { args: { adopt }, identity, observation }: Normalized,
    server: SyncServer,
    entra: EntraApplication,
    host: HostCertificate,
  ): ApplicationCertificate {
    const adopted = adopt ? server.adoptedSha256.apply((sha256) => sha256 !== "") : null;
    const generation = server.certificateGeneration;
    const { application } = entra;
    const args = {
      application,
      certificate: host.certificate,
      adopted,
      server: identity.server,
      generation,
      observation,
    };
    return new ApplicationCertificate(`${name}-credential`, args, { parent: this, dependsOn: [host] });
  }

  private createLease(
    name: string,
    { connection, identity }: Normalized,
    server: SyncServer,
    entra: EntraApplication,
    host: HostCertificate,
    credential: ApplicationCertificate,
    program: pulumi.Resource,
  ): CredentialLease {
    const args = {
      connection,
      server: identity.server,
      label: host.label,
      appId: entra.application.clientId,
      certificateSha256: host.certificate.sha256,
      replacement: server.certificateReplacement,
    };
    const dependsOn = [host, credential, program, entra.principal, ...entra.assignments];
    return new CredentialLease(`${name}-lease`, args, { parent: this, dependsOn });
  }

  private createRegistration(
    name: string,
    { args, connection, identity, services, observation }: Normalized,
    server: SyncServer,
    entra: EntraApplication,
    host: HostCertificate,
    lease: CredentialLease,
  ): HostRegistration {
    const { tenant, certificate, serviceAccount, minimumVersion, repairConnectivityParameters, verify } = args;
    return new HostRegistration(
      `${name}-registration`,
      {
        connection,
        server: identity.server,
        label: host.label,
        appId: entra.application.clientId,
        certificateSha256: host.certificate.sha256,
        revision: server.registrationRevision,
        tokenEndpoint: tenant.tokenEndpoint,
        requiredRoles: services.map(({ appId, roles }) => ({ resourceAppId: appId, roles: [...roles] })),
        allowSoftwareKey: certificate.allowSoftwareKey,
        ...{ serviceAccount, minimumVersion, repairConnectivityParameters, verify, observation },
      },
      { parent: this, dependsOn: [lease, ...args.switchAfter.map((identity) => identity.nodes.registration)] },
    );
  }

  /** Behind the registration: a rotation is through before anything is taken away. */
  private createGuard(
    name: string,
    { args, identity, observation }: Normalized,
    entra: EntraApplication,
    credential: ApplicationCertificate,
    registration: HostRegistration,
  ): CredentialGuard {
    const { owners, principalOwners, roleIds: roles, application } = entra;
    return new CredentialGuard(
      `${name}-guard`,
      {
        ...{ identity, owners, principalOwners, roles, observation },
        renamedFrom: args.renamedFrom,
        adoptedSha256: args.adopt?.certificateSha256 ?? null,
        application: application.objectId,
        policy: args.credentialPolicy,
        keyId: credential.keyId,
        access: args.tenant.access,
      },
      { parent: this, dependsOn: [registration] },
    );
  }
}
