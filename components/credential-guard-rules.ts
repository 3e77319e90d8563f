/** Check, diff, create and update of CredentialGuard, as the dynamic provider's process calls them. */
import type * as dynamic from "@pulumi/pulumi/dynamic";
import type { Cloud } from "../model/tenant/clouds";
import {
  credentialGuardChanged,
  nextCredentialGuard,
  type CredentialGuardInputs,
  type CredentialGuardState,
} from "../model/guard/guard-state";
import { formatDiagnostic, ProblemError } from "../model/diagnostics/diagnostic";
import { normalised } from "../model/text/identifiers";
import { UNKNOWN } from "../model/server/server-facts";
import type { TenantAccess } from "../remote/tenant-access";
import { logInfo } from "./log";
import { providerReader, readingConfiguration } from "./provider-reader";

const isState = (olds: unknown): olds is CredentialGuardState =>
  Array.isArray((olds as Partial<CredentialGuardState> | undefined)?.keys);

/** Makes the memory of this run out of the last one's; what was seen does not reach state. */
export function check(olds: unknown, news: CredentialGuardInputs): dynamic.CheckResult<CredentialGuardState> {
  if ((news.view as unknown) === UNKNOWN) {
    throw new Error(
      `${news.server}: the observed credentials are unknown, although the program reads them in every run`,
    );
  }
  return {
    inputs: nextCredentialGuard(
      isState(olds) ? normalised(olds) : undefined,
      normalised(news),
      providerReader(news.stack),
    ),
  };
}

export function diff(olds: CredentialGuardState, news: CredentialGuardState): dynamic.DiffResult {
  return { changes: credentialGuardChanged(normalised(olds), news) };
}

/**
 * How the tenant is reached, found when something has to be done there: from the stack's configuration, as for azuread.
 * What reaches it is loaded by then, as most runs only check and diff.
 */
export type Reach = () => TenantAccess | Promise<TenantAccess>;

/** Removes what is to be removed, locks, and adds to the findings what was done. */
async function act(reach: Reach, news: CredentialGuardState): Promise<CredentialGuardState> {
  const { applyGuard } = await import("../remote/credential-removal");
  const done = await applyGuard(await reach(), news, news.removals).catch((error: unknown) => {
    if (!(error instanceof ProblemError)) throw error;
    // Only its text reaches the engine.
    const lines = error.problems.map((problem) => formatDiagnostic(problem, providerReader(news.stack)));
    throw new Error(lines.join("\n"), { cause: error });
  });
  if (done.length === 0 || news.findings.length === 0) return news;
  return { ...news, findings: [...news.findings, `${news.server}: ${done.join(", ")}`] };
}

export const create = async (reach: Reach, news: CredentialGuardState) => ({
  id: `${news.stack}/${news.server}`,
  outs: await act(reach, news),
});

export const update = async (reach: Reach, news: CredentialGuardState) => ({ outs: await act(reach, news) });

/** The rules as the dynamic provider's process wants them: the engine hands it the stack's configuration. */
export function guardProvider(environment: NodeJS.ProcessEnv): dynamic.ResourceProvider {
  let reach: Reach = () => {
    throw new Error("the dynamic provider was not configured");
  };
  return {
    configure: async (request) => {
      const { config } = request;
      readingConfiguration(request);
      const setting = (name: string, variable: string) =>
        config.get(`azuread:${name}`) || environment[variable] || undefined;
      const connect = async () => {
        const [{ tenantAccess }, { sayWaits }] = await Promise.all([
          import("../remote/tenant-access"),
          import("../remote/waiting"),
        ]);
        sayWaits(logInfo);
        return tenantAccess(setting, (config.get("cloud") ?? null) as Cloud | null, true);
      };
      let found: Promise<TenantAccess> | undefined;
      reach = () => (found ??= connect());
    },
    check: async (olds: unknown, news: CredentialGuardInputs) => check(olds, news),
    diff: async (_id, olds: CredentialGuardState, news: CredentialGuardState) => diff(olds, news),
    create: async (news: CredentialGuardState) => create(reach, news),
    update: async (_id, _olds, news: CredentialGuardState) => update(reach, news),
  };
}

export const provider = guardProvider(process.env);
