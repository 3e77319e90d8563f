/** After a switch to a credential that Entra refuses: back to the previous certificate, if that one still works. */
import { CMDLETS } from "../../../model/protocol/host-constants";
import type { ConnectorFacts, RegisterRequest } from "../../../model/protocol/host-protocol";
import { toHostError } from "./any-failure";
import { whyUnusable } from "./certificates";
import type { Context } from "./context";
import { whilePaused } from "./pause";
import { Refusal, withoutEnd } from "./refusal";
import { isOn, runCmdlet } from "./switch-identity";
import { forgetSwitch } from "./switch-record";
import { proveToken } from "./token-proof";
import type { Verdict } from "./verification";

/**
 * Goes back if possible, and ends the operation in any case.
 *
 * @param previous the connector's identity before the switch
 * @param verdict how Entra refused the credential
 * @throws Refusal VERIFICATION_FAILED that names the connector's current certificate and the next step
 */
export async function goBack(
  context: Context<RegisterRequest>,
  previous: ConnectorFacts,
  { sentence, expected, actual }: Verdict,
): Promise<never> {
  const reason = await whyNotBack(context, previous);
  if (reason !== null) {
    const detail = [sentence, withoutEnd(reason)];
    throw new Refusal("VERIFICATION_FAILED.stays", { expected, actual, detail });
  }
  forgetSwitch(context, "verification");
  const detail = [sentence, `${previous.certificateSha256}`];
  throw new Refusal("VERIFICATION_FAILED.back", { expected, actual, detail });
}

/** Takes the connector back; why that is not possible, or null if it is back. */
async function whyNotBack(context: Context<RegisterRequest>, previous: ConnectorFacts): Promise<string | null> {
  const { windows, request } = context;
  if (isOn(previous, request)) return "it was there before this run already";
  const { identityType, appId, certificateSha256 } = previous;
  if (identityType !== "Application" || appId !== request.appId || certificateSha256 === null) {
    return `before, it was not on application ${request.appId}`;
  }
  const reason = (await whyUnusable(windows, certificateSha256)) ?? (await switchBack(context, certificateSha256));
  return reason && `certificate ${certificateSha256}: ${reason}`;
}

/** Proves the previous certificate by a token and rotates to it; why it failed, or null if the connector is on it. */
async function switchBack(context: Context<RegisterRequest>, certificateSha256: string): Promise<string | null> {
  const bounds = { ...context.request.bounds, replicationSeconds: 0 };
  const former = { ...context, request: { ...context.request, certificateSha256, bounds } };
  context.progress.report("goingBack");
  try {
    await proveToken(former);
    const { result } = await whilePaused(former, () => runCmdlet(former, true));
    if (isOn(result.connector, former.request)) return null;
    const { outcome, message } = result.outcome;
    return `${CMDLETS.rotation} ended as ${outcome} ${message}`.trim();
  } catch (error) {
    const { code, message, actual } = toHostError(error, context.windows);
    // A scheduler that could not be restored is more important than the switch.
    if (code === "SCHEDULER_NOT_RESTORED") throw error;
    return `${message} ${actual}`;
  }
}
