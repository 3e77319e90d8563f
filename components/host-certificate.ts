/** HostCertificate: a server's key and its certificate, made there or found there; deletion removes both if they were made. */
import * as pulumi from "@pulumi/pulumi";
import {
  checkCertificate,
  KEY_LENGTH,
  readCertificate,
  type CertificatePolicy,
  type PublicCertificate,
} from "../model/certificate/certificate-policy";
import { isIssued } from "../model/certificate/certificate-findings";
import { toDays } from "../model/configuration/duration";
import {
  certificateOf,
  enrolledBy,
  type CertificateReference,
  type KeyReference,
} from "../model/certificate/generations";
import { parseAnswer } from "../model/protocol/host-answer";
import { PROTOCOL_VERSION, type CertificateRequest, type HostCertificateFacts } from "../model/protocol/host-protocol";
import { certificateLabel, certificateSubject, keyName } from "../model/server/labels";
import type { Observation } from "../model/server/observation";
import { ProblemError } from "../model/diagnostics/diagnostic";
import { HostCommand, type Connection } from "./host-command";

export interface HostCertificateArgs {
  connection: Connection;
  server: string;
  policy: CertificatePolicy;
  /** Generation, name in labels and adopted hash; another generation is a new key and certificate. */
  reference: pulumi.Output<KeyReference>;
  /** Replaces the resource: the old key and certificate are removed once nothing uses them. Else updated in place. */
  replacement: pulumi.Output<number>;
  serviceAccount: string | null;
  minimumVersion: string;
  observation: Promise<Observation>;
}

/** How a CA is asked for the certificate: it must be valid for longer than the time before its end at which it is replaced. */
function enrolment({ rotateBefore }: CertificatePolicy, reference: KeyReference) {
  const template = enrolledBy(reference);
  return template === null ? {} : { enrolment: { template, leastDays: toDays(rotateBefore) } };
}

/** The request that the host receives, both on creation and on deletion. */
export function certificateRequest(
  args: Pick<HostCertificateArgs, "server" | "policy" | "serviceAccount" | "minimumVersion">,
  reference: KeyReference,
): CertificateRequest {
  const { identity, generation, adoptedSha256, keyUnmistakable } = reference;
  return {
    protocol: PROTOCOL_VERSION,
    server: args.server,
    label: certificateLabel(identity, generation),
    keyName: keyName(identity, generation, keyUnmistakable),
    subject: certificateSubject(identity, generation),
    keyProvider: args.policy.keyProvider,
    allowSoftwareKey: args.policy.allowSoftwareKey,
    keyLength: KEY_LENGTH,
    lifetimeDays: toDays(args.policy.lifetime),
    serviceAccount: args.serviceAccount,
    minimumVersion: args.minimumVersion,
    adoptSha256: adoptedSha256 === "" ? null : adoptedSha256,
    // Nothing of this in other requests, as an older program expects.
    ...(isIssued(reference) ? { issued: true } : {}),
    ...enrolment(args.policy, reference),
  };
}

function expectationOf(policy: CertificatePolicy, reference: CertificateReference, made: boolean) {
  const { identity, generation, adoptedSha256 } = reference;
  const template = enrolledBy(reference);
  if (isIssued(reference)) return { issuedSha256: adoptedSha256 };
  if (adoptedSha256) return { adoptedSha256 };
  if (template !== null) return { template };
  return { subject: certificateSubject(identity, generation), lifetime: made ? policy.lifetime : null };
}

/**
 * The certificate that a host reports, after checking that it matches the host's description.
 *
 * @param made whether it was just created; an older one keeps its lifetime if the declared lifetime was changed
 * @throws ProblemError with every disagreement
 */
export function trustedCertificate(
  server: string,
  policy: CertificatePolicy,
  reference: CertificateReference,
  facts: HostCertificateFacts,
  made: boolean,
): PublicCertificate {
  const problems = checkCertificate(facts, { server, ...expectationOf(policy, reference, made) });
  const certificate = readCertificate(Buffer.from(facts.certificate, "base64"));
  if (problems.length > 0 || !certificate) throw new ProblemError(problems);
  return certificate;
}

export class HostCertificate extends HostCommand<CertificateRequest> {
  /** The public part, checked. */
  readonly certificate: pulumi.Output<PublicCertificate>;
  /** Its name in requests; also the label of a certificate that this project created. */
  readonly label: pulumi.Output<string>;

  constructor(name: string, args: HostCertificateArgs, opts?: pulumi.CustomResourceOptions) {
    const request = args.reference.apply((reference) => certificateRequest(args, reference));
    const operations = { create: "ensure-certificate", delete: "remove-certificate" } as const;
    super(name, { connection: args.connection, ...operations, request, triggers: [args.replacement] }, opts);
    const trust = (reference: CertificateReference, facts: HostCertificateFacts, made: boolean) =>
      trustedCertificate(args.server, args.policy, reference, facts, made);
    const answered = (reference: CertificateReference) =>
      this.stdout.apply((stdout) => {
        const answer = parseAnswer("ensure-certificate", stdout, { server: args.server });
        if (!answer.ok) throw new Error(`${args.server}: the host program failed but returned exit code 0`);
        const { before, after } = answer.result;
        return trust(reference, after, before?.sha256 !== after.sha256);
      });
    const known = pulumi.all([args.reference, pulumi.output(args.observation)]);
    this.certificate = known.apply(([reference, { host }]): pulumi.Output<PublicCertificate> => {
      // A change of the connection makes stdout unknown in a preview; the observed certificate is the same one.
      const seen = host.facts && certificateOf(host.facts, reference);
      return pulumi.runtime.isDryRun() && seen?.keyUsable
        ? pulumi.output(trust(reference, seen, false))
        : answered(reference);
    });
    this.label = args.reference.apply(({ identity, generation }) => certificateLabel(identity, generation));
  }
}
