/**
 * The memory of the guards between runs: what was declared, which keys are known as a server's own, and what this run
 * found. Pure functions over plain data; components/credential-guard.ts and sync-role-guard.ts put them behind Pulumi
 * resources.
 */
import type { CredentialPolicy } from "../configuration/configuration";
import { formatDiagnostic } from "../diagnostics/diagnostic";
import { ANY_READER, type Reader } from "../diagnostics/remedy";
import type { Removal } from "./guard-findings";
import type { AuditEntry } from "./guard-audit";
import { assessCredentials } from "./application-guard";
import type { CredentialView } from "./guard-view";
import { managedInUse } from "./acquittal";
import { assessRoleHolders, type RoleDeclaration } from "./guard-roles";
import type { ServerIdentity } from "../server/labels";
import type { ObservedTenantRoles } from "../server/observation";
import { UNKNOWN } from "../server/server-facts";

/** What is remembered of what was declared. */
interface CredentialGuardDeclaration {
  stack: string;
  server: string;
  /** Object id of the application; unknown until it exists. */
  application: string;
  policy: CredentialPolicy;
  /** Object ids of the application's owners. */
  owners: string[];
  /** Ids of the application roles that the principal is given. */
  roles: string[];
  /** Ids of this server's key credentials; unknown ones are on their way. */
  keys: string[];
  /** The application is one of the product, whose settings are not this project's; left out for an own one. */
  ofProduct?: boolean;
}

/** What the program hands to `check`: the declaration and what this run saw. */
export interface CredentialGuardInputs extends CredentialGuardDeclaration {
  /** The server that this one was called before, null if it always was this one. */
  renamedFrom: string | null;
  /** Object ids of those who may own the service principal. */
  principalOwners: string[];
  view: CredentialView;
  /** Of this run alone, so that findings are reported in the run that found them. */
  run: string;
}

/** What `check` makes of it, and what state holds. */
export interface CredentialGuardState extends CredentialGuardDeclaration {
  /** One line per finding of the run that wrote this. */
  findings: string[];
  /** What an update takes away; if the policy is to report, only a key that the own one replaced. */
  removals: Removal[];
  /** The run that the findings are of; empty if there are none. */
  run: string;
}

const sorted = (values: Iterable<string>) => [...new Set(values)].sort();

/** Compares declaration, observation and memory of one server. */
export function nextCredentialGuard(
  old: CredentialGuardState | undefined,
  inputs: CredentialGuardInputs,
  reader: Reader = { ...ANY_READER, stack: inputs.stack },
): CredentialGuardState {
  const { renamedFrom, principalOwners, view, run, ...declaration } = inputs;
  const { stack, server, policy, application } = declaration;
  const seen = view.application;
  const mine = application === UNKNOWN || seen?.objectId === application ? seen : null;
  const held = new Set(mine?.keys.map(({ keyId }) => keyId));
  const keys = sorted([...declaration.keys, ...(old?.keys ?? []).filter((keyId) => held.has(keyId))]);
  const owners = sorted(declaration.owners);
  const roles = sorted(declaration.roles);
  const identities: ServerIdentity[] = [server, renamedFrom].flatMap((name) => (name ? [{ stack, server: name }] : []));
  const earlier = old !== undefined && old.application === application ? old : null;
  const declared = { server, policy, application, identities, owners, principalOwners, roles, keys };
  const findings = assessCredentials(view, declared, earlier);
  return {
    ...declaration,
    ...{ owners, roles, keys },
    findings: findings.map((finding) => formatDiagnostic(finding, reader)),
    removals: findings.flatMap(({ code, removal }) => {
      return removal && (policy === "enforce" || code === "key-replaced") ? [removal] : [];
    }),
    run: findings.length > 0 ? run : "",
  };
}

/** Whether there is something to report or to do. Removed keys and principals need nothing. */
export function credentialGuardChanged(old: CredentialGuardState, next: CredentialGuardState): boolean {
  const same = (["stack", "server", "application", "policy"] as const).every((name) => old[name] === next[name]);
  const list = (values: readonly string[]) => values.join(" ");
  if (!same || list(old.owners) !== list(next.owners) || list(old.roles) !== list(next.roles)) return true;
  return next.findings.length > 0 || next.keys.some((keyId) => !old.keys.includes(keyId));
}

/** What a run saw of those who may synchronise. */
export interface SyncRoleView extends Pick<RoleDeclaration, "allowed" | "fleet" | "today"> {
  /** Null if it is not known who may synchronise. */
  roles: ObservedTenantRoles | null;
  /** Why it is not known; empty otherwise. */
  problem: string;
  /** Null if the pipeline may not read the audit log. */
  audit: AuditEntry[] | null;
}

/** What the program hands to `check` of the tenant's guard. */
export interface SyncRoleGuardInputs {
  stack: string;
  /** Object ids of the declared servers' service principals; unknown ones are on their way. */
  principals: string[];
  view: SyncRoleView;
  run: string;
}

export interface SyncRoleGuardState {
  stack: string;
  principals: string[];
  /** Object ids of the product's own applications that a declared server was seen to use; absent in older states. */
  used?: string[];
  findings: string[];
  /** Why it is not known who may synchronise; empty if it is known. */
  problem: string;
  run: string;
}

/** Holds who may synchronise against the servers of this run and the last: one that leaves is not undeclared yet. */
export function nextSyncRoleGuard(
  old: SyncRoleGuardState | undefined,
  inputs: SyncRoleGuardInputs,
  reader: Reader = { ...ANY_READER, stack: inputs.stack },
): SyncRoleGuardState {
  const { stack, view, run } = inputs;
  const principals = sorted(inputs.principals);
  const before = old?.used ?? [];
  const nothing = { stack, principals, used: before, findings: [], problem: "", run: "" };
  if (!view.roles) return { ...nothing, problem: view.problem };
  const used = sorted(managedInUse(view.roles, view.fleet, before));
  const state = { ...nothing, used };
  const known = [...principals, ...(old?.principals ?? [])];
  const findings = assessRoleHolders(view.roles, { ...view, principals: known, used }, view.audit);
  if (findings.length === 0) return state;
  return { ...state, findings: findings.map((finding) => formatDiagnostic(finding, reader)), run };
}

export function syncRoleGuardChanged(old: SyncRoleGuardState, next: SyncRoleGuardState): boolean {
  if (old.stack !== next.stack || next.problem !== "" || next.findings.length > 0) return true;
  const isNew = (known: readonly string[], now: readonly string[]) => now.some((id) => !known.includes(id));
  return isNew(old.principals, next.principals) || isNew(old.used ?? [], next.used ?? []);
}
