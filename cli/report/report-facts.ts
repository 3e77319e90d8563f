/** What a report is made from: configuration, state, and one observation of each server and of the tenant. */
import type { StackConfiguration } from "../../model/configuration/configuration";
import type { Reader } from "../../model/diagnostics/remedy";
import type { AuditEntry } from "../../model/guard/guard-audit";
import type { Observation, TenantRolesObservation } from "../../model/server/observation";
import type { StateResource } from "../stack/stack-context";

/** What was seen of one declared server. */
export interface SeenServer {
  observation: Observation;
  /** What the audit log tells of its application and principal; null where it may not be read. */
  audit: AuditEntry[] | null;
}

export interface ReportFacts {
  /** Who reads the report. */
  reader: Reader;
  stack: string;
  project: string;
  tenantId: string;
  configuration: StackConfiguration;
  /** ISO 8601 in UTC, by the clock of the machine that looked. */
  takenAt: string;
  machine: string;
  /** Application (client) id that the tenant was read as; null where no token told it. */
  pipelineAppId: string | null;
  /** Object id of that application's principal; null where no token told it. */
  pipelineObjectId: string | null;
  /** Ids of application roles that servers are given, by value; empty where the tenant could not be read. */
  roleIds: Readonly<Record<string, string>>;
  state: readonly StateResource[];
  /** By the name of the declared server. */
  servers: Readonly<Record<string, SeenServer>>;
  roles: TenantRolesObservation;
  /** What the audit log tells of those who may synchronise; null where it may not be read. */
  rolesAudit: AuditEntry[] | null;
  /** Hash of the host program of this project. */
  programSha256: string;
}
