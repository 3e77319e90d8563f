/** `remove-certificate`: removes an own or adopted certificate with its key, unless the connector uses them. */
import type { z } from "zod";
import type { CertificateRequest, RemovalResult } from "../../../model/protocol/host-protocol";
import type { CertificateEntry, Windows } from "../windows";
import { byHash, byLabel } from "./certificates";
import type { Context } from "./context";
import { requireAdSync } from "./preflight";
import { Refusal } from "./refusal";

type Removal = z.infer<typeof RemovalResult>["before"];
type Wanted = Pick<CertificateRequest, "label" | "keyName" | "keyProvider" | "adoptSha256">;
type Key = Pick<CertificateRequest, "keyName" | "keyProvider">;

export async function removeCertificate(context: Context<CertificateRequest>): Promise<z.infer<typeof RemovalResult>> {
  const { windows, request } = context;
  requireAdSync(windows);
  const { certificateSha256 } = windows.getConnector();
  if (certificateSha256 && selected(windows, request).some((entry) => entry.sha256 === certificateSha256)) {
    throw certificateInUse(request, certificateSha256, "The connector uses this certificate.");
  }
  const keys = keysOf(windows, request);
  const before = count(windows, request, keys);
  if (before.certificates > 0 || before.keyFile) {
    removeSelected(windows, request);
    context.changed = true;
  }
  const after = count(windows, request, keys);
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

/** An adopted certificate is identified by its hash alone; its label may be empty or belong to another application. */
function selected(windows: Windows, { label, adoptSha256 }: Wanted): CertificateEntry[] {
  return adoptSha256 === null ? byLabel(windows, label) : byHash(windows, adoptSha256);
}

/** Provider and container of each key: those of the certificates and, for one of this project, the fixed name. */
function keysOf(windows: Windows, wanted: Wanted): Key[] {
  const keys: Key[] = selected(windows, wanted).flatMap((entry) => windows.getKey(entry.sha256).key ?? []);
  if (wanted.adoptSha256 === null) keys.push(wanted);
  return keys.map(({ keyName, keyProvider }) => ({ keyName, keyProvider }));
}

function count(windows: Windows, wanted: Wanted, keys: Key[]): Removal {
  return {
    certificates: selected(windows, wanted).length,
    keyFile: keys.some((key) => windows.testKey(key.keyName, key.keyProvider)),
  };
}

/** Key first: a certificate whose key could not be removed must remain, because it identifies the key. */
export function removeSelected(windows: Windows, wanted: Wanted): void {
  for (const { keyName, keyProvider } of keysOf(windows, wanted)) {
    if (windows.testKey(keyName, keyProvider)) windows.removeKey(keyName, keyProvider);
  }
  if (wanted.adoptSha256 === null) windows.removeCertificates(wanted.label);
  else windows.removeCertificateByHash(wanted.adoptSha256);
}

export function certificateInUse(
  { server, label }: { server: string; label: string },
  sha256: string,
  message: string,
): Refusal {
  return new Refusal("CERTIFICATE_IN_USE", {
    message,
    expected: `a connector that does not use "${label}"`,
    actual: `a connector on certificate ${sha256}`,
    remedy: `Keep the server in the configuration; to take it out, first: npm run leave -- ${server} --rollback`,
  });
}
