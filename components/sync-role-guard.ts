/** SyncRoleGuard: the resource that holds everyone who may synchronise into the tenant against the declared servers. */
import * as pulumi from "@pulumi/pulumi";
import type { AllowedRoleHolder } from "../model/configuration";
import type { SyncRoleView } from "../model/guard-memory";
import { assessRoleHolders, unreadPermissions } from "../model/guard-roles";
import type { Observation } from "../model/observation";
import { formatProblem } from "../model/problem";
import { observeAudit } from "../remote/audit-log";
import { dynamicType, providerText } from "./dynamic-provider";
import { reportFindings } from "./guard-report";
import { failRun } from "./run-failure";
import type { TenantDirectory } from "./tenant-directory";
import { THIS_RUN } from "./this-run";

/** What the guard needs to know of a declared server. */
export interface GuardedServer {
  /** Object id of its service principal. */
  principal: pulumi.Output<string>;
  observation: Promise<Observation>;
}

export interface SyncRoleGuardArgs {
  tenant: TenantDirectory;
  servers: readonly GuardedServer[];
  /**
   * Principals that may hold the role beside the declared servers.
   * @default []
   */
  allowedRoleHolders?: readonly AllowedRoleHolder[];
}

/** Everything that this run saw, and, where something is to be told, who was it. */
async function viewOf({ tenant, servers, allowedRoleHolders = [] }: SyncRoleGuardArgs): Promise<SyncRoleView> {
  const { roles, problem } = await tenant.roles;
  const observations = await Promise.all(servers.map(({ observation }) => observation));
  const hosts = observations.map(({ host }) => ({ computerName: host.facts?.computerName ?? null }));
  const today = new Date().toISOString().slice(0, 10);
  const view = { hosts, today, allowed: [...allowedRoleHolders], audit: [] };
  if (!roles) return { ...view, roles, problem: formatProblem(problem) };
  // As Entra tells them by the servers' markers: a stranger could have given itself one, so this accuses and acquits nobody.
  const principals = observations.flatMap(({ tenant: { application } }) => application?.principal?.objectId ?? []);
  const candidates = assessRoleHolders(roles, { ...view, principals }, []);
  const ids = candidates.flatMap(({ subject }) => subject ?? []);
  return { ...view, roles, problem: "", audit: await observeAudit(tenant.access, ids) };
}

/**
 * Shows in every preview who may synchronise without having been declared or allowed. Once per stack; takes nothing from
 * anybody. A preview of a tenant that does not let itself be read is red.
 */
export class SyncRoleGuard extends pulumi.CustomResource {
  /** One line for each finding of this run. */
  readonly told: pulumi.Output<string[]>;
  declare readonly findings: pulumi.Output<string[]>;
  declare readonly run: pulumi.Output<string>;

  constructor(name: string, args: SyncRoleGuardArgs, opts?: pulumi.CustomResourceOptions) {
    const principals = args.servers.map(({ principal }) => principal);
    const inputs = { stack: pulumi.getStack(), principals, view: viewOf(args), run: THIS_RUN };
    const outputs = { findings: undefined, problem: undefined };
    super(
      dynamicType("SyncRoleGuard"),
      name,
      { __provider: providerText("sync-role-guard-rules"), ...outputs, ...inputs },
      opts,
    );
    this.told = reportFindings(this, this.findings, this.run);
    void this.reportAccess(args);
  }

  /** Says what could not be read: what has to be is a failure, what may be is one line. */
  private async reportAccess({ tenant, servers }: SyncRoleGuardArgs): Promise<void> {
    const { roles, problem } = await tenant.roles;
    if (problem) {
      if (pulumi.runtime.isDryRun()) failRun(formatProblem(problem), this);
      return;
    }
    const missing = unreadPermissions(roles, await Promise.all(servers.map(({ observation }) => observation)));
    if (missing.length === 0) return;
    const permissions = missing.join(", ");
    void pulumi.log.info(`not looked at, as the pipeline may not read it: what takes ${permissions}`, this);
  }
}
