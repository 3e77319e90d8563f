/** CredentialGuard: the resource that compares a server's application and service principal with the declaration. */
import * as pulumi from "@pulumi/pulumi";
import type { CredentialPolicy } from "../model/configuration/configuration";
import { assessCredentials } from "../model/guard/application-guard";
import { credentialView, type CredentialDeclaration, type CredentialView } from "../model/guard/guard-view";
import type { ServerIdentity } from "../model/server/labels";
import type { Observation } from "../model/server/observation";
import { observeAudit } from "../remote/audit-log";
import type { TenantAccess } from "../remote/tenant-access";
import { reportFindings } from "./guard-report";
import { ownKind } from "./own-kind";
import { thisRun } from "./this-run";

export interface CredentialGuardArgs {
  identity: ServerIdentity;
  /** The former name of the server; null if it was never renamed. */
  renamedFrom: string | null;
  /** Hashes of certificates that are declared by them: an adopted one, and one of a CA. */
  named: readonly string[];
  /** Object id of the application. */
  application: pulumi.Output<string>;
  /**
   * Of an application of the product, the certificate that the own one replaced; empty if there was none. Null for an
   * application of this project.
   */
  former: pulumi.Output<string> | null;
  policy: CredentialPolicy;
  /** Object ids of the application's owners. */
  owners: pulumi.Input<string>[];
  /** Object ids of the permitted owners of the service principal. */
  principalOwners: pulumi.Input<string>[];
  /** Ids of the application roles that are assigned to the service principal. */
  roles: pulumi.Input<string>[];
  /** Id of the server's current key credential. */
  keyId: pulumi.Output<string>;
  access: TenantAccess;
  observation: Promise<Observation>;
}

function identitiesOf({ identity, renamedFrom }: Pick<CredentialGuardArgs, "identity" | "renamedFrom">) {
  return renamedFrom === null ? [identity] : [identity, { ...identity, server: renamedFrom }];
}

/** The part of an observation that concerns the guard and, if there is a finding, who made the change. */
async function viewOf(
  args: Pick<CredentialGuardArgs, "identity" | "renamedFrom" | "named" | "policy" | "access">,
  observation: Observation,
  declared: Pick<CredentialDeclaration, "principalOwners" | "roles"> & { owners: string[] },
  former: string | null,
): Promise<CredentialView> {
  const identities = identitiesOf(args);
  const view = credentialView(identities, args.named, observation, observation.fleet ?? [], former);
  // State is not at hand, so what it knows is taken for a finding here; that costs one request, and causes no false finding.
  const candidates = assessCredentials(
    view,
    { ...declared, server: args.identity.server, policy: args.policy, identities, keys: [] },
    declared,
  );
  const { application } = view;
  if (!application || candidates.length === 0) return view;
  const ids = [application.objectId, ...(application.principal ? [application.principal.objectId] : [])];
  return { ...view, audit: await observeAudit(args.access, ids) };
}

/**
 * Shows undeclared credentials and settings of application and service principal in a preview. An `up` reports them,
 * removes them if the policy says so, and keeps the app instance property lock on. Deletion does nothing.
 */
export class CredentialGuard extends pulumi.CustomResource {
  /** One line for each finding of this run and what was done about it; empty if this run found none. */
  readonly messages: pulumi.Output<string[]>;
  declare readonly findings: pulumi.Output<string[]>;
  declare readonly run: pulumi.Output<string>;

  constructor(name: string, args: CredentialGuardArgs, opts?: pulumi.CustomResourceOptions) {
    const { identity, renamedFrom, application, policy, keyId, observation } = args;
    const { owners, principalOwners, roles } = args;
    const view = pulumi
      .all([observation, owners, principalOwners, roles, args.former])
      .apply(([seen, owners, principalOwners, roles, former]) => {
        return viewOf(args, seen as Observation, { owners, principalOwners, roles }, former);
      });
    const declaration = {
      ...identity,
      renamedFrom,
      application,
      policy,
      owners,
      principalOwners,
      roles,
      keys: [keyId],
      ...(args.former === null ? {} : { ofProduct: true }),
    };
    const outputs = { findings: undefined, removals: undefined };
    const kind = ownKind("credential-guard");
    super(kind.type, name, { ...kind.provided, ...outputs, ...declaration, view, run: thisRun() }, opts);
    this.messages = reportFindings(this, this.findings, this.run);
  }
}
