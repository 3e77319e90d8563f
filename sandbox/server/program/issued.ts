/** A certificate that a CA issued: judged, and taken as it is; only who may use its key is set right. */
import type { z } from "zod";
import type { CertificateRequest, CertificateResult, RemovalResult } from "../../../model/protocol/host-protocol";
import type { CertificateEntry, Windows } from "../windows";
import { byHash, ensureKeyAccess, keyRefusal, readFacts, requireByHash } from "./certificates";
import type { Context } from "./context";
import type { ServiceAccount } from "./preflight";
import { Refusal } from "./refusal";

/** Client authentication, and any purpose. */
const CLIENT_PURPOSES = ["1.3.6.1.5.5.7.3.2", "2.5.29.37.0"];

/** @param detail the subject, or the template */
export function unsuitable(
  id: "CERTIFICATE_UNSUITABLE" | "CERTIFICATE_UNSUITABLE.template",
  problems: string[],
  detail: string,
): Refusal {
  const actual = problems.join("; ");
  return new Refusal(id, { expected: "a certificate that a connector may use", actual, detail: [detail] });
}

/** All that keeps a certificate of a CA from being used, each in a few words. */
export function issuedProblems(
  windows: Windows,
  { sha256, notBefore, notAfter }: CertificateEntry,
  least: number,
): string[] {
  const now = new Date(windows.getTime());
  const issuance = windows.getIssuance(sha256);
  const problems: string[] = [];
  if (now < new Date(notBefore)) problems.push(`it is not valid before ${notBefore}`);
  if (now > new Date(notAfter)) problems.push(`it expired on ${notAfter}`);
  if (!issuance) return [...problems, "it signs itself: no CA issued it"];
  const { trusted, problem, revocation, keyLength, keyUsages, purposes, exportable } = issuance;
  if (!trusted) problems.push(`its chain is not trusted: ${problem}`);
  if (revocation === "revoked") problems.push("its CA revoked it");
  if (keyLength < least) problems.push(`its key is not RSA of ${least} bits or more: ${keyLength}`);
  if (keyUsages && !keyUsages.includes("DigitalSignature")) {
    problems.push(`its key usage lacks DigitalSignature: ${keyUsages.join(", ")}`);
  }
  if (purposes && !purposes.some((purpose) => CLIENT_PURPOSES.includes(purpose))) {
    problems.push(`its extended key usage lacks client authentication: ${purposes.join(", ")}`);
  }
  if (exportable) problems.push("its key can be exported");
  return problems;
}

/** Takes the certificate of a CA that a request names by its hash, if it is good for a connector. */
export async function takeIssued(
  context: Context<CertificateRequest>,
  service: ServiceAccount,
): Promise<z.infer<typeof CertificateResult>> {
  const { windows, request } = context;
  const sha256 = request.adoptSha256 ?? "";
  const entry = requireByHash(windows, sha256, null, "CERTIFICATE_MISSING.issued");
  const before = await readFacts(windows, entry);
  const problems = issuedProblems(windows, entry, request.keyLength);
  if (problems.length > 0) throw unsuitable("CERTIFICATE_UNSUITABLE", problems, entry.subject);
  if (!before.keyUsable) throw keyRefusal(before, "issued");
  if (!before.keyInHardware && !request.allowSoftwareKey) {
    throw new Refusal("KEY_NOT_IN_HARDWARE.issued", {
      expected: "a key in the TPM",
      actual: `${before.keyProvider}`,
      detail: [entry.thumbprint],
    });
  }
  if (ensureKeyAccess(windows, sha256, service)) context.changed = true;
  return { before, after: await readFacts(windows, entry) };
}

/** Removes nothing: what a CA issued by the organisation's own means is the organisation's to remove. */
export function keepIssued({ windows, request, progress }: Context<CertificateRequest>): z.infer<typeof RemovalResult> {
  const entries = byHash(windows, request.adoptSha256 ?? "");
  if (entries.length > 0) progress.report("keepingIssued");
  const found = { certificates: entries.length, keyFile: entries.some(({ sha256 }) => hasKey(windows, sha256)) };
  return { before: found, after: found };
}

const hasKey = (windows: Windows, sha256: string) => windows.getKey(sha256).key !== null;
