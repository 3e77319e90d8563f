/**
 * The assessment of a fleet: the facts in, and out one list of what stops the work, what differs, and what is worth knowing.
 * Pure. Its parts, each a list of named rules, are those that the resources of the program call for a preview and an up.
 */
import { issuedHash, sourceOf } from "../certificate/certificate-source";
import { certificateReference } from "../certificate/certificate-state";
import type { CertificateReference } from "../certificate/generations";
import type { Diagnostic } from "../diagnostics/diagnostic";
import { noticesOf, productNotices, tenantNotices } from "../diagnostics/notices";
import { assessCredentials } from "../guard/application-guard";
import { credentialView } from "../guard/guard-view";
import type { GuardFinding } from "../guard/guard-findings";
import { isManagedHolder } from "../guard/acquittal";
import { assessRoleHolders } from "../guard/guard-roles";
import { assessServer } from "../server/assessment";
import { managedNotices } from "../server/managed";
import type { ObservedTenantRoles } from "../server/observation";
import type { ServerFacts } from "../server/server-facts";
import type { DeclaredServer, FleetFacts } from "./facts";

/** What is said of one server. */
export interface ServerVerdict {
  server: string;
  /** Why no run can work on it; null if one can. */
  problem: Diagnostic | null;
  findings: Diagnostic[];
  /** What is on its application without having been declared. */
  undeclared: GuardFinding[];
  notices: Diagnostic[];
  /** The certificate that it should be on. */
  reference: CertificateReference;
  /** State knows it, or Entra holds an application with its marker. */
  begun: boolean;
  /** What could not be judged, one sentence each. */
  unknown: string[];
}

/** What is said of the tenant as a whole. */
export interface TenantVerdict {
  /** Why no one can say who may synchronise; null if it can be said. */
  problem: Diagnostic | null;
  undeclared: GuardFinding[];
  notices: Diagnostic[];
  /** What could not be judged, one sentence each. */
  unknown: string[];
}

export interface FleetAssessment {
  servers: ServerVerdict[];
  /** Null if the tenant was not asked for. */
  tenant: TenantVerdict | null;
}

/**
 * What is worth knowing of one server; the observation knows the others. It hangs on no state, as the program that logs it
 * has none at hand: the newest generation counts as the current one, whoever looks.
 */
export function noticesFor(facts: Omit<ServerFacts, "memory">, roles: ObservedTenantRoles | null): Diagnostic[] {
  const { declaration, observation } = facts;
  const { stack, server, certificate: policy, serviceAccount, passwordWriteback } = declaration;
  const { minimumVersion, minimumVersionReason } = declaration;
  if (!observation.host.facts) return [];
  const { facts: host } = observation.host;
  const reference = certificateReference(stack, assessServer({ ...facts, memory: undefined }).memory);
  const fleet = observation.fleet ?? [{ server, host }];
  const { keyRules } = observation;
  const about = { server, serviceAccount, passwordWriteback, facts: host, reference, policy };
  const versions = { minimumVersion, minimumVersionReason };
  if (declaration.mode === "managed") {
    const { application } = observation.tenant;
    return [
      ...productNotices({ ...about, ...versions, roles, fleet }),
      ...managedNotices({ server, host, application }),
    ];
  }
  const ownApplication = declaration.mode !== "byoc" && observation.tenant.application !== null;
  return noticesOf({ ...about, ...versions, roles, fleet, keyRules, ownApplication });
}

function undeclaredOf({
  declaration,
  observation,
  memory,
  credentials: { declared, earlier, audit },
}: DeclaredServer): GuardFinding[] {
  // What is on an application of the product is judged beside its certificate.
  if (declaration.mode === "managed") return [];
  const named = [declaration.adopt, issuedHash(declaration.certificate) ?? ""].filter((hash) => hash !== "");
  const former = declaration.mode === "byoc" ? (memory?.formerSha256 ?? "") : null;
  const view = credentialView(declared.identities, named, observation, observation.fleet ?? [], former);
  const namedByAuthority = sourceOf(declaration.certificate).kind !== "selfSigned";
  return assessCredentials({ ...view, audit }, { ...declared, namedByAuthority }, earlier);
}

