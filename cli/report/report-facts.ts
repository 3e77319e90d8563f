/** What a report is made from: what was gathered, and where it was gathered from. */
import type { Reader } from "../../model/diagnostics/remedy";
import type { TenantRolesObservation } from "../../model/server/observation";
import type { GatheredFacts } from "../stack/fleet-facts";
import type { ObservedOrganization } from "../../remote/organization";
import type { ProgramVersion } from "../version";
import type { StateResource } from "../stack/stack-context";

export interface ReportFacts extends GatheredFacts {
  /** Who reads the report. */
  reader: Reader;
  project: string;
  tenantId: string;
  machine: string;
  /** Application (client) id that the tenant was read as; null if no token says. */
  pipelineAppId: string | null;
  organization: ObservedOrganization;
  /** What the report is made with. */
  tool: ProgramVersion;
  /** When state was written last, ISO 8601; null if no run wrote any. */
  stateUpdatedAt: string | null;
  state: readonly StateResource[];
  roles: TenantRolesObservation;
}
