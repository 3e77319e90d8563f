/**
 * The memory of a server between runs: which generation of key and certificate it should be on, and how often its
 * registration and its program were asked for again. Pure functions over plain data; components/sync-server.ts puts
 * them behind a Pulumi resource.
 */
import { assess, type Expectation } from "./assessment";
import {
  certificateReference,
  connectionChanged,
  firstCertificate,
  nextCertificate,
  rememberedCertificate,
  type CertificateDeclaration,
  type CertificateMemory,
} from "../certificate/certificate-state";
import type { CertificatePolicy } from "../certificate/certificate-policy";
import type { ServerRole, Verification } from "../configuration/configuration";
import { diagnose, formatDiagnostic, type Diagnostic } from "../diagnostics/diagnostic";
import { ANY_READER, type Reader } from "../diagnostics/remedy";
import type { Observation, ObservedApplication } from "./observation";
import { preflight } from "./preflight";

/** What is declared of a server; a change of any of it is a change of the resource. */
interface ServerDeclaration extends CertificateDeclaration {
  role: ServerRole;
  /** Application (client) id; unknown until the application exists. */
  appId: string;
  passwordWriteback: boolean;
  certificate: CertificatePolicy;
  repairConnectivityParameters: boolean;
  minimumVersion: string;
  verify: Verification;
  programSha256: string;
}

/** What the program hands to `check`: the declaration and what this run saw. */
export interface ServerInputs extends ServerDeclaration {
  observation: Observation;
}

/** What `check` makes of it, and what state holds. */
export interface ServerState extends ServerDeclaration, CertificateMemory {
  registrationRevision: number;
  programRevision: number;
  /** One line per finding of this run; empty in the outputs once acted upon. */
  findings: string[];
  /** Why this server cannot be worked on; empty where it can. */
  problem: string;
}

function expectationOf(
  declaration: ServerDeclaration,
  memory: CertificateMemory,
  programInstalled: boolean,
  appId: string | null,
): Expectation {
  const { stack, certificate, passwordWriteback, repairConnectivityParameters, programSha256 } = declaration;
  const { server } = declaration;
  const { identity, adoptedSha256 } = certificateReference(stack, memory);
  const declared = { certificate, passwordWriteback, repairConnectivityParameters, programSha256 };
  return { server, identity, adoptedSha256, ...declared, programInstalled, appId };
}

/** An application that vanished stops the run: no plain `up` can heal it, as azuread does not read there. */
function applicationGone(server: string, findings: readonly Diagnostic[]): Diagnostic | null {
  const gone = findings.find(({ code }) => code === "application-missing");
  if (!gone) return null;
  const { actual, expected } = gone;
  return diagnose("APPLICATION_MISSING", server, { actual, expected, server }, { remedy: "again" });
}

/** The engine's sentinel for a string that is not known in a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** An application with our marker that is about to be made a second time, as state does not know it. */
export function secondApplication(server: string, application: ObservedApplication): Diagnostic {
  const { appId, displayName: name } = application;
  return diagnose("APPLICATION_UNKNOWN", server, { appId, name, server });
}

function applicationUnknown(declaration: ServerDeclaration, old: ServerState | undefined, { tenant }: Observation) {
  const { application } = tenant;
  if (!application || declaration.appId !== UNKNOWN || old?.appId === application.appId) return null;
  return secondApplication(declaration.server, application);
}

/** Whether findings ask for work on the server, so that what would stop the work is worth saying. */
const asksForWork = (findings: readonly Diagnostic[]) => findings.some((finding) => finding.cure !== "nothing");

const moves = (findings: readonly Diagnostic[], cure: Diagnostic["cure"]) =>
  findings.some((finding) => finding.cure === cure) ? 1 : 0;

const STILL_MISSING = [
  "The connection changed before: if pulumi up does not heal it, run it again, or set rotate to a new text.",
];

/** What a run makes of a server, before it is written down. */
export interface ServerAssessment {
  /** The certificate that the server was on before this run. */
  memory: CertificateMemory;
  /** The one that it is to be on after it. */
  certificate: CertificateMemory;
  findings: Diagnostic[];
  /** Why this server cannot be worked on; null where it can. */
  problem: Diagnostic | null;
}

