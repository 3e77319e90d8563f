/** The tenant as the pipeline sees it: permissions, consent, property lock, who may synchronise. Pure. */
import type { AllowedRoleHolder } from "../../model/configuration/configuration";
import { assessRoleHolders, type RoleGuardHost } from "../../model/guard/guard-roles";
import type { ObservedApplication, TenantRolesObservation } from "../../model/server/observation";
import { PIPELINE_PERMISSIONS, type PipelinePermission } from "../../model/tenant/pipeline-permissions";
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import type { PipelineIdentity } from "../../remote/pipeline-identity";
import { ok, problem, problemOf, skipped, type Check } from "./doctor-check";
import { checkRemedy } from "./doctor-remedies";

export interface TenantFacts {
  tenantId: string;
  /** Null where no token was issued; `problem` says why. */
  identity: PipelineIdentity | null;
  problem: string | null;
  /** By server; what the tenant holds for it, or why it could not be read. Empty where there is no token. */
  applications: Record<string, { application: ObservedApplication | null } | { problem: Diagnostic }>;
  /** Null where there is no token. */
  roles: TenantRolesObservation | null;
  allowed: AllowedRoleHolder[];
  /** Computer names of the declared servers, null for those that were not asked. */
  hosts: RoleGuardHost[];
  /** `YYYY-MM-DD` in UTC. */
  today: string;
}

function permissionCheck({ name, orElse, needed, purpose }: PipelinePermission, identity: PipelineIdentity): Check {
  const check = `permission ${name}`;
  if (identity.roles === null) return skipped(check, "the token is a user's, or does not tell its permissions");
  const held = [name, ...orElse].find((role) => identity.roles!.includes(role));
  if (held === name) return ok(check, `granted: ${purpose}`);
  if (held) return ok(check, `${held} does it too: ${purpose}`);
  if (!needed) return ok(check, `not granted, optional: without it nobody is told ${purpose}`);
  return problem(check, `missing: ${purpose}`, checkRemedy("permission", { appId: appIdOf(identity) }));
}

const appIdOf = ({ appId }: PipelineIdentity) => appId ?? "<application id of the pipeline>";

/** Permissions that the application asks for and that its token lacks: asked for, not consented to. */
function consentCheck(identity: PipelineIdentity): Check {
  const { requested, roles } = identity;
  if (roles === null) return skipped("admin-consent", "the token is a user's, or does not tell its permissions");
  if (requested === null) {
    return ok("admin-consent", "no application of this id is to be read here (a managed identity has none)");
  }
  const open = PIPELINE_PERMISSIONS.filter(({ id, name }) => requested.includes(id) && !roles.includes(name));
  if (open.length === 0) return ok("admin-consent", "given for all that the application asks for here");
  const names = open.map(({ name }) => name).join(", ");
  return problem("admin-consent", `not given for ${names}`, checkRemedy("consent", { appId: appIdOf(identity) }));
}

function readsCheck({ readProblem }: PipelineIdentity): Check {
  if (readProblem === null) return ok("reads-applications", "Graph answers");
  return problem("reads-applications", readProblem, "Grant Application.Read.All with admin consent.");
}

function lockCheck(server: string, seen: TenantFacts["applications"][string]): Check {
  const check = `application ${server}`;
  if ("problem" in seen) {
    return problemOf(check, seen.problem, `${seen.problem.actual} [${seen.problem.code}]`);
  }
  const { application } = seen;
  if (!application) return ok(check, "none with this server's marker yet; pulumi up makes it");
  const name = `"${application.displayName}" (${application.appId})`;
  if (application.lock) return ok(check, `${name}, app instance property lock on`);
  return problem(check, `${name}: the app instance property lock is off`, checkRemedy("lock"));
}

function holderChecks({ roles, applications, allowed, hosts, today }: TenantFacts): Check[] {
  if (!roles) return [skipped("role-holders", "needs sign-in")];
  if (!roles.roles) return [problemOf("role-holders", roles.problem, roles.problem.actual)];
  const unseen = Object.values(applications).some((seen) => "problem" in seen);
  // Without knowing the declared applications every one of them would be accused.
  if (unseen) return [skipped("role-holders", "needs all declared applications")];
  const principals = Object.values(applications).flatMap((seen) => {
    return "application" in seen && seen.application?.principal ? [seen.application.principal.objectId] : [];
  });
  const found = assessRoleHolders(roles.roles, { principals, allowed, hosts, today }, undefined);
  if (found.length > 0)
    return found.map((finding) => problemOf("role-holders", finding, `undeclared: ${finding.actual}`));
  const count = roles.roles.holders.length;
  return [
    ok("role-holders", `${count === 1 ? "1 principal" : `${count} principals`} may synchronise, none undeclared`),
  ];
}

/** The checks of the tenant, in their order. */
export function tenantChecks(facts: TenantFacts): Check[] {
  const { identity } = facts;
  if (!identity) {
    const remedy = "Check azuread:tenantId, the credential (ARM_*) and the network of this machine.";
    const names = ["permissions", "admin-consent", "reads-applications", "applications", "role-holders"];
    return [
      problem("sign-in", facts.problem ?? "no token was issued", remedy),
      ...names.map((name) => skipped(name, "needs sign-in")),
    ];
  }
  const who = identity.appId === null ? "a token that does not tell its application" : `application ${identity.appId}`;
  return [
    ok("sign-in", `${who} in tenant ${facts.tenantId}`),
    ...PIPELINE_PERMISSIONS.map((permission) => permissionCheck(permission, identity)),
    consentCheck(identity),
    readsCheck(identity),
    ...Object.entries(facts.applications).map(([server, seen]) => lockCheck(server, seen)),
    ...holderChecks(facts),
  ];
}
