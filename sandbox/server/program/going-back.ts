/** After a switch to a credential that Entra refuses: back to the previous certificate, if that one still works. */
import type { ConnectorFacts, RegisterRequest } from "../../../model/protocol/host-protocol";
import { whyUnusable } from "./certificates";
import type { Context } from "./context";
import { whilePaused } from "./pause";
import { Refusal } from "./refusal";
import { isOn } from "./switch-identity";
import { forgetSwitch } from "./switch-record";
import { tryToken } from "./token-proof";
import type { Verdict } from "./verification";

const REMEDY =
  'Look at the Application log and at Synchronization Service Manager on the server, then run "pulumi up".';

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
  const { certificateSha256: old } = previous;
  const reason = (await whyNotBack(context, previous)) ?? (await switchBack(context, old!));
  if (reason === null) {
    forgetSwitch(context, "verification");
    throw new Refusal("VERIFICATION_FAILED", {
      message: `${sentence} The connector is back on certificate ${old}, which works.`,
      expected,
      actual,
      remedy: `${REMEDY} It switches again.`,
    });
  }
  throw new Refusal("VERIFICATION_FAILED", {
    message: `${sentence} The connector stays on the new certificate, as there is no way back: ${reason}.`,
    expected,
    actual,
    remedy: `${REMEDY} It verifies again.`,
  });
}

/** Why the connector cannot go back to its previous identity; null if it can. */
async function whyNotBack(context: Context<RegisterRequest>, previous: ConnectorFacts): Promise<string | null> {
  const { windows, request } = context;
  if (isOn(previous, request)) return "it was there before this run already";
  const { identityType, appId, certificateSha256 } = previous;
  if (identityType !== "Application" || appId !== request.appId || certificateSha256 === null) {
    return `before, it was not on application ${request.appId}`;
  }
  const unusable = whyUnusable(windows, certificateSha256);
  if (unusable !== null) return `certificate ${certificateSha256}: ${unusable}`;
  const asOld = { ...context, request: { ...request, certificateSha256 } };
  for (const { resourceAppId, roles } of request.requiredRoles) {
    const failure = await tryToken(asOld, resourceAppId, roles);
    if (failure) return `certificate ${certificateSha256}: ${failure.refusal.error.actual}`;
  }
  return null;
}

/** Why the connector could not be switched back; null if it was. */
async function switchBack(context: Context<RegisterRequest>, certificateSha256: string): Promise<string | null> {
  const { windows, request } = context;
  context.progress.report("goingBack");
  const target = { appId: request.appId, certificateSha256 };
  try {
    const { result } = await whilePaused(context, () =>
      windows.invokeRotation(certificateSha256, request.bounds.cmdletSeconds),
    );
    if (isOn(windows.getConnector(), target)) return null;
    return result.message || `Invoke-ADSyncApplicationCredentialRotation ended as "${result.outcome}"`;
  } catch (error) {
    // A scheduler that could not be restored is more important than the switch.
    if (!(error instanceof Refusal) || error.error.code === "SCHEDULER_NOT_RESTORED") throw error;
    return `${error.error.message} ${error.error.actual}`;
  }
}
