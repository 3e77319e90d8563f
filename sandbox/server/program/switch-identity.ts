/** The switch itself: the cmdlet in its child process, and the meaning of its result. */
import { CMDLETS } from "../../../model/protocol/host-constants";
import type { ConnectorFacts, RegisterRequest } from "../../../model/protocol/host-protocol";
import type { CmdletOutcome, Windows } from "../windows";
import { isLost } from "./certificates";
import type { Context } from "./context";
import { Refusal } from "./refusal";
import { rememberSwitch } from "./switch-record";

/** Seconds between two reads of the connector, the equal reads in a row that count, and the maximum of further reads. */
const POLL = 1;
const EQUAL = 3;
const POLLS = 60;

/** Whether the connector uses the application and the certificate. */
export function isOn(connector: ConnectorFacts, request: { appId: string; certificateSha256: string }): boolean {
  return (
    connector.identityType === "Application" &&
    connector.appId === request.appId &&
    connector.certificateSha256 === request.certificateSha256
  );
}

/** Whether a connectivity parameter of an application identity is blank. */
export const isBlank = ({ parameters }: ConnectorFacts) => Object.values(parameters).some((value) => !value?.trim());

export interface Switched {
  action: "linked" | "rotated";
  /** When the cmdlet that did it began. */
  since: string;
}

interface Attempt {
  outcome: CmdletOutcome;
  /** The connector's identity once it has settled. */
  connector: ConnectorFacts;
  since: string;
}

/**
 * Links, or rotates if the connector uses the application already. What counts is the connector's identity once it
 * has settled, not the result of the cmdlet. The target of the switch is recorded until it is verified.
 */
export async function switchIdentity(context: Context<RegisterRequest>, connector: ConnectorFacts): Promise<Switched> {
  const { windows, request } = context;
  rememberSwitch(context, "verification");
  const wasChanged = context.changed;
  context.changed = true;
  let rotate = connector.identityType === "Application" && connector.appId === request.appId;
  let attempt = await runCmdlet(context, rotate);
  const mayLink = rotate && !request.rotateOnly && attempt.outcome.outcome === "failed";
  if (mayLink && (await lostCredential(windows, attempt.connector, connector))) {
    rotate = false;
    attempt = await runCmdlet(context, rotate);
  }
  if (isOn(attempt.connector, request)) return { action: rotate ? "rotated" : "linked", since: attempt.since };
  context.changed = wasChanged || !sameConnector(attempt.connector, connector);
  const refusal = switchRefusal(attempt.outcome, request, attempt.connector, rotate);
  if (refusal.error.operatorCommand) rememberSwitch(context, "sign-in", refusal.error.operatorCommand);
  throw refusal;
}

/** Runs one of the two cmdlets, and reads where the connector is once it has settled. */
export async function runCmdlet(context: Context<RegisterRequest>, rotate: boolean): Promise<Attempt> {
  const { windows, request, progress } = context;
  const { appId, certificateSha256, bounds } = request;
  const since = windows.getTime();
  progress.report(rotate ? "rotating" : "linking", { elapsed: 0, bound: bounds.cmdletSeconds });
  const outcome = rotate
    ? await windows.invokeRotation(certificateSha256, bounds.cmdletSeconds)
    : await windows.invokeRegistration(appId, certificateSha256, bounds.cmdletSeconds);
  let connector = windows.getConnector();
  if (outcome.outcome !== "completed" || !isOn(connector, request)) connector = await settledConnector(context);
  return { outcome, connector, since };
}

/** The rotating cmdlet may need the old credential, and the parameters. Linking the same application needs neither. */
async function lostCredential(windows: Windows, now: ConnectorFacts, before: ConnectorFacts): Promise<boolean> {
  if (!sameConnector(now, before)) return false;
  return before.certificateSha256 === null || isBlank(before) || (await isLost(windows, before.certificateSha256));
}

/** Ending the child process does not end the work of the service: three equal reads in a row are required. */
export async function settledConnector({ windows, progress }: Context<unknown>): Promise<ConnectorFacts> {
  let connector = windows.getConnector();
  let equal = 1;
  for (let poll = 0; poll < POLLS && equal < EQUAL; poll += 1) {
    progress.report("settling", { elapsed: poll * POLL, bound: POLLS * POLL });
    await windows.wait(POLL);
    const next = windows.getConnector();
    equal = sameConnector(next, connector) ? equal + 1 : 1;
    connector = next;
  }
  return connector;
}

export const sameConnector = (left: ConnectorFacts, right: ConnectorFacts): boolean =>
  JSON.stringify(left) === JSON.stringify(right);

function switchRefusal(
  outcome: CmdletOutcome,
  request: RegisterRequest,
  connector: ConnectorFacts,
  rotate: boolean,
): Refusal {
  const expected = `the connector on application ${request.appId} with certificate ${request.certificateSha256}`;
  const actual = `${connector.identityType} ${connector.userName}`;
  const hash = request.certificateSha256.toUpperCase();
  const cmdlet = rotate ? CMDLETS.rotation : CMDLETS.registration;
  const operatorCommand = `${cmdlet} -CertificateSHA256Hash ${hash}${rotate ? "" : ` -ApplicationAppId ${request.appId}`}`;
  const { cmdletSeconds } = request.bounds;
  switch (outcome.outcome) {
    case "sign-in-required": {
      const detail = [cmdlet, operatorCommand];
      return new Refusal("SIGNIN_REQUIRED", {
        expected,
        actual: `a sign-in prompt; ${actual}`,
        detail,
        operatorCommand,
      });
    }
    case "timed-out":
      return new Refusal("CMDLET_TIMEOUT", { expected, actual, detail: [cmdlet, `${cmdletSeconds}`, operatorCommand] });
    case "failed":
    case "credential-refused":
      return new Refusal("CMDLET_FAILED", { expected, actual: outcome.message, detail: [cmdlet] });
    case "completed":
      return new Refusal("VERIFICATION_FAILED", { expected, actual });
  }
}
