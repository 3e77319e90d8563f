/** The assessment of a server: what was seen, held against what is declared. */
import { certificateFindings } from "../certificate/certificate-findings";
import type { CertificatePolicy } from "../certificate/certificate-policy";
import { connectorFindings } from "./connector-findings";
import { finding, short, type Finding } from "../diagnostics/findings";
import { certificateOf } from "../certificate/generations";
import type { HostObservation } from "../protocol/host-protocol";
import { revocationOf, type ServerIdentity } from "./labels";
import type { ObservedApplication } from "./observation";

/** What a server is held against. */
export interface Expectation {
  /** The server by the name that its labels carry. */
  identity: ServerIdentity;
  /** Hash of the hand-made certificate that stands for the current generation; empty where there is none. */
  adoptedSha256: string;
  certificate: CertificatePolicy;
  passwordWriteback: boolean;
  repairConnectivityParameters: boolean;
  /** Hash of the host program that this version installs. */
  programSha256: string;
  /** The program was installed by an earlier run, so that its absence is a change behind our back. */
  programInstalled: boolean;
  /** The application that an earlier run made, null before there was one: its absence is a finding then. */
  appId: string | null;
}

function programFindings(facts: HostObservation, expectation: Expectation): Finding[] {
  if (!expectation.programInstalled || facts.program.sha256 === expectation.programSha256) return [];
  const actual = facts.program.problem ?? `program ${short(facts.program.sha256 ?? "")}`;
  return [finding("program-changed", `program ${short(expectation.programSha256)}`, actual)];
}

function writebackFindings(facts: HostObservation, expectation: Expectation): Finding[] {
  if (facts.passwordWriteback === null || facts.passwordWriteback === expectation.passwordWriteback) return [];
  const [declared, actual] = facts.passwordWriteback ? ["off", "on"] : ["on", "off"];
  const remedy = facts.passwordWriteback
    ? "Set passwordWriteback: true, so that the application gets the roles, or switch it off on the server."
    : "Set passwordWriteback: false, so that the application loses the roles, or switch it on on the server.";
  return [finding("writeback-undeclared", `password writeback ${declared}`, `password writeback ${actual}`, remedy)];
}

function applicationFindings({ appId, identity }: Expectation): Finding[] {
  if (appId === null) return [];
  // A refresh alone fails: the azuread provider cannot read a certificate whose application is gone.
  const credential = `pulumi state delete --target-dependents <URN of ${identity.server}-credential>`;
  const remedy = `Run ${credential} (pulumi stack --show-urns tells it), then pulumi up --refresh, which makes a new one.`;
  const actual = "none in Entra that carries this server's marker";
  return [finding("application-missing", `application ${appId}`, actual, remedy)];
}

function revokedFinding(application: ObservedApplication, generation: number): Finding | null {
  const revocation = revocationOf(application.tags);
  if (!revocation || generation > revocation.generation) return null;
  const wanted = `a credential on application ${application.appId}`;
  const actual = `one that was revoked on ${revocation.at}; the server does not synchronise`;
  return finding("credential-revoked", wanted, actual, "To come back, set rotate to a new text and run pulumi up.");
}

/**
 * Compares what was seen with what is declared.
 *
 * @param generation the generation of key and certificate that the server should be on
 * @returns the findings, none where all is as declared; before the application exists only those of the server itself
 */
export function assess(
  facts: HostObservation,
  application: ObservedApplication | null,
  expectation: Expectation,
  generation: number,
): Finding[] {
  const found: Finding[] = [];
  if (facts.interrupted) {
    const wanted = `the scheduler ${facts.interrupted.syncCycleEnabled ? "on" : "off"}, as before ${facts.interrupted.operation}`;
    found.push(finding("scheduler-left-paused", wanted, `a pause of ${facts.interrupted.startedAt} that nobody undid`));
  }
  found.push(...programFindings(facts, expectation), ...writebackFindings(facts, expectation));
  if (!application) return [...found, ...applicationFindings(expectation)];

  const { identity, adoptedSha256, certificate: policy } = expectation;
  const revoked = revokedFinding(application, generation);
  // While it is revoked nothing may bring the credential back, nor is what follows from it worth saying.
  if (revoked) return [...found, revoked];
  const reference = { identity, generation, adoptedSha256 };
  return [
    ...found,
    ...certificateFindings(facts, application, reference, policy),
    ...connectorFindings(facts, application, certificateOf(facts, reference), expectation.repairConnectivityParameters),
  ];
}
