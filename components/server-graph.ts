/** The resources of one server, each made of those before it. */
import * as pulumi from "@pulumi/pulumi";
import { issuedHash } from "../model/certificate/certificate-source";
import { LABEL_PREFIX } from "../model/protocol/host-protocol";
import { applicationMarker, isRevocation } from "../model/server/labels";
import { nameRefused } from "../model/server/application-name";
import { secondApplication } from "../model/server/assessment";
import { ApplicationCertificate } from "./application-certificate";
import { CredentialGuard } from "./credential-guard";
import { CredentialLease } from "./credential-lease";
import { EntraApplication } from "./entra-application";
import { HostCertificate } from "./host-certificate";
import { HostProgram, HostProgramRemoval } from "./host-program";
import { HostRegistration } from "./host-registration";
import { knownOr } from "./known-output";
import type { PreparedServer } from "./server-observation";
import { watchStep } from "./step-watch";
import { createServer } from "./declared-server";
import type { SyncServer } from "./sync-server";
import { lineOf } from "./this-reader";

/**
 * The resources of one server, for those who need more than the outputs: a `dependsOn` on the registration, say. Their
 * presence is stable, their other properties are not.
 */
export interface ConnectSyncIdentityNodes {
  /** Application, service principal and role assignments in Entra; throws with mode `byoc`, which makes none. */
  readonly entra: EntraApplication;
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
  /** Compares application and principal with the declaration. */
  guard: CredentialGuard;
}

/** The application that a server signs in as: one that this project makes, or the product's. */
interface ServerApplication {
  /** As the provider writes it: `/applications/<object id>`. */
  id: pulumi.Output<string>;
  objectId: pulumi.Output<string>;
  appId: pulumi.Output<string>;
  /** What the connector needs of it and this project makes. */
  made: pulumi.Resource[];
}

/** The graph of one server. The constructor is its order; each method makes one resource from what is there by then. */
export class ServerGraph implements ConnectSyncIdentityNodes {
  readonly application: ServerApplication;
  readonly server: SyncServer;
  readonly program: HostProgram;
  readonly programRemoval: HostProgramRemoval;
  readonly certificate: HostCertificate;
  readonly credential: ApplicationCertificate;
  readonly lease: CredentialLease;
  readonly registration: HostRegistration;
  readonly guard: CredentialGuard;
  /** Undefined if the application is the product's. */
  private readonly ownEntra: EntraApplication | undefined;

  constructor(
    private readonly name: string,
    private readonly given: PreparedServer,
    private readonly parent: pulumi.Resource,
  ) {
    this.ownEntra = given.args.mode === "byoc" ? undefined : this.createApplication();
    this.server = this.ownEntra ? this.createServer(this.ownEntra) : this.createServerOfProduct();
    this.application = this.ownEntra ? ofEntra(this.ownEntra) : ofProduct(this.server);
    this.program = this.createProgram();
    this.programRemoval = this.createProgramRemoval();
    this.certificate = this.createCertificate();
    this.credential = this.createCredential();
    this.lease = this.createLease();
    this.registration = this.createRegistration();
    this.guard = this.createGuard();
    this.watchSteps();
  }

  get entra(): EntraApplication {
    if (this.ownEntra) return this.ownEntra;
    throw new pulumi.ResourceError(`${this.name}: Entra Connect made its application (mode byoc)`, this.parent, true);
  }

  get nodes(): ConnectSyncIdentityNodes {
    return this;
  }

  /** What runs something on the server while the program waits; the rest runs only when it is deleted. */
  private watchSteps(): void {
    const { target, args } = this.given;
    const before = args.switchAfter.flatMap(({ switches }) => switches);
    watchStep(this.program, "program", [this.server], target);
    watchStep(this.certificate, "certificate", [this.programRemoval], target);
    watchStep(this.registration, "registration", [this.lease, ...before], target);
  }

  private createApplication(): EntraApplication {
    const { args, identity, services, observation, held } = this.given;
    const { tenant, owners } = args;
    // What says that a credential was revoked stays, whatever else of the application changes.
    const revocations = observation.then(({ tenant }) => tenant.application?.tags.filter(isRevocation) ?? []);
    const pipeline = owners.includes("pipeline") ? [tenant.pipelineObjectId] : [];
    const others = owners.filter((owner) => owner !== "pipeline");
    const refuseName = async () => {
      const refused = nameRefused(identity, await observation);
      if (refused) throw new Error(lineOf(refused));
    };
    return new EntraApplication(
      this.name,
      {
        displayName: args.applicationName,
        tags: pulumi.output(revocations).apply((revoked) => [LABEL_PREFIX, applicationMarker(identity), ...revoked]),
        owners: [...pipeline, ...others],
        principalOwners: pipeline,
        beforeCreation: async () => {
          const seen = await observation;
          const { application, problem } = seen.tenant;
          if (problem) throw new Error(lineOf(problem));
          if (application) throw new Error(lineOf(secondApplication(this.name, application)));
          await refuseName();
        },
        beforeUpdate: refuseName,
        services,
        held,
      },
      { parent: this.parent },
    );
  }

  private createServer({ application }: EntraApplication): SyncServer {
    return createServer(this.name, this.given, this.parent, application.clientId);
  }

  /** Empty if it was not observed: then what the last run saw counts. */
  private createServerOfProduct(): SyncServer {
    const seen = this.given.observation.then(({ tenant }) => tenant.application);
    const appId = pulumi.output(seen.then((application) => application?.appId ?? ""));
    const objectId = pulumi.output(seen.then((application) => application?.objectId ?? ""));
    return createServer(this.name, this.given, this.parent, appId, objectId);
  }