function unknownOf({ memory, observation }: DeclaredServer): string[] {
  if (memory !== undefined || !observation.tenant.application) return [];
  return [
    "state is not available: the newest generation counts as the current one, and a key with this server's name counts as its own",
  ];
}

function verdictOf(facts: DeclaredServer, roles: ObservedTenantRoles | null): ServerVerdict {
  const { declaration, observation, memory } = facts;
  const assessed = assessServer(facts);
  return {
    server: declaration.server,
    problem: assessed.problem,
    findings: assessed.findings,
    undeclared: undeclaredOf(facts),
    notices: noticesFor(facts, roles),
    reference: certificateReference(declaration.stack, assessed.memory),
    begun: Boolean(memory) || observation.tenant.application !== null,
    unknown: unknownOf(facts),
  };
}

function tenantVerdict({ servers, tenant, takenAt }: FleetFacts): TenantVerdict | null {
  if (!tenant) return null;
  const { roles: observed, principals, principalsKnown, used, allowed, audit } = tenant;
  const { roles } = observed;
  if (!roles) return { problem: observed.problem, undeclared: [], notices: [], unknown: [] };
  const fleet = servers[0]?.observation.fleet ?? [];
  const notices = tenantNotices(roles, new Date(takenAt), fleet);
  if (!principalsKnown) {
    // Every declared server would be accused.
    return { problem: null, undeclared: [], notices, unknown: ["not every declared application could be read"] };
  }
  const declared = { allowed, fleet, today: takenAt.slice(0, 10) };
  if (used !== null) {
    const known = { ...declared, principals: [...principals.keys()], used };
    return { problem: null, undeclared: assessRoleHolders(roles, known, audit), notices, unknown: [] };
  }
  // Only state proves whose a marked application is, and what a server used before it was onboarded.
  const found = assessRoleHolders(roles, { ...declared, principals: [], used: [] }, audit);
  const [claimed, undeclared] = divide(found, ({ object }) => {
    return object !== undefined && (principals.has(object) || isManagedHolder(object, roles, fleet));
  });
  const unknown = claimed.map(
    ({ actual }) => `state is not available, so that no one can say whose this is: ${actual}`,
  );
  return { problem: null, undeclared, notices, unknown };
}

/**
 * What can be said of the tenant if no server was asked, and not that none could be reached: an account that is named as the
 * product names one may be what a server signs in with, so it is no finding, and no one can say that it is left.
 */
export function withoutServers(verdict: TenantVerdict): TenantVerdict {
  const [open, undeclared] = divide(verdict.undeclared, ({ code }) => code === "legacy-account-left");
  const unknown = open.map(
    ({ actual }) => `no server was asked, so that no one can say whether one uses it: ${actual}`,
  );
  return { ...verdict, undeclared, unknown: [...verdict.unknown, ...unknown] };
}

function divide<T>(list: readonly T[], belongs: (one: T) => boolean): [T[], T[]] {
  return [list.filter(belongs), list.filter((one) => !belongs(one))];
}

/** Judges all facts. */
export function assessFleet(facts: FleetFacts): FleetAssessment {
  const roles = facts.tenant?.roles.roles ?? null;
  return { servers: facts.servers.map((server) => verdictOf(server, roles)), tenant: tenantVerdict(facts) };
}

/** The list: of each server what stops it, what differs and what is worth knowing; then the tenant. */
export function listOf({ servers, tenant }: FleetAssessment): Diagnostic[] {
  const ofServers = servers.flatMap(({ problem, findings, undeclared, notices }) => [
    ...(problem ? [problem] : []),
    ...findings,
    ...undeclared,
    ...notices,
  ]);
  if (!tenant) return ofServers;
  return [...ofServers, ...(tenant.problem ? [tenant.problem] : []), ...tenant.undeclared, ...tenant.notices];
}
