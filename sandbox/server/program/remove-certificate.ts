/** `remove-certificate`: removes certificate and key of a label, never those that the connector uses. */
import type { z } from "zod";
import type { CertificateRequest, RemovalResult } from "../../../model/host-protocol";
import type { Windows } from "../windows";
import { byLabel } from "./certificates";
import type { Context } from "./context";
import { requireAdSync } from "./preflight";
import { Refusal } from "./refusal";

type Removal = z.infer<typeof RemovalResult>["before"];
type KeyOfLabel = Pick<CertificateRequest, "label" | "keyName" | "keyProvider">;

export async function removeCertificate(context: Context<CertificateRequest>): Promise<z.infer<typeof RemovalResult>> {
  const { windows, request } = context;
  requireAdSync(windows);
  const { certificateSha256 } = windows.getConnector();
  if (certificateSha256 && byLabel(windows, request.label).some((entry) => entry.sha256 === certificateSha256)) {
    throw certificateInUse(request.label, certificateSha256, "The connector uses this certificate.");
  }
  const before = count(windows, request);
  if (before.certificates > 0 || before.keyFile) {
    removeLabelled(windows, request);
    context.changed = true;
  }
  const after = count(windows, request);
  if (after.certificates > 0 || after.keyFile) {
    throw new Refusal("VERIFICATION_FAILED", {
      message: "Certificate or key are still there after their removal.",
      expected: "neither",
      actual: `${after.certificates} certificate(s), ${after.keyFile ? "a key" : "no key"}`,
      remedy: "Remove them by hand in LocalMachine\\My, then run again.",
    });
  }
  return { before, after };
}

/** Provider and container of each key that belongs to a label: where the certificates point, and the fixed name. */
function keysOf(windows: Windows, wanted: KeyOfLabel): { keyName: string; keyProvider: string }[] {
  const keys = byLabel(windows, wanted.label).flatMap((entry) => windows.getKey(entry.sha256).key ?? []);
  return [...keys, wanted].map(({ keyName, keyProvider }) => ({ keyName, keyProvider }));
}

function count(windows: Windows, wanted: KeyOfLabel): Removal {
  return {
    certificates: byLabel(windows, wanted.label).length,
    keyFile: keysOf(windows, wanted).some((key) => windows.testKey(key.keyName, key.keyProvider)),
  };
}

/** Key first: a certificate whose key could not be removed must not vanish and leave it behind unnamed. */
export function removeLabelled(windows: Windows, wanted: KeyOfLabel): void {
  for (const { keyName, keyProvider } of keysOf(windows, wanted)) {
    if (windows.testKey(keyName, keyProvider)) windows.removeKey(keyName, keyProvider);
  }
  windows.removeCertificates(wanted.label);
}

export function certificateInUse(label: string, sha256: string, message: string): Refusal {
  return new Refusal("CERTIFICATE_IN_USE", {
    message,
    expected: `a connector that does not use "${label}"`,
    actual: `a connector on certificate ${sha256}`,
    remedy: "Put the server back into the configuration, or move its connector to another identity first.",
  });
}
