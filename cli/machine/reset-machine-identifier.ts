/** A clone becomes a machine of its own, step by step over all servers that share something with it. */
import { randomBytes } from "node:crypto";
import { PROTOCOL_VERSION } from "../../model/protocol/host-protocol";
import { ProblemError } from "../../model/diagnostics/diagnostic";
import {
  identifierPlan,
  identifierRefusal,
  type IdentifierStep,
  type PlannedServer,
} from "../../model/fleet/identifier-plan";
import { observeRoles } from "../../remote/observe";
import { runHostOperation } from "../../remote/host-operation";
import { withProgram } from "../../remote/program-loan";
import { announce, during, showStep } from "../../console/progress";
import { CommandError } from "../../console/errors";
import { confirmServer, promptCredential, type Credential, type Terminal } from "../../console/prompt";
import type { Result } from "../../console/result";
import { accountRoom } from "../leave/account-room";
import { isFacts, seeAll } from "../leave/account-use";
import { identityLine, pulumiLine } from "../stack/next-steps";
import { resourcesOf, stateOfServer } from "../stack/stack-server";
import { holdingStack } from "../stack/stack-lock";
import type { StackContext } from "../stack/stack-context";

/** Bounds of the program's own waiting, in seconds; `cmdletSeconds` twice, for the stop and the start of the service. */
const BOUNDS = { cycleSeconds: 1800, cmdletSeconds: 300 };
const LIMIT_SECONDS = BOUNDS.cycleSeconds + 2 * BOUNDS.cmdletSeconds + 600;

const ON_SERVER =
  "the server starts its service and restores its scheduler by itself; run the same command again to continue";

/** What the sequence asks of the world. */
export interface Sequence {
  see(): Promise<PlannedServer[]>;
  act(step: IdentifierStep): Promise<void>;
}

/**
 * Does what is left to be done, and proves it: the servers are read again, and nothing may be left.
 * @returns the servers as they are afterwards
 */
export async function runSequence(clone: string, steps: readonly IdentifierStep[], sequence: Sequence) {
  for (const step of steps) await sequence.act(step);
  const after = await sequence.see();
  const left = identifierPlan(clone, after);
  if (left.length === 0) return after;
  throw new CommandError(`${clone}: still to be done: ${left.map(stepLine).join("; ")}`);
}

export function stepLine(step: IdentifierStep): string {
  if (step.kind === "reset") {
    return `${step.server}: pause the scheduler, stop ADSync, write a new SyncMachineIdentifier in place of ${step.identifier}, start ADSync, resume`;
  }
  return `${step.server}: pause the scheduler, switch the connector from application ${step.appId} back to a service account, resume`;
}

/** Information before the name is typed. */
function plan(clone: string, steps: readonly IdentifierStep[], servers: readonly PlannedServer[]): string[] {
  const identifier = servers.find(({ server }) => server === clone)!.host.machineIdentifier;
  return [
    ...servers.map(({ server, host }) => {
      return `  ${server} (${host.computerName}): machine identifier ${host.machineIdentifier ?? "unknown"}, ${identityLine(host.connector)}`;
    }),
    "Steps, each of which finds itself done if the command runs again:",
    ...steps.map((step, index) => `  ${index + 1}. ${stepLine(step)}`),
    `  ${steps.length + 1}. Read all servers again: no two with one machine identifier, none on the application of another.`,
    "Note:",
    `  - ${clone} must be the clone: accounts and applications whose names contain ${identifier?.slice(0, 12)} stay with the others.`,
    "  - Only the server of a step is paused, and it synchronises again before the next step.",
  ];
}

function refuse(problems: (PlannedServer | ProblemError)[]): PlannedServer[] {
  const failed = problems.flatMap((seen) => (seen instanceof ProblemError ? seen.problems : []));
  if (failed.length > 0) throw new ProblemError(failed);
  return problems as PlannedServer[];
}

interface ResetContext {
  confirm: string | undefined;
  dryRun: boolean;
  result: Result;
  /** The streams for questions and answers. @default stdin and stderr */
  terminal?: Terminal;
}

class StackSequence implements Sequence {
  credential: Credential | null = null;

  constructor(
    private readonly context: StackContext,
    private readonly owned: ReadonlyMap<string, string | null>,
  ) {}

  static async of(context: StackContext): Promise<StackSequence> {
    const state = await context.state();
    const { servers } = context.configuration;
    return new StackSequence(
      context,
      new Map(servers.map(({ name }) => [name, stateOfServer(resourcesOf(name, state)).appId])),
    );
  }

  /** Each declared server, or why it could not be read. */
  async seeEach(): Promise<(PlannedServer | ProblemError)[]> {
    const all = await seeAll(this.context);
    return all.map(({ server, seen }) =>
      isFacts(seen) ? { server, host: seen, ownAppId: this.owned.get(server) ?? null } : new ProblemError([seen]),
    );
  }

