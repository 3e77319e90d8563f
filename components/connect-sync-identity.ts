/** ConnectSyncIdentity: the application identity of one Entra Connect Sync server. */
import * as pulumi from "@pulumi/pulumi";
import { ownTable, type CertificateTable } from "../model/certificate/certificate-table";
import { RESOURCE_TYPES } from "../model/resources/resource-types";
import type { ServerMode } from "../model/configuration/configuration";
import { switchCommand } from "../model/server/link-command";
import type { Observation } from "../model/server/observation";
import { checkArguments, type ConnectSyncIdentityArgs } from "./connect-sync-identity-args";
import { ServerGraph, type ConnectSyncIdentityNodes } from "./server-graph";
import { observeManagedIdentity, type IdentityParts } from "./managed-identity";
import { beginObservation, type PreparedServer } from "./server-observation";
import { reportServer } from "./server-report";

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
  /**
   * The table that the wizard shows of the certificate: who manages it, whether the product rotates it, thumbprint, hash,
   * subject, issuer, serial number and dates. What is not known says so, with the reason.
   */
  readonly certificate: pulumi.Output<CertificateTable>;
  /** One line per finding of this run, in a preview; empty once acted upon. */
  readonly findings: pulumi.Output<string[]>;
  /**
   * The documented command that links this identity at the server's desktop, or with mode `byoc` the one that rotates to
   * its certificate. Known once application and certificate
   * are, so also if the registration of this run failed.
   */
  readonly linkCommand: pulumi.Output<string>;
  /** True only after credential, roles and registration are in place. */
  readonly ready: pulumi.Output<boolean>;
  /** Who owns application and certificate. */
  readonly mode: ServerMode;
  /** What this run saw of the server and its application, for {@link SyncRoleGuard}. Its shape may change in any version. */
  readonly observation: Promise<Observation>;
  /** @internal Resolves once this run has said what it found of the server. */
  readonly reported: Promise<void>;

  private graph: ServerGraph | undefined;

  /**
   * @param name the server's name
   * @throws DeclarationError with every problem of the arguments, before anything is registered
   */
  constructor(name: string, args: ConnectSyncIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    const checked = checkArguments(name, args, opts?.parent);
    super(RESOURCE_TYPES.identity, name, {}, withFormerName(name, checked.renamedFrom, opts));
    const given = beginObservation(name, checked);
    this.mode = checked.mode;
    this.observation = given.observation;
    const made = checked.mode === "managed" ? observeManagedIdentity(name, given, this) : this.createOwn(name, given);
    this.reported = reportServer(given, made.server);

    this.applicationId = made.applicationId;
    this.applicationObjectId = made.applicationObjectId;
    this.servicePrincipalObjectId = made.servicePrincipalObjectId;
    this.certificateSha256 = made.certificateSha256;
    this.certificateExpires = made.certificateExpires;
    this.certificate = made.certificate;
    this.findings = made.server.findings;
    this.linkCommand = pulumi
      .all([this.applicationId, this.certificateSha256])
      .apply(([appId, sha256]) => switchCommand(checked.mode, appId, sha256));
    this.ready = made.ready;
    this.registerOutputs({ applicationId: this.applicationId, certificateSha256: this.certificateSha256 });
  }

  /** The resources below. A managed server has none, but for its memory. */
  get nodes(): ConnectSyncIdentityNodes {
    if (this.graph) return this.graph.nodes;
    throw new pulumi.ResourceError("Entra Connect manages this server: it has no resources but its memory", this, true);
  }

  /** @internal What a later switch of the tenant waits for: none if nothing of this server is ever switched. */
  get switches(): pulumi.Resource[] {
    return this.graph ? [this.graph.registration] : [];
  }

  private createOwn(name: string, given: PreparedServer): IdentityParts {
    const graph = new ServerGraph(name, given, this);
    this.graph = graph;
    given.args.tenant.declarations.made(this);
    const { certificate } = graph.certificate;
    const own = given.args.mode === "byoc" ? undefined : graph.entra;
    const assigned = pulumi.all((own?.assignments ?? []).map(({ id }) => id));
    const ofProduct = given.observation.then(({ tenant }) => tenant.application?.principal?.objectId ?? "");
    return {
      server: graph.server,
      applicationId: graph.application.appId,
      applicationObjectId: graph.application.objectId,
      servicePrincipalObjectId: own ? own.principal.objectId : pulumi.output(ofProduct),
      certificateSha256: certificate.sha256,
      certificateExpires: certificate.notAfter,
      certificate: certificate.apply(ownTable),
      ready: pulumi.all([graph.registration.registered, assigned]).apply(() => true),
    };
  }
}
