/** What a run can tell of a server without its memory, which is not at hand where the program runs. */
import { assess, type Expectation } from "../server/assessment";
import { certificateReference, firstCertificate } from "../certificate/certificate-state";
import type { Diagnostic } from "../diagnostics/diagnostic";
import { certificateOf, newestGeneration } from "../certificate/generations";
import { noticesOf } from "../diagnostics/notices";
import type { ObservedTenantRoles } from "../server/observation";
import { preflight } from "../server/preflight";
import type { ServerInputs } from "../server/server-state";

/** The declaration without what only the engine knows, and the former name of a renamed server. */
export type StatelessInputs = Omit<ServerInputs, "appId"> & { renamedFrom?: string | null };

/** The name under which host or Entra hold this server's generations. */
function nameInLabels({ stack, server, renamedFrom, observation }: StatelessInputs): string {
  const { host, tenant } = observation;
  const held = (name: string) => newestGeneration(host.facts, tenant.application, { stack, server: name }) > 0;
  return renamedFrom && !held(server) && held(renamedFrom) ? renamedFrom : server;
}

/**
 * The findings of a run, for its log. State is not at hand there, so the newest generation that host or Entra hold
 * stands for the current one.
 */
export function findingsOf(inputs: StatelessInputs): Diagnostic[] {
  const { host, tenant } = inputs.observation;
  if (!host.facts || !tenant.application) return [];
  const memory = firstCertificate({ ...inputs, server: nameInLabels(inputs) }, host.facts, tenant.application);
  const { stack, certificate, passwordWriteback, repairConnectivityParameters, programSha256 } = inputs;
  const expectation: Expectation = {
    server: inputs.server,
    identity: { stack, server: memory.certificateServer },
    adoptedSha256: memory.adoptedSha256,
    ...{ certificate, passwordWriteback, repairConnectivityParameters, programSha256 },
    // A program that is whole but another one is a release on its way, as far as can be told without state.
    programInstalled: tenant.application.keys.length > 0 && host.facts.program.sha256 === null,
    appId: tenant.application.appId,
  };
  return assess(host.facts, tenant.application, expectation, memory.certificateGeneration);
}

/** The notices of a run, for its log; they reach neither state nor diff. */
export function noticesFor(inputs: StatelessInputs, roles: ObservedTenantRoles | null): Diagnostic[] {
  const { host, tenant } = inputs.observation;
  if (!host.facts) return [];
  const memory = firstCertificate({ ...inputs, server: nameInLabels(inputs) }, host.facts, tenant.application);
  const reference = certificateReference(inputs.stack, memory);
  return noticesOf(inputs.server, host.facts, reference, inputs.certificate, roles);
}

/**
 * What stops the work on a server, as far as one observation tells without state: a preview of a server that state does
 * not know yet has nothing else to go by. Null where nothing does, or where only state can tell.
 */
export function obviousProblem(inputs: StatelessInputs): Diagnostic | null {
  const { host, tenant } = inputs.observation;
  if (!host.facts) return host.problem;
  if (tenant.problem) return tenant.problem;
  const { application } = tenant;
  if (application && host.facts.connector.appId === application.appId) return null;
  const identity = { stack: inputs.stack, server: nameInLabels(inputs) };
  const generation = newestGeneration(host.facts, application, identity);
  const held = certificateOf(host.facts, { identity, generation, adoptedSha256: inputs.adopt });
  return preflight(host.facts, inputs, held === undefined);
}
