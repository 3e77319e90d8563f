/** HostCertificate: a key made in the server's TPM and its self-signed certificate; deletion removes both. */
import * as pulumi from "@pulumi/pulumi";
import {
  checkCertificate,
  KEY_LENGTH,
  readCertificate,
  type CertificatePolicy,
  type PublicCertificate,
} from "../model/certificate-policy";
import { toDays } from "../model/duration";
import { certificateOf } from "../model/findings";
import {
  parseAnswer,
  PROTOCOL_VERSION,
  type CertificateRequest,
  type HostCertificateFacts,
} from "../model/host-protocol";
import { certificateLabel, certificateSubject, keyName, type ServerIdentity } from "../model/labels";
import type { Observation } from "../model/observation";
import { ProblemError } from "../model/problem";
import { HostCommand, type Connection } from "./host-command";

export interface HostCertificateArgs {
  connection: Connection;
  identity: ServerIdentity;
  policy: CertificatePolicy;
  /** A new generation is a new key and certificate; the old ones go once nothing uses them. */
  generation: pulumi.Output<number>;
  serviceAccount: string | null;
  minimumVersion: string;
  observation: Promise<Observation>;
}

/** What the host is asked for, on creation and on deletion alike. */
export function certificateRequest(
  args: Pick<HostCertificateArgs, "identity" | "policy" | "serviceAccount" | "minimumVersion">,
  generation: number,
): CertificateRequest {
  return {
    protocol: PROTOCOL_VERSION,
    server: args.identity.server,
    label: certificateLabel(args.identity, generation),
    keyName: keyName(args.identity, generation),
    subject: certificateSubject(args.identity, generation),
    keyProvider: args.policy.keyProvider,
    allowSoftwareKey: args.policy.allowSoftwareKey,
    keyLength: KEY_LENGTH,
    lifetimeDays: toDays(args.policy.lifetime),
    serviceAccount: args.serviceAccount,
    minimumVersion: args.minimumVersion,
    adoptSha256: null,
  };
}

/**
 * The certificate that a host claims to hold, once it is found to be what the host says of it.
 *
 * @param made whether it was just made; an older one keeps its lifetime where the declared one was changed
 * @throws ProblemError with every disagreement
 */
export function trustedCertificate(
  identity: ServerIdentity,
  policy: CertificatePolicy,
  generation: number,
  facts: HostCertificateFacts,
  made: boolean,
): PublicCertificate {
  const subject = certificateSubject(identity, generation);
  const lifetime = made ? policy.lifetime : null;
  const problems = checkCertificate(facts, { server: identity.server, subject, lifetime });
  const certificate = readCertificate(Buffer.from(facts.certificate, "base64"));
  if (problems.length > 0 || !certificate) throw new ProblemError(problems);
  return certificate;
}

export class HostCertificate extends HostCommand<CertificateRequest> {
  /** The public part, checked. */
  readonly certificate: pulumi.Output<PublicCertificate>;
  /** The label by which the server knows it: its subject's common name. */
  readonly label: pulumi.Output<string>;

  constructor(name: string, args: HostCertificateArgs, opts?: pulumi.CustomResourceOptions) {
    const request = args.generation.apply((generation) => certificateRequest(args, generation));
    const operations = { create: "ensure-certificate", delete: "remove-certificate" } as const;
    super(name, { connection: args.connection, ...operations, request, triggers: [args.generation] }, opts);
    const trust = (generation: number, facts: HostCertificateFacts, made: boolean) =>
      trustedCertificate(args.identity, args.policy, generation, facts, made);
    const answered = (generation: number) =>
      this.stdout.apply((stdout) => {
        const answer = parseAnswer("ensure-certificate", stdout);
        if (!answer.ok) throw new Error(`${args.identity.server}: the host program failed and exited as if it had not`);
        const { before, after } = answer.result;
        return trust(generation, after, before?.sha256 !== after.sha256);
      });
    const known = pulumi.all([args.generation, pulumi.output(args.observation)]);
    this.certificate = known.apply(([generation, { host }]): pulumi.Output<PublicCertificate> => {
      // A change of the connection makes stdout unknown in a preview; the certificate that was seen is the same one.
      const seen = host.facts && certificateOf(host.facts, args.identity, generation);
      return pulumi.runtime.isDryRun() && seen?.keyUsable
        ? pulumi.output(trust(generation, seen, false))
        : answered(generation);
    });
    this.label = this.certificate.subject.apply((subject) => subject.replace(/^CN=/, ""));
  }
}
