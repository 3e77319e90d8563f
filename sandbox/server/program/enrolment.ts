/** A certificate that a CA issues by a template: asked for as the computer, judged, and named with the label of this project. */
import type { z } from "zod";
import type {
  CertificateRequest,
  CertificateResult,
  HostCertificateFacts,
} from "../../../model/protocol/host-protocol";
import type { CertificateEntry, EnrolmentOutcome } from "../windows";
import { byLabel, ensureKeyAccess, keyRefusal, readFacts, requireAtMostOne } from "./certificates";
import type { Context } from "./context";
import { issuedProblems, unsuitable } from "./issued";
import type { ServiceAccount } from "./preflight";
import { Refusal } from "./refusal";
import { planRemoval, removePlanned, removeRequests } from "./remove-certificate";

type Enrolment = NonNullable<CertificateRequest["enrolment"]>;

const DAY = 24 * 60 * 60_000;

/** The certificate of the label; a CA is asked for it if it is not there, or for the answer to an earlier request. */
export async function enrol(
  context: Context<CertificateRequest>,
  service: ServiceAccount,
  enrolment: Enrolment,
): Promise<z.infer<typeof CertificateResult>> {
  const { windows, request } = context;
  const existing = requireAtMostOne(byLabel(windows, request.label), request.label);
  if (existing) {
    const before = await readFacts(windows, existing);
    requireSuitable(context, existing, before, enrolment.template, null);
    if (ensureKeyAccess(windows, existing.sha256, service)) context.changed = true;
    return { before, after: await readFacts(windows, existing) };
  }
  await requireIssued(context, enrolment.template);
  const [issued] = byLabel(windows, request.label);
  const wasChanged = context.changed;
  context.changed = true;
  try {
    requireSuitable(context, issued, await readFacts(windows, issued), enrolment.template, enrolment.leastDays);
    ensureKeyAccess(windows, issued.sha256, service);
    return { before: null, after: await readFacts(windows, issued) };
  } catch (error) {
    // Nothing but this run knows it yet.
    removePlanned(windows, planRemoval(windows, request));
    context.changed = wasChanged;
    throw error;
  }
}

/** Asks, or asks again for what waits. @throws Refusal unless the CA issued the certificate */
async function requireIssued(context: Context<CertificateRequest>, template: string): Promise<void> {
  const { windows, request, progress } = context;
  const [waiting] = windows.getEnrolmentRequests(request.label);
  progress.report(waiting === undefined ? "enrolling" : "collecting");
  const outcome =
    waiting === undefined
      ? await windows.requestCertificate(template, request.label)
      : await windows.receiveCertificate(waiting, request.label);
  if (outcome.status === "issued") return;
  if (outcome.status === "denied") removeRequests(context);
  if (outcome.status === "pending" && waiting === undefined) context.changed = true;
  throw notIssued(outcome, template);
}

function notIssued({ status, message }: EnrolmentOutcome, template: string): Refusal {
  const expected = "a certificate that the CA issued";
  if (status === "pending") {
    return new Refusal("ENROLMENT_PENDING", { expected, actual: "a request that waits", detail: [template] });
  }
  const id = status === "denied" ? "ENROLMENT_FAILED.denied" : "ENROLMENT_FAILED";
  return new Refusal(id, { expected, actual: message, detail: [template] });
}

/** @param leastDays for how long it has to be valid from now on; null for one that is in use, as its time runs out */
function requireSuitable(
  { windows, request }: Context<CertificateRequest>,
  entry: CertificateEntry,
  facts: HostCertificateFacts,
  template: string,
  leastDays: number | null,
): void {
  const problems = issuedProblems(windows, entry, request.keyLength);
  const days = (Date.parse(entry.notAfter) - Date.parse(windows.getTime())) / DAY;
  if (leastDays !== null && days <= leastDays) {
    problems.push(`it is valid for ${Math.floor(days)} days, and is to be replaced ${leastDays} days before its end`);
  }
  if (problems.length > 0) throw unsuitable("CERTIFICATE_UNSUITABLE.template", problems, template);
  if (!facts.keyUsable) throw keyRefusal(facts);
  if (facts.keyInHardware || request.allowSoftwareKey) return;
  throw new Refusal("KEY_NOT_IN_HARDWARE.template", {
    expected: "a key in the TPM",
    actual: `${facts.keyProvider}`,
    detail: [template],
  });
}
