/** The switch itself: the cmdlet in its child process, and the meaning of its result. */
import type { ConnectorFacts, RegisterRequest } from "../../../model/protocol/host-protocol";
import type { CmdletOutcome, Windows } from "../windows";
import { isLost } from "./certificates";
import type { Context } from "./context";
import { Refusal } from "./refusal";
import { rememberSwitch } from "./switch-record";

/** Seconds between two reads of the connector, and the maximum number of reads after an unclear result. */
const POLL = 0.25;
const POLLS = 40;

export function isOn(connector: ConnectorFacts, request: { appId: string; certificateSha256: string }): boolean {
  return (
    connector.identityType === "Application" &&
    connector.appId === request.appId &&
    connector.certificateSha256 === request.certificateSha256
  );
}

/** Whether a connectivity parameter of an application identity is blank. */
export const isBlank = ({ parameters }: ConnectorFacts) => Object.values(parameters).some((value) => !value);

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
  let attempt = await tryCmdlet(context, rotate);
  if (rotate && attempt.outcome.outcome === "failed" && lostCredential(windows, attempt.connector, connector)) {
    rotate = false;
    attempt = await tryCmdlet(context, rotate);
  }
  if (isOn(attempt.connector, request)) return { action: rotate ? "rotated" : "linked", since: attempt.since };
  context.changed = wasChanged || JSON.stringify(attempt.connector) !== JSON.stringify(connector);
  const refusal = switchRefusal(attempt.outcome, request, attempt.connector, rotate);
  if (refusal.error.operatorCommand) rememberSwitch(context, "sign-in", refusal.error.operatorCommand);
  throw refusal;
}

async function tryCmdlet(context: Context<RegisterRequest>, rotate: boolean): Promise<Attempt> {
  const { windows, request, progress } = context;
  const { appId, certificateSha256, bounds } = request;
  const since = windows.getTime();
  progress.report(rotate ? "rotating" : "linking", { elapsed: 0, bound: bounds.cmdletSeconds });
  const outcome = rotate
    ? await windows.invokeRotation(certificateSha256, bounds.cmdletSeconds)
    : await windows.invokeRegistration(appId, certificateSha256, bounds.cmdletSeconds);
  let connector = windows.getConnector();
  if (outcome.outcome !== "completed" || !isOn(connector, request)) connector = await waitUntilStable(context);
  return { outcome, connector, since };
}

/** The rotating cmdlet may need the old credential. If that is lost, linking the same application does not need it. */
function lostCredential(windows: Windows, now: ConnectorFacts, before: ConnectorFacts): boolean {
  if (JSON.stringify(now) !== JSON.stringify(before)) return false;
  return before.certificateSha256 === null || isLost(windows, before.certificateSha256);
}

/** Ending the child process does not end the work of the service: two equal reads in a row are required. */
async function waitUntilStable({ windows, progress }: Context<RegisterRequest>): Promise<ConnectorFacts> {
  let last = windows.getConnector();
  for (let poll = 0; poll < POLLS; poll += 1) {
    progress.report("settling", { elapsed: poll * POLL, bound: POLLS * POLL });
    await windows.wait(POLL);
    const next = windows.getConnector();
    if (JSON.stringify(next) === JSON.stringify(last)) break;
    last = next;
  }
  return windows.getConnector();
}

function switchRefusal(
  outcome: CmdletOutcome,
  request: RegisterRequest,
  connector: ConnectorFacts,
  rotate: boolean,
): Refusal {
  const expected = `the connector on application ${request.appId} with certificate ${request.certificateSha256}`;
  const actual = `${connector.identityType} ${connector.userName}`;
  const hash = request.certificateSha256.toUpperCase();
  const operatorCommand = rotate
    ? `Invoke-ADSyncApplicationCredentialRotation -CertificateSHA256Hash ${hash}`
    : `Add-ADSyncApplicationRegistration -CertificateSHA256Hash ${hash} -ApplicationAppId ${request.appId}`;
  switch (outcome.outcome) {
    case "sign-in-required":
      return new Refusal("SIGNIN_REQUIRED", {
        message: "The cmdlet wants an administrator to sign in, which cannot be done over SSH.",
        expected,
        actual: `a sign-in prompt; ${actual}`,
        remedy: `At the server's desktop, as Hybrid Identity Administrator, run: ${operatorCommand} ; then run "pulumi up" again. The same text is on the server in C:\\ProgramData\\ConnectSyncIdentity\\sign-in.txt.`,
        operatorCommand,
      });
    case "timed-out":
      return new Refusal("CMDLET_TIMEOUT", {
        message: `The cmdlet did not end within ${request.bounds.cmdletSeconds} s.`,
        expected,
        actual: outcome.message === "" ? actual : `${outcome.message} ${actual}`,
        remedy: `It may wait for a sign-in that no one can see. At the server's desktop run: ${operatorCommand} ; then run "pulumi up" again.`,
      });
    case "failed":
    case "credential-refused":
      return new Refusal("CMDLET_FAILED", {
        message: "The cmdlet that switches the identity failed.",
        expected,
        actual: outcome.message,
        remedy: "Look at the Application log of the server, then run again.",
      });
    case "completed":
      return new Refusal("VERIFICATION_FAILED", {
        message: "The cmdlet ended well, but the connector is not on the new identity.",
        expected,
        actual,
        remedy: "Look at Get-ADSyncEntraConnectorCredential on the server, then run again.",
      });
  }
}
