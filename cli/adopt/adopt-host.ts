/** The host half of an adoption: whether a server is as state would say, and the run that only records that it is. */
import { fingerprint, parseHostKey, proxyText } from "../../model/server/host-key";
import type { HostObservation } from "../../model/protocol/host-protocol";
import { formatDiagnostic, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { currentReader } from "../../console/current-reader";
import { assessServer } from "../../model/server/assessment";
import { CommandError } from "../../console/errors";
import type { AdoptionFacts } from "./adopt-facts";
import type { AdoptionPlan } from "./adopt-plan";
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { isSame, resourceUrns } from "./adopt-resources";
import type { StackContext } from "../stack/stack-context";

/** What differs on the server and what a run would change there; none if all of it is in place. */
export function hostFindings(facts: AdoptionFacts, plan: AdoptionPlan): string[] {
  const { server, stack, host, programSha256 } = facts;
  const { name, connection, adopt, rotate, ...declared } = server;
  const { port, user, hostKey, proxy } = connection;
  const hostKeyFingerprint = fingerprint(parseHostKey(hostKey)!.blob);
  const observation = {
    host: { facts: host, problem: null },
    tenant: { application: plan.application, problem: null },
  } as const;
  const declaration = {
    ...declared,
    ...{ stack, server: name, host: connection.host, port, user, hostKeyFingerprint, programSha256 },
    ...(proxy ? { proxy: proxyText(proxy) } : {}),
    ...{ rotate: rotate ?? "", adopt: plan.adoptSha256 ?? adopt?.certificateSha256 ?? "" },
  };
  const work = (finding: Diagnostic) => finding.cure !== "nothing";
  // State does not know the server yet, so the newest generation counts as the current one.
  return assessServer({ declaration, observation, memory: undefined })
    .findings.filter(work)
    .map((finding) => formatDiagnostic(finding, currentReader()));
}

/** What of a server must be the same before and after; its clock, its event log and the next cycle's time go on. */
function stableFacts(host: HostObservation): Record<string, unknown> {
  const { takenAt, events, scheduler, ...rest } = host;
  void [takenAt, events];
  const { NextSyncCycleStartTimeInUTC, NextSyncCyclePolicyType, SyncCycleInProgress, ...settings } = scheduler;
  void [NextSyncCycleStartTimeInUTC, NextSyncCyclePolicyType, SyncCycleInProgress];
  return { ...rest, scheduler: settings };
}

/** Names of the facts that differ. */
export function changedFacts(before: HostObservation, after: HostObservation): string[] {
  const [left, right] = [stableFacts(before), stableFacts(after)];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names.filter((name) => JSON.stringify(left[name]) !== JSON.stringify(right[name]));
}

/** One step of `pulumi preview --json`. */
export interface PreviewStep {
  op: string;
  urn: string;
  newState?: { parent?: string };
  diffReasons?: string[] | null;
}

export interface Preview {
  steps: PreviewStep[];
  diagnostics?: { urn?: string; message: string; severity: string }[] | null;
}

const typeOf = (urn: string) => urn.split("::").at(-2)!.split("$").at(-1)!;

/** Adoption does not read it back, and declaring it changes nothing in Entra. */
const UNREAD = "preventDuplicateNames";

/**
 * The resources that may be recorded: what the preview creates for the server beside its application, the application
 * if nothing of it differs but what is not read back, and the guards if they would find nothing to change.
 *
 * @param tenantAsDeclared no difference was found in Entra
 * @throws CommandError if the preview would do anything but create on the host half
 */
export function chooseTargets(
  preview: Preview,
  urns: { identity: string; application: string },
  tenantAsDeclared: boolean,
): string[] {
  const failed = new Set(
    (preview.diagnostics ?? []).filter(({ severity }) => severity === "error").map(({ urn }) => urn),
  );
  const steps = preview.steps.filter(({ op, urn }) => op !== "same" && !failed.has(urn));
  const host = steps.filter(
    ({ urn, newState }) => isSame(newState?.parent, urns.identity) && !typeOf(urn).includes("Guard"),
  );
  const changing = host.filter(({ op }) => op !== "create");
  if (changing.length > 0) {
    const what = changing.map(({ op, urn }) => `${op} of ${urn.split("::").at(-1)}`).join(", ");
    throw new CommandError(`the next run would change more than state: ${what}. See: pulumi preview --diff`);
  }
  const unread = steps.filter(({ op, urn, diffReasons }) => {
    return isSame(urn, urns.application) && op === "update" && diffReasons?.every((reason) => reason === UNREAD);
  });
  const guards = steps.filter(({ op, urn }) => op === "create" && typeOf(urn).includes("Guard"));
  return [...host, ...unread, ...(tenantAsDeclared ? guards : [])].map(({ urn }) => urn);
}

const QUIET = ["--non-interactive", "--color", "never"];
/** A dependent resource is dropped one round later than its dependency; three levels at most: registration, guard. */
const ROUNDS = 4;

const targetsOf = (urns: readonly string[]) => urns.flatMap((urn) => ["--target", urn]);
const nameOf = (urn: string) => urn.split("::").at(-1)!;

async function previewOf(context: StackContext, targets: readonly string[]): Promise<Preview> {
  const result = await context.pulumi(["preview", "--json", "--non-interactive", ...targetsOf(targets)]);
  try {
    return JSON.parse(result.stdout) as Preview;
  } catch (error) {
    throw new CommandError(`the preview failed: ${(result.stderr || result.stdout).trim()}`, { cause: error });
  }
}

export interface Recorded {
  /** Names of the resources that state knows now. */
  recorded: string[];
  /** Names of those that depend on a server which is not in state yet; the next run creates them. */
  left: string[];
}

/**
 * Records the host half in state: its creates find everything in place.
 * @param tenantAsDeclared no difference was found in Entra, so that nothing changes there either
 * @throws CommandError if the run would change something, or fails
 */
export async function recordHost(
  context: StackContext,
  facts: AdoptionFacts,
  tenantAsDeclared: boolean,
): Promise<Recorded> {
  const { stack, project, server } = facts;
  const urns = resourceUrns(facts);
  // Patterns, as a target that turns out not to exist is an error; the role guard belongs to the stack as a whole.
  const ofServer = `urn:pulumi:${stack}::${project}::**${RESOURCE_TYPES.identity}$**::${server.name}-*`;
  let preview = await previewOf(context, [ofServer, "**SyncRoleGuard::**"]);
  // The role guard depends on all servers. While state lacks one of them, the engine ends the preview at the guard.
  if (hasFailed(preview)) preview = await previewOf(context, [ofServer]);
  const wanted = preview.steps.filter(({ newState }) => isSame(newState?.parent, urns.identity)).map(({ urn }) => urn);
  let targets = chooseTargets(preview, urns, tenantAsDeclared);
  for (let round = 1; round < ROUNDS && targets.length > 0 && hasFailed(preview); round += 1) {
    preview = await previewOf(context, targets);
    targets = chooseTargets(preview, urns, tenantAsDeclared);
  }
  const left = wanted.filter((urn) => !targets.includes(urn)).map(nameOf);
  if (targets.length === 0) return { recorded: [], left };
  const result = await context.pulumi(["up", "--yes", "--skip-preview", ...QUIET, ...targetsOf(targets)]);
  if (result.code !== 0) throw new CommandError(`pulumi up failed:\n${`${result.stdout}\n${result.stderr}`.trim()}`);
  return { recorded: targets.map(nameOf), left };
}

const hasFailed = ({ diagnostics }: Preview) => (diagnostics ?? []).some(({ severity }) => severity === "error");
