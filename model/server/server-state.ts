/**
 * The memory of a server between runs: which generation of key and certificate it should be on, and how often its
 * registration and its program were asked for again. Pure functions over plain data; components/sync-server.ts puts
 * them behind a Pulumi resource.
 */
import { assessServer } from "./assessment";
import { productMemory } from "./byoc";
import { formatDiagnostic, type Diagnostic } from "../diagnostics/diagnostic";
import { ANY_READER, type Reader } from "../diagnostics/remedy";
import type { Observation } from "./observation";
import type { ServerDeclaration, ServerState } from "./server-facts";

/** What the program hands to `check`: the declaration and what this run saw. */
export interface ServerInputs extends ServerDeclaration {
  /** Not remembered: the host commands have it, and hold it against the server. */
  serviceAccount?: string | null;
  observation: Observation;
}

/**
 * Compares declaration, observation and memory, and moves the counters that the host commands hang on.
 *
 * @param old the memory of the last run, undefined for a new server
 * @param reader who reads the findings
 * @returns the memory of this run: counters moved by the findings, or unmoved with the problem if nothing can be done
 */
export function nextState(
  old: ServerState | undefined,
  inputs: ServerInputs,
  reader: Reader = { ...ANY_READER, stack: inputs.stack },
): ServerState {
  const { observation, serviceAccount, ...declaration } = inputs;
  // What was the product's is no memory of an application, a certificate or a program of ours.
  if (old?.mode === "managed" && inputs.mode !== "managed") old = undefined;
  const { memory, certificate, findings, problem } = assessServer({
    declaration: { ...declaration, serviceAccount },
    observation,
    memory: old ?? null,
  });
  const moved = (cure: Diagnostic["cure"]) => (old && !problem && findings.some((one) => one.cure === cure) ? 1 : 0);
  return {
    ...declaration,
    ...certificate,
    ...(inputs.mode === "byoc" ? productMemory(old, inputs, memory) : {}),
    registrationRevision: (old?.registrationRevision ?? 1) + moved("registration"),
    programRevision: (old?.programRevision ?? 1) + moved("program"),
    findings: findings.map((entry) => formatDiagnostic(entry, reader)),
    problem: problem ? formatDiagnostic(problem, reader) : "",
  };
}

/**
 * What never changes alone, or is noted by the next run that changes something: that a connection has settled, how the
 * key credential got its id and the key its name, where the certificate comes from (its declaration or its generation
 * changes then), and the text by which the SDK finds these rules.
 */
const FOLLOWING = [
  ...["certificateReplacement", "keyIdDerived", "keyUnmistakable", "certificateSource", "settling", "__provider"],
];

/** Names of what differs between the memory of two runs; findings and problems that are gone are no difference. */
export function changedProperties(old: ServerState, next: ServerState): string[] {
  const { findings, problem, ...rest } = next;
  const previous = old as unknown as Record<string, unknown>;
  // A bastion that is no longer on the way leaves nothing in the next memory, nor does the mode of a server that left it.
  const left = { proxy: undefined, mode: undefined, applicationObjectId: undefined, formerSha256: undefined };
  const changed = Object.entries({ ...left, ...rest })
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