  private createProgram(): HostProgram {
    const { connection, files } = this.given;
    const args = { connection, files, revision: this.server.programRevision };
    return new HostProgram(`${this.name}-program`, args, { parent: this.parent, dependsOn: [this.server] });
  }

  private createProgramRemoval(): HostProgramRemoval {
    const opts = { parent: this.parent, dependsOn: [this.program] };
    return new HostProgramRemoval(`${this.name}-program-removal`, this.given.connection, opts);
  }

  private createCertificate(): HostCertificate {
    const { args, identity, connection, observation } = this.given;
    const { certificate: policy, serviceAccount, minimumVersion } = args;
    const {
      certificateServer,
      certificateGeneration,
      adoptedSha256,
      certificateReplacement: replacement,
    } = this.server;
    // A preview does not know what an earlier release did not store.
    const keyUnmistakable = knownOr(this.server.keyUnmistakable, false);
    const certificateSource = knownOr(this.server.certificateSource, "");
    const reference = pulumi
      .all([certificateServer, certificateGeneration, adoptedSha256, keyUnmistakable, certificateSource])
      .apply(([name, generation, adoptedSha256, unmistakable, source]) => ({
        identity: { ...identity, server: name },
        ...{ generation, adoptedSha256, source: source ?? "", keyUnmistakable: unmistakable ?? false },
      }));
    const declared = { server: identity.server, policy, serviceAccount, minimumVersion };
    return new HostCertificate(
      `${this.name}-certificate`,
      { connection, ...declared, reference, replacement, observation },
      { parent: this.parent, dependsOn: [this.programRemoval] },
    );
  }

  private createCredential(): ApplicationCertificate {
    const { args, identity, observation } = this.given;
    const { adoptedSha256, certificateGeneration: generation, keyIdDerived } = this.server;
    const imported = args.adopt?.certificateSha256;
    const issued = issuedHash(args.certificate);
    // One that a CA issued under the declared hash was uploaded here, unless it is the imported one.
    const isImported = (sha256: string) => sha256 !== "" && (sha256 === imported || sha256 !== issued);
    return new ApplicationCertificate(
      `${this.name}-credential`,
      {
        applicationId: this.application.id,
        certificate: this.certificate.certificate,
        adopted: args.adopt ? adoptedSha256.apply(isImported) : null,
        server: identity.server,
        ...{ generation, keyIdDerived, observation },
        access: args.tenant.access,
      },
      { parent: this.parent, dependsOn: [this.certificate] },
    );
  }

  private createLease(): CredentialLease {
    const { application, certificate, credential, programRemoval } = this;
    return new CredentialLease(
      `${this.name}-lease`,
      {
        connection: this.given.connection,
        server: this.given.identity.server,
        label: certificate.label,
        appId: application.appId,
        certificateSha256: certificate.certificate.sha256,
        replacement: this.server.certificateReplacement,
      },
      {
        parent: this.parent,
        dependsOn: [certificate, credential, programRemoval, ...application.made],
      },
    );
  }

  private createRegistration(): HostRegistration {
    const { args, connection, identity, services, observation } = this.given;
    const { tenant, serviceAccount, minimumVersion, repairConnectivityParameters, verify } = args;
    return new HostRegistration(
      `${this.name}-registration`,
      {
        connection,
        server: identity.server,
        label: this.certificate.label,
        appId: this.application.appId,
        certificateSha256: this.certificate.certificate.sha256,
        revision: this.server.registrationRevision,
        tokenEndpoint: tenant.tokenEndpoint,
        requiredRoles: services.map(({ appId, roles }) => ({ resourceAppId: appId, roles: [...roles] })),
        allowSoftwareKey: args.certificate.allowSoftwareKey,
        ...(this.ownEntra ? {} : { rotateOnly: true as const }),
        ...{ serviceAccount, minimumVersion, repairConnectivityParameters, verify, observation },
      },
      {
        parent: this.parent,
        dependsOn: [this.lease, ...args.switchAfter.flatMap(({ switches }) => switches)],
      },
    );
  }

  /** Behind the registration: a rotation completes before anything is removed. */
  private createGuard(): CredentialGuard {
    const { args, identity, observation } = this.given;
    const declared = this.ownEntra
      ? { owners: this.ownEntra.owners, principalOwners: this.ownEntra.principalOwners, roles: this.ownEntra.roleIds }
      : { owners: [], principalOwners: [], roles: [] };
    return new CredentialGuard(
      `${this.name}-guard`,
      {
        ...{ identity, ...declared, observation },
        renamedFrom: args.renamedFrom,
        named: [args.adopt?.certificateSha256, issuedHash(args.certificate)].filter((hash) => hash !== undefined),
        application: this.application.objectId,
        former: this.ownEntra ? null : this.server.formerSha256.apply((sha256) => sha256 ?? ""),
        policy: args.credentialPolicy,
        keyId: this.credential.keyId,
        access: args.tenant.access,
      },
      { parent: this.parent, dependsOn: [this.registration] },
    );
  }
}

function ofEntra({ application, principal, assignments }: EntraApplication): ServerApplication {
  const { id, objectId, clientId: appId } = application;
  return { id, objectId, appId, made: [principal, ...assignments] };
}

function ofProduct({ appId, applicationObjectId }: SyncServer): ServerApplication {
  const objectId = applicationObjectId.apply((id) => id ?? "");
  return { id: pulumi.interpolate`/applications/${objectId}`, objectId, appId, made: [] };
}