/**
 * Compares declaration, observation and memory.
 *
 * @param old the memory of the last run, undefined for a new server
 */
export function assessServer(old: ServerState | undefined, inputs: ServerInputs): ServerAssessment {
  const { observation, ...declaration } = inputs;
  const { host, tenant } = observation;
  const memory = old ? rememberedCertificate(old) : firstCertificate(declaration, host.facts, tenant.application);
  const stopped = (problem: Diagnostic, findings: Diagnostic[] = []): ServerAssessment => {
    return { memory, certificate: memory, findings, problem };
  };
  if (!host.facts) return stopped(host.problem);
  if (tenant.problem) return stopped(tenant.problem);
  const unknown = applicationUnknown(declaration, old, observation);
  if (unknown) return stopped(unknown);

  // Another program in the declaration is a release, which HostProgram copies by its own hash.
  const installed = old !== undefined && old.programSha256 === declaration.programSha256;
  // Another id, or one not known yet, is another application on its way.
  const appId = old !== undefined && old.appId === declaration.appId ? old.appId : null;
  const expectation = expectationOf(declaration, memory, installed, appId);
  const found = assess(host.facts, tenant.application, expectation, memory.certificateGeneration);
  const findings = found.map((entry) => {
    return memory.settling > 1 && entry.cure === "certificate" ? { ...entry, remedy: STILL_MISSING } : entry;
  });
  const gone = applicationGone(declaration.server, found);
  if (gone) return stopped(gone, findings);

  const need = { due: moves(found, "certificate") === 1, keyDead: found.some(({ code }) => code === "key-unusable") };
  const certificate = old
    ? nextCertificate(memory, declaration, connectionChanged(old, declaration), host.facts, need)
    : memory;
  const rotates = certificate.certificateGeneration !== memory.certificateGeneration;
  const work = old === undefined || old.appId !== declaration.appId || rotates || asksForWork(found);
  const obstacle = work ? preflight(host.facts, declaration, old === undefined || rotates || need.due) : null;
  return obstacle ? stopped(obstacle, findings) : { memory, certificate, findings, problem: null };
}

/**
 * Compares declaration, observation and memory, and moves the counters that the host commands hang on.
 *
 * @param old the memory of the last run, undefined for a new server
 * @param reader who reads the findings
 * @returns the memory of this run: counters moved by the findings, or unmoved with the problem where nothing can be done
 */
export function nextState(
  old: ServerState | undefined,
  inputs: ServerInputs,
  reader: Reader = { ...ANY_READER, stack: inputs.stack },
): ServerState {
  const { observation: _, ...declaration } = inputs;
  const { certificate, findings, problem } = assessServer(old, inputs);
  const moved = (cure: Diagnostic["cure"]) => (old && !problem ? moves(findings, cure) : 0);
  return {
    ...declaration,
    ...certificate,
    registrationRevision: (old?.registrationRevision ?? 1) + moved("registration"),
    programRevision: (old?.programRevision ?? 1) + moved("program"),
    findings: findings.map((entry) => formatDiagnostic(entry, reader)),
    problem: problem ? formatDiagnostic(problem, reader) : "",
  };
}

/**
 * What never changes alone, or is noted by the next run that changes something: that a connection has settled, and the
 * text by which the SDK finds these rules.
 */
const FOLLOWING = ["certificateReplacement", "settling", "__provider"];

/** Names of what differs between the memory of two runs; findings and problems that are gone are no difference. */
export function changedProperties(old: ServerState, next: ServerState): string[] {
  const { findings, problem, ...rest } = next;
  const previous = old as unknown as Record<string, unknown>;
  const changed = Object.entries(rest)
    .filter(([name]) => !FOLLOWING.includes(name))
    .filter(([name, value]) => JSON.stringify(sorted(value)) !== JSON.stringify(sorted(previous[name])))
    .map(([name]) => name);
  if (findings.length > 0) changed.push("findings");
  if (problem !== "") changed.push("problem");
  return changed;
}

/** Objects with their keys in order, as the engine does not keep it. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
