/** `register`: preflight, then link or rotate with the scheduler paused, then verify. Finds itself done. */
import type { z } from "zod";
import type { ConnectorFacts, RegisterRequest, RegistrationResult } from "../../../model/host-protocol";
import type { Windows } from "../windows";
import { ensureKeyAccess, keyNotInHardware, keyUnusable, readFacts } from "./certificates";
import type { Context } from "./context";
import { restoreInterruptedPause, whilePaused } from "./pause";
import {
  readProduct,
  requireAdSync,
  requireNotSuspended,
  requireRunning,
  requireServiceAccount,
  requireVersion,
} from "./preflight";
import { Refusal } from "./refusal";
import { isOn, switchIdentity } from "./switch-identity";
import { proveToken } from "./token-proof";

type Result = z.infer<typeof RegistrationResult>;

export async function register(context: Context<RegisterRequest>): Promise<Result> {
  const { windows, request } = context;
  const { service, product } = requireAdSync(windows);
  requireVersion(product.version, request.minimumVersion);
  requireRunning(service.status);
  requireServiceAccount(windows, service, request.serviceAccount);
  const { connector, scheduler } = readProduct(windows);
  requireNotSuspended(scheduler);
  const restoredInterruptedPause = restoreInterruptedPause(context);

  requireUsableCertificate(windows, request);
  if (ensureKeyAccess(windows, request.certificateSha256, service)) context.changed = true;
  const done = isOn(connector, request);
  if (!done) await proveToken(context);

  const work = { action: "none" as Result["action"], repairedParameters: false, pausedSeconds: 0 };
  if (!done || wantsRepair(connector, request)) {
    const paused = await whilePaused(context, async () => {
      if (!done) work.action = await switchIdentity(context, connector);
      work.repairedParameters = repairWhereWanted(context);
    });
    work.pausedSeconds = paused.pausedSeconds;
  }
  return {
    before: { connector, syncCycleEnabled: scheduler.SyncCycleEnabled },
    after: verify(windows, request),
    restoredInterruptedPause,
    verification: null,
    ...work,
  };
}

/** Exactly one certificate with that hash, whose key signs and lies in hardware. */
function requireUsableCertificate(windows: Windows, request: RegisterRequest): void {
  const found = windows.getCertificates().filter((entry) => entry.sha256 === request.certificateSha256);
  const expected = `one certificate with SHA-256 ${request.certificateSha256} in LocalMachine\\My`;
  if (found.length === 0) {
    throw new Refusal("CERTIFICATE_MISSING", {
      message: `The certificate "${request.label}" is not on this server.`,
      expected,
      actual: "none",
      remedy: 'Run "pulumi up" again: it makes a new generation.',
    });
  }
  if (found.length > 1) {
    throw new Refusal("CERTIFICATE_AMBIGUOUS", {
      message: "Several certificates have the same hash.",
      expected,
      actual: `${found.length}`,
      remedy: "Remove the copies from LocalMachine\\My.",
    });
  }
  const facts = readFacts(windows, found[0]);
  if (!facts.keyUsable) throw keyUnusable(facts.label, facts.keyProblem ?? "no key");
  if (!facts.keyInHardware && !request.allowSoftwareKey) throw keyNotInHardware(facts.label, facts.keyProvider);
}

const isBlank = (connector: ConnectorFacts) => Object.values(connector.parameters).some((value) => !value);

const wantsRepair = (connector: ConnectorFacts, request: RegisterRequest) =>
  request.repairConnectivityParameters && isBlank(connector);

function repairWhereWanted(context: Context<RegisterRequest>): boolean {
  const { windows, request } = context;
  if (!wantsRepair(windows.getConnector(), request)) return false;
  context.changed = true;
  windows.repairConnectorParameters();
  if (!isBlank(windows.getConnector())) return true;
  throw new Refusal("VERIFICATION_FAILED", {
    message: "The connectivity parameters are still blank after the documented repair.",
    expected: "ApplicationManagedBy, CertificateManagedBy and CertificateId",
    actual: "blank",
    remedy: "Check that ADSyncTools 2.3.0 or later is installed on the server.",
  });
}

/** Reads again what the operation left. */
function verify(windows: Windows, request: RegisterRequest): Result["after"] {
  const { connector, scheduler } = readProduct(windows);
  if (isOn(connector, request)) return { connector, syncCycleEnabled: scheduler.SyncCycleEnabled };
  throw new Refusal("VERIFICATION_FAILED", {
    message: "The connector is not on the new identity.",
    expected: `application ${request.appId} with certificate ${request.certificateSha256}`,
    actual: `${connector.identityType} ${connector.userName}`,
    remedy: "Look at Get-ADSyncEntraConnectorCredential on the server, then run again.",
  });
}
