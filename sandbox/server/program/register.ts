/** `register`: preflight, then link or rotate during a pause, then verify or go back. Does nothing if already done. */
import type { z } from "zod";
import type {
  ConnectorFacts,
  RegisterRequest,
  RegistrationResult,
  Verification,
} from "../../../model/protocol/host-protocol";
import { WindowsError, type Windows } from "../windows";
import { ensureKeyAccess, keyNotInHardware, keyRefusal, readFacts, requireByHash } from "./certificates";
import type { Context } from "./context";
import { goBack } from "./going-back";
import { restoreInterruptedPause, whilePaused } from "./pause";
import {
  readProduct,
  requireAdSync,
  requireNotSuspended,
  requireRunning,
  requireServiceAccount,
  requireVersion,
} from "./preflight";
import { removeEarlierFiles } from "./program-folder";
import { Refusal, withoutEnd } from "./refusal";
import { isBlank, isOn, switchIdentity } from "./switch-identity";
import { forgetSwitch, isUnverified, reportLateOutcomes } from "./switch-record";
import { proveToken } from "./token-proof";
import { verifySynchronisation } from "./verification";

type Result = z.infer<typeof RegistrationResult>;

export async function register(context: Context<RegisterRequest>): Promise<Result> {
  const { windows, request } = context;
  const { service: found, product } = requireAdSync(windows);
  requireVersion(product.version, request.minimumVersion);
  requireRunning(found.status);
  const service = requireServiceAccount(windows, found, request.serviceAccount);
  const { connector, scheduler } = readProduct(windows);
  requireNotSuspended(scheduler);
  const restoredInterruptedPause = await restoreInterruptedPause(context);
  reportLateOutcomes(context);
  if (removeEarlierFiles(windows)) context.changed = true;

  await requireUsableCertificate(windows, request);
  if (ensureKeyAccess(windows, request.certificateSha256, service)) context.changed = true;
  const done = isOn(connector, request);
  if (!done && request.rotateOnly) requireApplication(connector, request);
  if (!done) await proveToken(context);

  const work = { action: "none" as Result["action"], repairedParameters: false, pausedSeconds: 0 };
  let since: string | null = null;
  if (!done || wantsRepair(connector, request)) {
    const paused = await whilePaused(context, async () => {
      // The product rotates only if it knows who manages application and certificate.
      if (!done && request.rotateOnly) work.repairedParameters = repairWhereWanted(context);
      if (!done) ({ action: work.action, since } = await switchIdentity(context, connector));
      work.repairedParameters = repairWhereWanted(context) || work.repairedParameters;
    });
    work.pausedSeconds = paused.pausedSeconds;
  }
  const verification = await verifyIdentity(context, connector, since);
  return {
    before: { connector, syncCycleEnabled: scheduler.SyncCycleEnabled },
    after: readBack(windows, request),
    restoredInterruptedPause,
    verification,
    ...work,
  };
}

/**
 * Verifies a switch: the one of this run, or an unverified one of an earlier run.
 *
 * @param since when this run switched; null if it did not
 * @returns null if there is nothing to verify
 */
async function verifyIdentity(
  context: Context<RegisterRequest>,
  previous: ConnectorFacts,
  since: string | null,
): Promise<Verification | null> {
  const { windows, request } = context;
  readBack(windows, request);
  forgetSwitch(context, "sign-in");
  const pending = isUnverified(context);
  if (since === null && !pending) {
    forgetSwitch(context, "verification");
    return null;
  }
  const { verdict, ...found } = await verifySynchronisation(context, since);
  const { state, sentence, expected, actual } = verdict;
  if (state === "refused") return goBack(context, previous, verdict);
  if (state === "verified") forgetSwitch(context, "verification");
  const reason = `${sentence} Expected ${expected}, found ${withoutEnd(actual)}`;
  return { ...found, unverified: state === "unverified" ? reason : null };
}

/** Exactly one certificate with that hash, whose key signs and is stored in hardware. */
async function requireUsableCertificate(windows: Windows, request: RegisterRequest): Promise<void> {
  const facts = await readFacts(windows, requireByHash(windows, request.certificateSha256, request.label));
  if (!facts.keyUsable) throw keyRefusal(facts);
  if (!facts.keyInHardware && !request.allowSoftwareKey) throw keyNotInHardware(facts.label, facts.keyProvider);
}

/** An application of the product is never linked: only what the connector uses already is rotated. */
function requireApplication({ identityType, appId, userName }: ConnectorFacts, request: RegisterRequest): void {
  if (identityType === "Application" && appId === request.appId) return;
  throw new Refusal("CONNECTOR_UNEXPECTED.product", {
    expected: `application ${request.appId}`,
    actual: `${identityType} ${userName}`,
  });
}

const wantsRepair = (connector: ConnectorFacts, request: RegisterRequest) =>
  request.repairConnectivityParameters && isBlank(connector);

function repairWhereWanted(context: Context<RegisterRequest>): boolean {
  const { windows, request } = context;
  if (!wantsRepair(windows.getConnector(), request)) return false;
  const wasChanged = context.changed;
  context.changed = true;
  try {
    windows.repairConnectorParameters();
  } catch (error) {
    if (!(error instanceof WindowsError) || error.kind !== "not-found") throw error;
    context.changed = wasChanged;
    throw new Refusal("REPAIR_MODULE_MISSING", { expected: "the module ADSyncTools 2.3.0 or later", actual: "none" });
  }
  if (!isBlank(windows.getConnector())) return true;
  throw new Refusal("VERIFICATION_FAILED.parameters", {
    expected: "ApplicationManagedBy, CertificateManagedBy and CertificateId",
    actual: "blank",
  });
}

/** Reads the result of the operation. */
function readBack(windows: Windows, request: RegisterRequest): Result["after"] {
  const { connector, scheduler } = readProduct(windows);
  if (isOn(connector, request)) return { connector, syncCycleEnabled: scheduler.SyncCycleEnabled };
  throw new Refusal("VERIFICATION_FAILED", {
    expected: `the connector on application ${request.appId} with certificate ${request.certificateSha256}`,
    actual: `${connector.identityType} ${connector.userName}`,
  });
}
