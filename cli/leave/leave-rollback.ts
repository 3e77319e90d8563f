/** `leave --rollback`: the connector back on a service account, so that nothing uses application and certificate. */
import {
  PROTOCOL_VERSION,
  type HostObservation,
  type RollbackRequest,
  type RollbackResult,
} from "../../model/protocol/host-protocol";
import type { ServerMode } from "../../model/configuration/configuration";
import { diagnose, ProblemError } from "../../model/diagnostics/diagnostic";
import { compareVersions } from "../../model/server/versions";
import { observeRoles } from "../../remote/observe";
import { runHostOperation } from "../../remote/host-operation";
import { withProgram } from "../../remote/program-loan";
import { announce, during, showStep } from "../../console/progress";
import type { z } from "zod";
import { confirmServer, promptCredential, type Terminal } from "../../console/prompt";
import type { Result } from "../../console/result";
import { accountRoom } from "./account-room";
import { findInState, targetOf, type StackServer } from "../stack/stack-server";
import { identityLine, pulumiLine } from "../stack/next-steps";
import { observeServer } from "../stack/observe-server";
import { holdingStack } from "../stack/stack-lock";
import type { StackContext } from "../stack/stack-context";

/** Bounds of the program's own waiting on the host, in seconds. */
const BOUNDS: RollbackRequest["bounds"] = { cycleSeconds: 1800, cmdletSeconds: 300 };
/** Beyond its bounds the program needs time to start, pause, restore and verify. */
const LIMIT_SECONDS = BOUNDS.cycleSeconds + BOUNDS.cmdletSeconds + 300;
/** Builds before this one onboard a server on a password account by themselves, within six hours. */
const NO_AUTOMATIC_ONBOARDING = "2.6.84.0";

const ON_SERVER =
  "the server completes the switch and restores its scheduler; run the same command again to check the result";

export interface LeaveContext {
  yes: boolean;
  result: Result;
  /** The streams for questions and answers. @default stdin and stderr */
  terminal?: Terminal;
}

/** Information before the credential is requested. */
function rollbackPlan(server: string, facts: HostObservation, room: string): string[] {
  const { connector, legacyAccountName, product } = facts;
  const again =
    compareVersions(product.version, NO_AUTOMATIC_ONBOARDING) < 0
      ? [
          `  - Build ${product.version} is older than ${NO_AUTOMATIC_ONBOARDING}: it may onboard the server to an application of its own again, within six hours.`,
        ]
      : [];
  return [
    `${server}: the connector is switched back to a service account (Add-ADSyncAADServiceAccount).`,
    `  now   ${identityLine(connector)}`,
    `  then  service account ${legacyAccountName ?? "Sync_<computer>_<machine identifier>"}, created if it does not exist`,
    "  The scheduler is paused for the switch and restored afterwards. Application, key and certificate remain.",
    "Note:",
    '  - "Access Denied" in synchronisation for up to 15 minutes, until the account has taken effect.',
    "  - The cmdlet signs in with a password only: it fails for an administrator who requires multifactor authentication.",
    `  - ${room}`,
    ...again,
  ];
}

/** What a run does to a server that left and is still declared; nothing if Entra Connect manages it. */
const UNTIL_THEN: Record<ServerMode, (name: string) => string[]> = {
  byoa: (name) => [`  Until then, each pulumi up of this stack switches ${name} to its application again.`],
  byoc: (name) => [
    `  Until then, each pulumi up of this stack is refused for ${name}: the wizard has to set up the application first.`,
  ],
  managed: () => [],
};

/** The next steps after a rollback. */
function rollbackNext({ stack, configuration }: StackContext, server: StackServer): string[] {
  const { server: name } = server.identity;
  const first = server.declared
    ? `Remove ${name} from connect-sync-identity:servers in the stack's configuration, then: ${pulumiLine(stack, "up")}`
    : `Run: ${pulumiLine(stack, "up")}`;
  return [
    "Next:",
    `  ${first}`,
    `  Or, to remove every server of the stack once each has left: ${pulumiLine(stack, "destroy")}`,
    ...configuration.servers.filter((one) => one.name === name).flatMap(({ mode }) => UNTIL_THEN[mode](name)),
  ];
}

function unexpected(server: string, actual: string, appId: string | null): ProblemError {
  const expected = appId ? `application ${appId}` : "an application that state knows";
  const values = { property: "connector", actual, expected };
  return new ProblemError([diagnose("CONNECTOR_UNEXPECTED", server, values, { remedy: "unused" })]);
}

function rollbackLines(server: string, done: z.infer<typeof RollbackResult>): string[] {
  const { before, after, pausedSeconds, mayOnboardAgain, restoredInterruptedPause } = done;
  const scheduler = after.syncCycleEnabled ? "on" : "off";
  return [
    `${server}: before  ${identityLine(before.connector)}`,
    `${server}: now     ${identityLine(after.connector)}`,
    `${server}: scheduler ${scheduler}${after.syncCycleEnabled === before.syncCycleEnabled ? ", as it was" : ""}; paused for ${Math.ceil(pausedSeconds)} s`,
    ...(restoredInterruptedPause
      ? [`${server}: an interrupted run had left the scheduler paused; it was restored`]
      : []),
    ...(mayOnboardAgain ? [`${server}: this build may switch to an application by itself again within six hours`] : []),
  ];
}

/**
 * Switches a server's connector back to a service account. Does nothing if it uses one already.
 *
 * @throws UsageError, CommandError, or ProblemError if it is refused or fails; the credential is in none of them
 */
export async function rollBack(
  context: StackContext,
  name: string,
  { yes, terminal, result }: LeaveContext,
): Promise<void> {
  const server = await findInState(context, name);
  const { appId } = server;
  if (server.managed) throw new ProblemError([diagnose("LEAVE_MODE", name, {})]);
  const target = await targetOf(context, server);
  const facts = await observeServer(context, name, target);
  const { connector } = facts;
  const next = rollbackNext(context, server);
  const { stack } = context;
  if (connector.identityType === "ServiceAccount") {
    result.lines(`${name}: the connector is on ${identityLine(connector)} already; nothing was changed`, ...next);
    return result.object({ stack, server: name, changed: false, connector });
  }
  if (appId === null || connector.appId !== appId) {
    throw unexpected(name, identityLine(connector), appId);
  }
  const room = accountRoom(name, facts.legacyAccountName, await observeRoles(context.tenantAccess));
  if (room.refusal) throw new ProblemError([room.refusal]);
  rollbackPlan(name, facts, room.line).forEach(announce);
  await confirmServer(name, { given: yes || undefined, option: "--yes", terminal });
  const purpose = "A Hybrid Identity Administrator signs in on the server. The password is not stored.";
  const credential = await promptCredential(purpose, terminal);
  const request: RollbackRequest = {
    protocol: PROTOCOL_VERSION,
    server: name,
    rollback: "to-service-account",
    appId,
    bounds: BOUNDS,
    credential,
  };
  const options = { limitSeconds: LIMIT_SECONDS, secrets: [credential.password], onStep: showStep };
  const { result: done } = await during(`${name}: switching back to a service account`, ON_SERVER, () =>
    holdingStack(context, `leave ${name} --rollback`, () =>
      withProgram(target, context.program, () =>
        runHostOperation(target, "rollback", request, context.program, options),
      ),
    ),
  );
  result.lines(...rollbackLines(name, done), ...next);
  result.object({ stack, server: name, changed: true, connector: done.after.connector });
}
