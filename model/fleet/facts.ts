/**
 * The facts about servers, tenant and fleet that everything is judged by, whoever looks: preview, up, doctor, report, adopt.
 * What a reader cannot know is a missing fact, which the assessment handles and names.
 */
import type { AllowedRoleHolder } from "../configuration/configuration";
import type { AuditEntry } from "../guard/guard-audit";
import type { CredentialDeclaration, EarlierDeclaration } from "../guard/guard-view";
import type { TenantRolesObservation } from "../server/observation";
import type { ServerFacts } from "../server/server-facts";

/** What an application and its principal are held against. */
interface CredentialFacts {
  declared: CredentialDeclaration;
  /** What was declared in the last run; null if the guard is new. */
  earlier: EarlierDeclaration | null;
  /** Who changed what; null if the audit log may not be read, undefined if no one asked it. */
  audit: AuditEntry[] | null | undefined;
}

/** One declared server. */
export interface DeclaredServer extends ServerFacts {
  credentials: CredentialFacts;
}

/** Who may synchronise into the tenant, and who is declared to. */
interface TenantFacts {
  roles: TenantRolesObservation;
  /**
   * Object ids of the declared servers' service principals, each with its server while that is declared: as state knows
   * them. Without state those whose application has a server's marker, which anyone may set.
   */
  principals: ReadonlyMap<string, string | null>;
  /** False if an application could not be read whose principal no state knows: then each could be declared. */
  principalsKnown: boolean;
  /** Object ids of the product's own applications that earlier runs saw declared servers use; null without state. */
  used: readonly string[] | null;
  allowed: AllowedRoleHolder[];
  audit: AuditEntry[] | null | undefined;
}

/** Everything. */
export interface FleetFacts {
  /** All declared servers, also those that were not observed. */
  servers: readonly DeclaredServer[];
  /** Null if the tenant as a whole was not asked for. */
  tenant: TenantFacts | null;
  /** ISO 8601 in UTC, by the clock of the machine that looked. */
  takenAt: string;
}
