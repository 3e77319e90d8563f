/** What a report is made from: what was gathered, and where it was gathered from. */
import type { Reader } from "../../model/diagnostics/remedy";
import type { TenantRolesObservation } from "../../model/server/observation";
import type { GatheredFacts } from "../stack/fleet-facts";
import type { ObservedOrganization } from "../../remote/organization";
import type { SignedIn } from "../../remote/signed-in";
import type { ProgramVersion } from "../version";
import type { WorkTree } from "../work-tree";
import type { PipelineRun } from "./origin/pipeline-run";
import type { StateResource } from "../stack/stack-context";

export interface ReportFacts extends GatheredFacts {
  /** Who reads the report. */
  reader: Reader;
  project: string;
  tenantId: string;
  machine: string;
  /** Application (client) id that the tenant was read as; null if no token says. */
  pipelineAppId: string | null;
  /** The holder of that token; null if none says. */
  signedIn: SignedIn | null;
  /** The pipeline's run; null outside a pipeline. */
  run: PipelineRun | null;
  organization: ObservedOrganization;
  /** What the report is made with. */
  tool: ProgramVersion;
  /** The commit that the stack's project is of; null if its folder is in no clone. */
  declaration: WorkTree | null;
  /** When state was written last, ISO 8601; null if no run wrote any. */
  stateUpdatedAt: string | null;
  state: readonly StateResource[];
  roles: TenantRolesObservation;
}
