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
    const message = `The connector signs in as application ${request.appId} with this certificate.`;
    throw certificateInUse(request, request.certificateSha256, message);
  }
  requireVerifiedSwitch(windows, connector, request.certificateSha256);
  return { before: connector, after: connector };
}

/** A certificate that the connector may have to go back to stays; one of no use any more is no way back. */
function requireVerifiedSwitch(windows: Windows, connector: ConnectorFacts, certificateSha256: string): void {
  const record = windows.readSwitchRecord("verification");
  if (!record || !isOn(connector, record) || isLost(windows, certificateSha256)) return;
  throw new Refusal("SWITCH_UNVERIFIED", {
    message: "The connector was switched away from this certificate, but it is not verified that the new one works.",
    expected: `a verified switch to certificate ${record.certificateSha256}`,
    actual: `a switch at ${record.since} that is not verified yet`,
    remedy:
      'Look at the Synchronization Service Manager of the server, then run "pulumi up": it verifies the switch, and ' +
      "releases this certificate once that succeeds.",
  });
}
