/**
 * `release`: refuses while the connector uses this application with this certificate, or may have to go back to it;
 * changes nothing.
 */
import type { z } from "zod";
import type { ConnectorFacts, ReleaseRequest, ReleaseResult } from "../../../model/protocol/host-protocol";
import type { Windows } from "../windows";
import { isLost } from "./certificates";
import type { Context } from "./context";
import { readProduct, requireAdSync } from "./preflight";
import { Refusal } from "./refusal";
import { certificateInUse } from "./remove-certificate";
import { isOn } from "./switch-identity";

export async function release({ windows, request }: Context<ReleaseRequest>): Promise<z.infer<typeof ReleaseResult>> {
  requireAdSync(windows);
  const { connector } = readProduct(windows);
  if (connector.appId === request.appId && connector.certificateSha256 === request.certificateSha256) {
    throw certificateInUse(request, request.certificateSha256);
  }
  await requireVerifiedSwitch(windows, connector, request.certificateSha256);
  return { before: connector, after: connector };
}

/** A certificate that the connector may have to go back to stays; one of no use any more is no way back. */
async function requireVerifiedSwitch(
  windows: Windows,
  connector: ConnectorFacts,
  certificateSha256: string,
): Promise<void> {
  const record = windows.readSwitchRecord("verification");
  if (!record || !isOn(connector, record) || (await isLost(windows, certificateSha256))) return;
  throw new Refusal("SWITCH_UNVERIFIED", {
    expected: `a verified switch to certificate ${record.certificateSha256}`,
    actual: `a switch at ${record.since} that is not verified yet`,
  });
}
