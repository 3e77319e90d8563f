/** The tenant as the pipeline sees it: permissions, consent, property lock, who may synchronise. Pure. */
import type { ServerVerdict, TenantVerdict } from "../../model/fleet/assessment";
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import type { Observation } from "../../model/server/observation";
import { PIPELINE_PERMISSIONS, type PipelinePermission } from "../../model/tenant/pipeline-permissions";
import type { PipelineIdentity } from "../../remote/pipeline-identity";
import { ok, problem, problemOf, skipped, type Check } from "./doctor-check";
import { findingCheck, isShownUnder, noticeCheck } from "./doctor-identity-checks";
import { checkRemedy } from "./doctor-remedies";

export interface TenantFacts {
  tenantId: string;
  /** Null if no token was issued; `problem` says why. */
  identity: PipelineIdentity | null;
  problem: Diagnostic | null;
  /** What the tenant holds for each declared server, and what the assessment says of it; none if there is no token. */
  servers: { verdict: ServerVerdict; tenant: Observation["tenant"] }[];
  /** What the assessment says of the tenant; null if there is no token. */
  verdict: TenantVerdict | null;
  /** Microsoft services that servers need and the tenant does not have. */
  missingServices?: readonly Diagnostic[];
  /** How many may synchronise, whoever they are. */
  synchronisers: number;
}

function permissionCheck({ name, orElse, needed, purpose }: PipelinePermission, identity: PipelineIdentity): Check {
  const check = `permission ${name}`;
  if (identity.roles === null) return skipped(check, "the token is a user's, or does not list its permissions");
  const held = [name, ...orElse].find((role) => identity.roles!.includes(role));
  if (held === name) return ok(check, `granted: ${purpose}`);
  if (held) return ok(check, `covered by ${held}: ${purpose}`);
  if (!needed) return ok(check, `not granted, optional: without it, no report of ${purpose}`);
  return problem(check, `missing: ${purpose}`, checkRemedy("permission", { appId: appIdOf(identity) }));
}

const appIdOf = ({ appId }: PipelineIdentity) => appId ?? "<application id of the pipeline>";

/** Permissions that the application asks for and that its token lacks: asked for, not consented to. */
function consentCheck(identity: PipelineIdentity): Check {
  const { requested, roles } = identity;
  if (roles === null) return skipped("admin-consent", "the token is a user's, or does not list its permissions");
  if (requested === null) {
    return ok("admin-consent", "the application registration cannot be read (a managed identity has none)");
  }
  const open = PIPELINE_PERMISSIONS.filter(({ id, name }) => requested.includes(id) && !roles.includes(name));
  if (open.length === 0) return ok("admin-consent", "granted for all permissions that the application requests here");
  const names = open.map(({ name }) => name).join(", ");
  return problem("admin-consent", `not granted for ${names}`, checkRemedy("consent", { appId: appIdOf(identity) }));
}

function readsCheck({ readProblem }: PipelineIdentity): Check {
  if (readProblem === null) return ok("reads-applications", "Graph answers");
  return problem("reads-applications", readProblem, "Grant Application.Read.All with admin consent.");
}

function serviceChecks(missing: readonly Diagnostic[]): Check[] {
  if (missing.length === 0) return [ok("services", "the tenant has the Microsoft services that the servers need")];
  return missing.map((one) => problemOf("services", one, `${one.actual}; expected ${one.expected} [${one.code}]`));
}

/** What the tenant holds for a server: what is there undeclared or missing, else that it is as declared. */
export function applicationChecks({ verdict, tenant }: TenantFacts["servers"][number]): Check[] {
  const check = `application ${verdict.server}`;
  if (tenant.problem) {
    const { actual, code } = tenant.problem;
    return [problemOf(check, tenant.problem, `${actual} [${code}]`)];
  }
  const own = verdict.findings.filter(({ code }) => isShownUnder("application", code));
  const found = [...own, ...verdict.undeclared];
  if (found.length > 0) return found.map((finding) => findingCheck(check, finding));
  const { application } = tenant;
  if (!application) return [ok(check, "none with this server's marker yet; pulumi up creates it")];
  const lock = application.lock
    ? "app instance property lock on"
    : "app instance property lock off; pulumi up switches it on";
  return [ok(check, `"${application.displayName}" (${application.appId}), ${lock}`)];
}

function holderChecks({ verdict, synchronisers: count }: TenantFacts): Check[] {
  if (!verdict) return [skipped("role-holders", "needs sign-in")];
  if (verdict.problem) return [problemOf("role-holders", verdict.problem, verdict.problem.actual)];
  const { undeclared, unknown, notices } = verdict;
  const who = count === 1 ? "1 principal" : `${count} principals`;
  const found = undeclared.map((one) => findingCheck("role-holders", one));
  const open = unknown.length > 0 ? [skipped("role-holders", unknown.join("; "))] : [];
  const judged = [...found, ...open];
  const none = ok("role-holders", `${who} may synchronise, none undeclared`);
  return [...(judged.length > 0 ? judged : [none]), ...notices.map(noticeCheck)];
}

/** Why there is no token; what helps is known if Entra said why. */
function signInProblem(diagnostic: Diagnostic | null): Check {
  if (diagnostic?.code === "SIGN_IN_REFUSED") return problemOf("sign-in", diagnostic, diagnostic.actual);
  const remedy = "Check azuread:tenantId, the credential (ARM_*) and the network of this machine.";
  return problem("sign-in", diagnostic?.actual ?? "no token was issued", remedy);
}

/** The checks of the tenant, in their order. */
export function tenantChecks(facts: TenantFacts): Check[] {
  const { identity } = facts;
  if (!identity) {
    const names = ["permissions", "admin-consent", "reads-applications", "services", "applications", "role-holders"];
    return [signInProblem(facts.problem), ...names.map((name) => skipped(name, "needs sign-in"))];
  }
  const who = identity.appId === null ? "a token that does not name its application" : `application ${identity.appId}`;
  return [
    ok("sign-in", `${who} in tenant ${facts.tenantId}`),
    ...PIPELINE_PERMISSIONS.map((permission) => permissionCheck(permission, identity)),
    consentCheck(identity),
    readsCheck(identity),
    ...serviceChecks(facts.missingServices ?? []),
    ...facts.servers.flatMap(applicationChecks),
    ...holderChecks(facts),
  ];
}
