/** CredentialGuard: the resource that holds application and principal of a server against what is declared. */
import * as pulumi from "@pulumi/pulumi";
import type { CredentialPolicy } from "../model/configuration/configuration";
import {
  assessCredentials,
  credentialView,
  type CredentialDeclaration,
  type CredentialView,
} from "../model/guard/guard-credentials";
import type { ServerIdentity } from "../model/server/labels";
import type { Observation } from "../model/server/observation";
import { observeAudit } from "../remote/audit-log";
import type { TenantAccess } from "../remote/tenant-access";
import { dynamicType, providerText } from "./dynamic-provider";
import { reportFindings } from "./guard-report";
import { THIS_RUN } from "./this-run";

export interface CredentialGuardArgs {
  identity: ServerIdentity;
  /** The server that this one was called before, null where it always was this one. */
  renamedFrom: string | null;
  /** Hash of a certificate that was made by hand and taken over, null where there is none. */
  adoptedSha256: string | null;
  /** Object id of the application. */
  application: pulumi.Output<string>;
  policy: CredentialPolicy;
  /** Object ids of the application's owners. */
  owners: pulumi.Input<string>[];
  /** Object ids of those who may own the service principal. */
  principalOwners: pulumi.Input<string>[];
  /** Ids of the application roles that the principal is given. */
  roles: pulumi.Input<string>[];
  /** Id of the key credential that is this server's now. */
  keyId: pulumi.Output<string>;
  access: TenantAccess;
  observation: Promise<Observation>;
}

function identitiesOf({ identity, renamedFrom }: Pick<CredentialGuardArgs, "identity" | "renamedFrom">) {
  return renamedFrom === null ? [identity] : [identity, { ...identity, server: renamedFrom }];
}

/** What of an observation matters to the guard, and, where something is to be told, who was it. */
async function viewOf(
  args: Pick<CredentialGuardArgs, "identity" | "renamedFrom" | "adoptedSha256" | "policy" | "access">,
  observation: Observation,
  declared: Pick<CredentialDeclaration, "principalOwners" | "roles"> & { owners: string[] },
): Promise<CredentialView> {
  const identities = identitiesOf(args);
  const view = credentialView(identities, args.adoptedSha256, observation, observation.fleet ?? []);
  // State is not at hand, so what it knows is taken for a finding here; that costs a request, and accuses nobody.
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
 * Shows in every preview what is on application and principal without having been declared. An `up` tells it, removes it
 * where the policy says so, and keeps the app instance property lock on. Deletion does nothing.
 */
export class CredentialGuard extends pulumi.CustomResource {
  /** One line for each finding of this run and what was done about them; none where this run found none. */
  readonly told: pulumi.Output<string[]>;
  declare readonly findings: pulumi.Output<string[]>;
  declare readonly run: pulumi.Output<string>;

  constructor(name: string, args: CredentialGuardArgs, opts?: pulumi.CustomResourceOptions) {
    const { identity, renamedFrom, application, policy, keyId, observation } = args;
    const { owners, principalOwners, roles } = args;
    const view = pulumi
      .all([observation, owners, principalOwners, roles])
      .apply(([seen, owners, principalOwners, roles]) => {
        return viewOf(args, seen as Observation, { owners, principalOwners, roles });
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
    };
    const outputs = { findings: undefined, removals: undefined };
    const __provider = providerText("credential-guard");
    super(dynamicType("CredentialGuard"), name, { __provider, ...outputs, ...declaration, view, run: THIS_RUN }, opts);
    this.told = reportFindings(this, this.findings, this.run);
  }
}
