/** `release`: refuses while the connector uses this application with this certificate; changes nothing. */
import type { z } from "zod";
import type { ReleaseRequest, ReleaseResult } from "../../../model/protocol/host-protocol";
import type { Context } from "./context";
import { readProduct, requireAdSync } from "./preflight";
import { certificateInUse } from "./remove-certificate";

export async function release({ windows, request }: Context<ReleaseRequest>): Promise<z.infer<typeof ReleaseResult>> {
  requireAdSync(windows);
  const { connector } = readProduct(windows);
  if (connector.appId === request.appId && connector.certificateSha256 === request.certificateSha256) {
    throw certificateInUse(request, request.certificateSha256);
  }
  return { before: connector, after: connector };
}
