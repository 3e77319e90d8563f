/** SyncRoleGuard: compares everyone who may synchronise into the tenant with the declared servers. */
import * as pulumi from "@pulumi/pulumi";
import type { AllowedRoleHolder } from "../model/configuration/configuration";
import type { SyncRoleView } from "../model/guard/guard-state";
import { assessRoleHolders, unreadPermissions } from "../model/guard/guard-roles";
import { checkRoleHolders } from "../model/configuration/declaration";
import { invalidSetting } from "../model/configuration/invalid-setting";
import type { SeenServer } from "../model/server/in-use";
import type { Observation } from "../model/server/observation";
import { observeAudit } from "../remote/audit-log";
import type { ConnectSyncIdentity } from "./connect-sync-identity";
import { DeclarationError } from "./declaration-error";
import { reportFindings } from "./guard-report";
import { ownKind } from "./own-kind";
import { failRun } from "./run-failure";
import { TenantDirectory } from "./tenant-directory";
import { lineOf } from "./this-reader";
import { thisRun } from "./this-run";
import { logInfo } from "./log";
import { tenantNotices } from "../model/diagnostics/notices";
import { unreadLine } from "../model/diagnostics/finding-line";

/** What the guard needs of a declared server. */
export type GuardedServer = Pick<ConnectSyncIdentity, "servicePrincipalObjectId" | "observation"> &
  Partial<Pick<ConnectSyncIdentity, "mode">>;

/** The arguments of SyncRoleGuard. */
export interface SyncRoleGuardArgs {
  /** The tenant to guard. */
  tenant: TenantDirectory;
  /** The declared servers: every {@link ConnectSyncIdentity} of the tenant. One that you omit counts as undeclared. */
  servers: readonly GuardedServer[];
  /**
   * Principals that may hold the role in addition to the declared servers, each with a reason and a last day.
   * @default []
   */
  allowedRoleHolders?: readonly AllowedRoleHolder[];
}

/**
 * Fills in the defaults.
 * @throws DeclarationError with every problem, before anything is registered
 */
function check(
  name: string,
  args: SyncRoleGuardArgs,
  parent: pulumi.Resource | undefined,
): Required<SyncRoleGuardArgs> {
  const given: Partial<SyncRoleGuardArgs> = args ?? {};
  const { holders, problems } = checkRoleHolders(given.allowedRoleHolders);
  const expect = (property: string, holds: boolean, expected: string, help: string) => {
    if (holds) return;
    const actual = property in given ? "something else" : "nothing";
    problems.push(invalidSetting({ server: null, property }, expected, actual, help));
  };
  const { tenant, servers } = given;
  const isServer = (one: Partial<GuardedServer> | null) =>
    pulumi.Output.isInstance(one?.servicePrincipalObjectId) && one?.observation instanceof Promise;
  const own = "a TenantDirectory of this version of the package";
  expect("tenant", tenant instanceof TenantDirectory, own, "Pass the one that the identities use.");
  const help = "Pass every identity of the tenant: any identity that you omit is reported as undeclared.";
  expect("servers", Array.isArray(servers) && servers.every(isServer), "a list of ConnectSyncIdentity", help);
  if (problems.length > 0) throw new DeclarationError(`SyncRoleGuard ${name}`, problems, parent);
  return { tenant: tenant!, servers: servers!, allowedRoleHolders: holders };
}

/** All servers as observed; a server that was made without others knows itself alone. */
function fleetOf(observations: readonly Observation[]): SeenServer[] {
  const known = observations.flatMap(({ fleet, host: { facts: host } }) => {
    return fleet ?? [{ server: host?.computerName ?? "a declared server", host }];
  });
  return [...new Map(known.map((one) => [one.server, one])).values()];
}

/** Everything that this run observed and, if there is a finding, who made the change. */
async function viewOf({ tenant, servers, allowedRoleHolders }: Required<SyncRoleGuardArgs>): Promise<SyncRoleView> {
  const { roles, problem } = await tenant.roles;
  const observations = await Promise.all(servers.map(({ observation }) => observation));
  const fleet = fleetOf(observations);
  const today = new Date().toISOString().slice(0, 10);
  const view = { fleet, today, allowed: [...allowedRoleHolders], audit: [] };
  if (!roles) return { ...view, roles, problem: lineOf(problem) };
  // As Entra shows them by the servers' markers. Any application can carry one, so this decides no finding.
  const principals = observations.flatMap(({ tenant: { application } }) => application?.principal?.objectId ?? []);
  const candidates = assessRoleHolders(roles, { ...view, principals, used: [] }, []);
  const ids = candidates.flatMap(({ object }) => object ?? []);
  return { ...view, roles, problem: "", audit: await observeAudit(tenant.access, ids) };
}

/**
 * Shows in every preview who may synchronise without being declared or allowed. Once per stack; removes no permission.
 * A preview fails if the tenant cannot be read.
 *
 * @example
 * import { ConnectSyncIdentity, SyncRoleGuard, TenantDirectory } from "connect-sync-identity";
 *
 * const tenant = new TenantDirectory();
 * const sync01 = new ConnectSyncIdentity("sync01", {
 *   tenant,
 *   role: "active",
 *   connection: { host: "sync01.contoso.com", user: "svc-pulumi", hostKey: "ssh-ed25519 AAAA..." },
 * });
 * new SyncRoleGuard("sync-role-guard", {
 *   tenant,
 *   servers: [sync01],
 *   allowedRoleHolders: [
 *     { id: "6d3b1c52-0f0e-4b5d-9a55-0c0f6a4d2f10", reason: "provisioning from HR", expires: "2027-06-30" },
 *   ],
 * });
 */
export class SyncRoleGuard extends pulumi.CustomResource {
  /** One line for each finding of this run. */
  readonly messages: pulumi.Output<string[]>;
  /** One line for each finding, as stored in state: those of the last run that read the tenant. */
  declare readonly findings: pulumi.Output<string[]>;
  /** The last run that read the tenant. */
  declare readonly run: pulumi.Output<string>;
  /** @internal Resolves once this run has said whether the tenant could be read. */
  readonly reported: Promise<void>;

  /** @throws DeclarationError with every problem of the arguments */
  constructor(name: string, args: SyncRoleGuardArgs, opts?: pulumi.CustomResourceOptions) {
    const given = check(name, args, opts?.parent);
    // Who uses an application of the product is seen on the servers.
    const own = given.servers.filter(({ mode = "byoa" }) => mode === "byoa");
    const principals = own.map(({ servicePrincipalObjectId }) => servicePrincipalObjectId);
    const inputs = { stack: pulumi.getStack(), principals, view: viewOf(given), run: thisRun() };
    const outputs = { findings: undefined, problem: undefined };
    const kind = ownKind("sync-role-guard");
    super(kind.type, name, { ...kind.provided, ...outputs, ...inputs }, opts);
    this.messages = reportFindings(this, this.findings, this.run);
    this.reported = this.reportAccess(given);
  }

  /** Reports what could not be read: a required part is a failure, an optional part is one line. */
  private async reportAccess({ tenant, servers }: SyncRoleGuardArgs): Promise<void> {
    const { roles, problem } = await tenant.roles;
    if (problem) {
      if (pulumi.runtime.isDryRun()) failRun(lineOf(problem), this);
      return;
    }
    const observations = await Promise.all(servers.map(({ observation }) => observation));
    for (const notice of tenantNotices(roles, new Date(), fleetOf(observations))) logInfo(lineOf(notice), this);
    const missing = unreadPermissions(roles, observations);
    if (missing.length === 0) return;
    logInfo(unreadLine(missing), this);
  }
}
