/** `leave --rollback`: the connector back on a service account, so that nothing uses application and certificate. */
import {
  PROTOCOL_VERSION,
  type HostObservation,
  type RollbackRequest,
  type RollbackResult,
} from "../../model/protocol/host-protocol";
import { diagnose, ProblemError } from "../../model/diagnostics/diagnostic";
import { compareVersions } from "../../model/server/versions";
import { observeHost } from "../../remote/observe-host";
import { runHostOperation } from "../../remote/host-operation";
import { announce, during, showStep } from "../../console/progress";
import type { z } from "zod";
import { confirmServer, promptCredential, type Terminal } from "../../console/prompt";
import type { Result } from "../../console/result";
import { findInState, targetOf, type StackServer } from "../stack/stack-server";
import { identityLine, pulumiLine } from "../stack/next-steps";
import type { StackContext } from "../stack/stack-context";

/** Bounds of the program's own waiting on the host, in seconds. */
const BOUNDS: RollbackRequest["bounds"] = { cycleSeconds: 1800, cmdletSeconds: 300 };
/** Beyond its bounds the program needs time to start, pause, restore and verify. */
const LIMIT_SECONDS = BOUNDS.cycleSeconds + BOUNDS.cmdletSeconds + 300;
/** Builds before this one onboard a server on a password account by themselves, within six hours. */
const NO_AUTOMATIC_ONBOARDING = "2.6.84.0";

const ON_SERVER =
  "the server ends what it began by itself and restores its scheduler; run the same command again, which finds itself done";

export interface LeaveContext {
  yes: boolean;
  result: Result;
  /** Where questions are asked. @default stdin and stderr */
  terminal?: Terminal;
}

/** What a person should know before the credential is asked for. */
function rollbackPlan(server: string, facts: HostObservation): string[] {
  const { connector, legacyAccountName, product } = facts;
  const again =
    compareVersions(product.version, NO_AUTOMATIC_ONBOARDING) < 0
      ? [
          `  - Build ${product.version} is older than ${NO_AUTOMATIC_ONBOARDING}: it may onboard the server to an application of its own again, within six hours.`,
        ]
      : [];
  return [
    `${server}: the connector goes back to a service account (Add-ADSyncAADServiceAccount).`,
    `  now   ${identityLine(connector)}`,
    `  then  service account ${legacyAccountName ?? "Sync_<computer>_<machine identifier>"}, made where it is missing`,
    "  The scheduler is paused for the switch and restored as it was found. Application, key and certificate stay.",
    "What is normal:",
    '  - "Access Denied" in synchronisation for up to 15 minutes, until the account has taken effect.',
    "  - The cmdlet signs in with a password only: it fails for an administrator who needs multifactor authentication.",
    "  - A tenant has at most 20 Sync_ accounts; the cmdlet fails where there are as many already.",
    ...again,
  ];
}

/** What comes after a rollback. */
function rollbackNext(context: Pick<StackContext, "stack">, server: StackServer): string[] {
  const { stack } = context;
  const { server: name } = server.identity;
  const first = server.declared
    ? `Take ${name} out of connect-sync-identity:servers in the stack's configuration, then: ${pulumiLine(stack, "up")}`
    : `Run: ${pulumiLine(stack, "up")}`;
  return [
    "Next:",
    `  ${first}`,
    `  Or, to remove every server of the stack once each has left: ${pulumiLine(stack, "destroy")}`,
    ...(server.declared ? [`  Until then any "up" of this stack puts ${name} on its application again.`] : []),
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
      ? [`${server}: an interrupted run had left the scheduler paused; that was undone`]
      : []),
    ...(mayOnboardAgain ? [`${server}: this build may onboard itself again within six hours`] : []),
  ];
}

/**
 * Puts a server's connector back on a service account. Finds itself done where it is.
 *
 * @throws UsageError, CommandError, or ProblemError where it is refused or fails; the credential is in none of them
 */
export async function rollBack(
  context: StackContext,
  name: string,
  { yes, terminal, result }: LeaveContext,
): Promise<void> {
  const server = await findInState(context, name);
  const { appId, identity } = server;
  const target = await targetOf(context, server);
  const facts = await observeHost(target, identity, context.program);
  const { connector } = facts;
  const next = rollbackNext(context, server);
  const { stack } = context;
  if (connector.identityType === "ServiceAccount") {
    result.lines(`${name}: the connector is on ${identityLine(connector)} already; nothing was done`, ...next);
    return result.object({ stack, server: name, changed: false, connector });
  }
  if (appId === null || connector.appId !== appId) {
    throw unexpected(name, identityLine(connector), appId);
  }
  rollbackPlan(name, facts).forEach(announce);
  await confirmServer(name, { given: yes || undefined, option: "--yes", terminal });
  const purpose = "A Hybrid Identity Administrator signs in on the server. The password is kept nowhere.";
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
  const { result: done } = await during(`${name}: going back to a service account`, ON_SERVER, () =>
    runHostOperation(target, "rollback", request, context.program, options),
  );
  result.lines(...rollbackLines(name, done), ...next);
  result.object({ stack, server: name, changed: true, connector: done.after.connector });
}
