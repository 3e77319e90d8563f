/** `observe`: reads everything, changes nothing, takes no lock. */
import { EVENT_IDS, OLD_KEY_WORDS } from "../../../model/protocol/host-constants";
import type { ConnectorFacts, HostObservation, ObserveRequest } from "../../../model/protocol/host-protocol";
import type { Windows } from "../windows";
import { readFacts } from "./certificates";
import { legacyAccountName } from "./accounts";
import { OptionalFacts } from "./optional-facts";
import { readProgram } from "./program-folder";
import type { Context } from "./context";
import { readPause } from "./pause";
import { readProduct, requireAdSync, requireRunning } from "./preflight";
import { isOn } from "./switch-identity";

export async function observe({ windows, request }: Context<ObserveRequest>): Promise<HostObservation> {
  const { service, product } = requireAdSync(windows);
  requireRunning(service.status);
  const { connector, scheduler } = readProduct(windows);
  const host = windows.getHost();
  const facts = new OptionalFacts();
  const read = facts.read.bind(facts);
  facts.requireSid(service);
  return {
    takenAt: windows.getTime(),
    computerName: host.computerName,
    powershell: {
      version: host.powershellVersion,
      languageMode: host.languageMode,
      dotnetRelease: host.dotnetRelease,
    },
    caller: windows.getCaller(),
    product: { version: product.version, cmdlets: readCmdlets(windows) },
    service: { status: service.status, account: service.account, accountSid: service.accountSid },
    tpm: read("tpm", () => windows.getTpm(), null),
    certificates: await certificatesOf(windows, request, connector),
    connector,
    scheduler,
    passwordWriteback: read("passwordWriteback", () => windows.getPasswordWriteback(), null),
    machineIdentifier: read("machineIdentifier", () => windows.getMachineIdentifier(), null),
    azureInstance: read("azureInstance", () => windows.getAzureInstance(), null),
    serviceProxy: read("serviceProxy", () => windows.getServiceProxy(), null),
    adSyncTools: read("adSyncTools", () => windows.getRepairModule(), null),
    events: read("events", () => windows.getEvents(request.eventHours), []).filter(isReported),
    changes: read("changes", () => windows.getChanges(request.eventHours), []),
    interrupted: read("interrupted", () => readInterrupted(windows), null),
    signIn: read("signIn", () => readSignIn(windows, connector), null),
    unverified: read("unverified", () => readUnverified(windows, connector), null),
    legacyAccountName: read("legacyAccountName", () => legacyAccountName(windows), null),
    program: readProgram(windows),
    unreadable: facts.unreadable,
  };
}

/** An event with a documented id, or an error that reads like a key of an earlier certificate that could not be removed. */
function isReported({ id, message }: HostObservation["events"][number]): boolean {
  if ((EVENT_IDS as readonly number[]).includes(id)) return true;
  return OLD_KEY_WORDS.every((words) => new RegExp(words, "i").test(message));
}

/** The certificates of the project, and the connector's, one after the other as a TPM signs. */
async function certificatesOf(windows: Windows, request: ObserveRequest, connector: ConnectorFacts) {
  const named = [connector.certificateSha256, request.issuedSha256];
  const found: HostObservation["certificates"] = [];
  for (const entry of windows.getCertificates()) {
    const isOurs = entry.label.startsWith(request.labelPrefix) || named.includes(entry.sha256);
    if (isOurs) found.push(await readFacts(windows, entry));
  }
  return found;
}

function readInterrupted(windows: Windows): HostObservation["interrupted"] {
  const pause = readPause(windows);
  if (!pause) return null;
  const { operation, startedAt, syncCycleEnabled, problem } = pause;
  return { operation, startedAt, syncCycleEnabled, restoreTask: windows.testRestoreTask(), problem };
}

/** A registration that waits for a sign-in; after the sign-in is done, no switch is waiting. */
export function readSignIn(windows: Windows, connector: ConnectorFacts): HostObservation["signIn"] {
  const record = windows.readSwitchRecord("sign-in");
  return record && !isOn(connector, record) ? { ...record, command: record.command ?? "" } : null;
}

export function readUnverified(windows: Windows, connector: ConnectorFacts): HostObservation["unverified"] {
  const record = windows.readSwitchRecord("verification");
  if (!record || !isOn(connector, record)) return null;
  const { since, appId, certificateSha256 } = record;
  return { since, appId, certificateSha256 };
}

function readCmdlets(windows: Windows): HostObservation["product"]["cmdlets"] {
  return {
    "Add-ADSyncApplicationRegistration": windows.getCmdletParameters("Add-ADSyncApplicationRegistration"),
    "Invoke-ADSyncApplicationCredentialRotation": windows.getCmdletParameters(
      "Invoke-ADSyncApplicationCredentialRotation",
    ),
  };
}