  async see(): Promise<PlannedServer[]> {
    return refuse(await this.seeEach());
  }

  async reset(server: string, identifier: string): Promise<void> {
    const request = {
      ...{ protocol: PROTOCOL_VERSION, server, resetMachineIdentifier: identifier, bounds: BOUNDS },
      newIdentifier: randomBytes(16).toString("hex"),
    };
    const target = this.context.sshTarget(this.context.server(server));
    const options = { limitSeconds: LIMIT_SECONDS, onStep: showStep };
    const { program } = this.context;
    await withProgram(target, program, () =>
      runHostOperation(target, "reset-machine-identifier", request, program, options),
    );
  }

  async act(step: IdentifierStep): Promise<void> {
    announce(stepLine(step));
    if (step.kind === "reset") return this.reset(step.server, step.identifier);
    const { server, appId } = step;
    const credential = this.credential!;
    const request = {
      ...{ protocol: PROTOCOL_VERSION, server, appId, bounds: BOUNDS, credential },
      rollback: "to-service-account" as const,
    };
    const target = this.context.sshTarget(this.context.server(server));
    const options = { limitSeconds: LIMIT_SECONDS, secrets: [credential.password], onStep: showStep };
    const { program } = this.context;
    await withProgram(target, program, () => runHostOperation(target, "rollback", request, program, options));
  }
}

/** A clone whose service an interrupted run left stopped answers nothing: that run is ended first. */
async function endInterrupted(context: StackContext, sequence: StackSequence, clone: string, mayChange: boolean) {
  const names = context.configuration.servers.map(({ name }) => name);
  const seen = await during("reading every declared server", null, () => sequence.seeEach());
  const own = seen[names.indexOf(clone)];
  const other = seen.find((one) => !(one instanceof ProblemError) && one.host.machineIdentifier !== null);
  const stopped = own instanceof ProblemError && own.problems.every(({ code }) => code === "SERVICE_STOPPED");
  if (!stopped || !mayChange || !other) return refuse(seen);
  await during(`${clone}: ending the interrupted run`, ON_SERVER, () =>
    holdingStack(context, `reset-machine-identifier ${clone}`, () =>
      sequence.reset(clone, (other as PlannedServer).host.machineIdentifier!),
    ),
  );
  return sequence.see();
}

function proof(servers: readonly PlannedServer[]): string[] {
  return servers.map(({ server, host }) => {
    return `${server}: machine identifier ${host.machineIdentifier}, ${identityLine(host.connector)}`;
  });
}

/**
 * Gives a clone an identifier of its own, and moves servers that share an application with it back to accounts.
 *
 * @throws UsageError, CommandError, or ProblemError if it is refused or fails; the credential is in none of them
 */
export async function resetMachineIdentifier(
  context: StackContext,
  clone: string,
  { confirm, dryRun, result, terminal }: ResetContext,
): Promise<number> {
  context.server(clone);
  const { stack } = context;
  const sequence = await StackSequence.of(context);
  // Before anything is read: an interrupted run is ended below if the name is given.
  if (confirm !== undefined && confirm !== clone)
    await confirmServer(clone, { given: confirm, option: "--confirm <name>" });
  const before = await endInterrupted(context, sequence, clone, !dryRun && confirm === clone);
  const refusal = identifierRefusal(clone, before);
  if (refusal) throw new ProblemError([refusal]);
  const steps = identifierPlan(clone, before);
  const next = `Next: ${pulumiLine(stack, "up")} gives each server its own application and certificate.`;
  if (steps.length === 0) {
    result.lines(`${clone}: it shares nothing with another declared server; nothing was changed`, ...proof(before));
    result.object({ stack, server: clone, changed: false, steps: [] });
    return 0;
  }
  plan(clone, steps, before).forEach(announce);
  if (dryRun) {
    result.lines(...steps.map(stepLine), "Nothing was changed.");
    result.object({ stack, server: clone, changed: false, steps });
    return 0;
  }
  const roles = steps.some(({ kind }) => kind === "rollback") ? await observeRoles(context.tenantAccess) : null;
  for (const { kind, server } of roles ? steps : []) {
    const { host } = before.find((one) => one.server === server)!;
    const room = kind === "rollback" ? accountRoom(server, host.legacyAccountName, roles!) : null;
    if (room?.refusal) throw new ProblemError([room.refusal]);
  }
  await confirmServer(clone, { given: confirm, option: "--confirm <name>", terminal });
  if (roles) {
    const purpose = "A Hybrid Identity Administrator signs in on the servers. The password is not stored.";
    sequence.credential = await promptCredential(purpose, terminal);
  }
  const after = await during(`${clone}: ${steps.length} steps`, ON_SERVER, () =>
    holdingStack(context, `reset-machine-identifier ${clone}`, () => runSequence(clone, steps, sequence)),
  );
  result.lines(...proof(after), next);
  result.object({ stack, server: clone, changed: true, steps });
  return 0;
}
