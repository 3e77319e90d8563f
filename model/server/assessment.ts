/** The assessment of a server: what was seen, held against what is declared. */
import { certificateFindings } from "../certificate/certificate-findings";
import type { CertificatePolicy } from "../certificate/certificate-policy";
import { connectorFindings } from "./connector-findings";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { certificateOf } from "../certificate/generations";
import type { HostObservation } from "../protocol/host-protocol";
import { shortHash } from "../text/short-hash";
import { revocationOf, type ServerIdentity } from "./labels";
import type { ObservedApplication } from "./observation";

/** What a server is held against. */
export interface Expectation {
  /** Its name in the declaration. */
  server: string;
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

function programFindings(facts: HostObservation, expectation: Expectation): Diagnostic[] {
  if (!expectation.programInstalled || facts.program.sha256 === expectation.programSha256) return [];
  const actual = facts.program.problem ?? `program ${shortHash(facts.program.sha256 ?? "")}`;
  const program = shortHash(expectation.programSha256);
  return [diagnose("program-changed", expectation.server, { program, actual })];
}

function writebackFindings(facts: HostObservation, expectation: Expectation): Diagnostic[] {
  if (facts.passwordWriteback === null || facts.passwordWriteback === expectation.passwordWriteback) return [];
  const [declared, actual] = facts.passwordWriteback ? (["off", "on"] as const) : (["on", "off"] as const);
  return [diagnose("writeback-undeclared", expectation.server, { declared, actual }, { remedy: actual })];
}

function applicationFindings({ appId, server }: Expectation): Diagnostic[] {
  return appId === null ? [] : [diagnose("application-missing", server, { appId, server })];
}

function revokedFinding(server: string, application: ObservedApplication, generation: number): Diagnostic | null {
  const revocation = revocationOf(application.tags);
  if (!revocation || generation > revocation.generation) return null;
  return diagnose("credential-revoked", server, { appId: application.appId, at: revocation.at });
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
): Diagnostic[] {
  const { server } = expectation;
  const found: Diagnostic[] = [];
  if (facts.interrupted) {
    const { syncCycleEnabled, operation, startedAt: since } = facts.interrupted;
    const state = syncCycleEnabled ? "on" : "off";
    found.push(diagnose("scheduler-left-paused", server, { state, operation, since }));
  }
  found.push(...programFindings(facts, expectation), ...writebackFindings(facts, expectation));
  if (!application) return [...found, ...applicationFindings(expectation)];

  const { identity, adoptedSha256, certificate: policy } = expectation;
  const revoked = revokedFinding(server, application, generation);
  // While it is revoked nothing may bring the credential back, nor is what follows from it worth saying.
  if (revoked) return [...found, revoked];
  const reference = { identity, generation, adoptedSha256 };
  return [
    ...found,
    ...certificateFindings(server, facts, application, reference, policy),
    ...connectorFindings(
      server,
      facts,
      application,
      certificateOf(facts, reference),
      expectation.repairConnectivityParameters,
    ),
  ];
}
