/** What no two servers of a stack may share, found by holding their observations against each other. */
import type { HostObservation } from "../protocol/host-protocol";
import { generationOf } from "../server/labels";
import { withoutCertificates, type Observation } from "../server/observation";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";

/** One server of a stack and what a run saw of it. */
export interface ObservedServer {
  stack: string;
  server: string;
  observation: Observation;
}

/** Applications and certificates of the stack's servers; what they share of others heals by itself. */
interface Declared {
  appIds: ReadonlySet<string>;
  certificates: ReadonlySet<string>;
}

interface Rule {
  code: "MACHINE_SHARED" | "APPLICATION_SHARED" | "CERTIFICATE_SHARED";
  /** What this server has that no other one may have. */
  values(observed: ObservedServer, declared: Declared): (string | null | undefined)[];
}

const RULES: readonly Rule[] = [
  {
    code: "MACHINE_SHARED",
    values: ({ observation }) => [observation.host.facts?.machineIdentifier?.toLowerCase()],
  },
  {
    code: "APPLICATION_SHARED",
    values: ({ observation }, { appIds }) => {
      const appId = observation.host.facts?.connector.appId;
      return [appId && appIds.has(appId) ? appId : null];
    },
  },
  {
    code: "CERTIFICATE_SHARED",
    values: ({ stack, server, observation }, { certificates }) => {
      const { facts } = observation.host;
      const used = facts?.connector.certificateSha256;
      const own = (facts?.certificates ?? []).filter(({ label }) => generationOf({ stack, server }, label) !== null);
      return [...own.map(({ sha256 }) => sha256), used && certificates.has(used) ? used : null];
    },
  },
];

function declaredOf(servers: readonly ObservedServer[]): Declared {
  const applications = servers.flatMap(({ observation }) => observation.tenant.application ?? []);
  return {
    appIds: new Set(applications.map(({ appId }) => appId)),
    certificates: new Set(applications.flatMap(({ keys }) => keys.flatMap(({ sha256 }) => sha256 ?? []))),
  };
}

/**
 * The first thing that each server shares with another one, by the server's name.
 *
 * Both servers are reported: which of them is right is not known here, and nothing may be done on either before it is.
 */
export function sharedIdentities(servers: readonly ObservedServer[]): Map<string, Diagnostic> {
  const declared = declaredOf(servers);
  const problems = new Map<string, Diagnostic>();
  for (const { code, values } of RULES) {
    const holders = new Map<string, string[]>();
    for (const observed of servers) {
      for (const value of new Set(values(observed, declared))) {
        if (value) holders.set(value, [...(holders.get(value) ?? []), observed.server]);
      }
    }
    for (const [value, names] of holders) {
      for (const server of names) {
        const others = names.filter((name) => name !== server);
        if (others.length === 0 || problems.has(server)) continue;
        problems.set(server, diagnose(code, server, { value, server, others: others.join(" and ") }));
      }
    }
  }
  return problems;
}

const seenOf = ({ computerName, connector, legacyAccountName }: HostObservation) => {
  return { computerName, connector, legacyAccountName };
};

/** The observation of one server together with what the others mean for it. */
export function inFleet(servers: readonly ObservedServer[], name: string): Observation {
  const { observation } = servers.find(({ server }) => server === name)!;
  const shared = sharedIdentities(servers).get(name);
  const fleet = servers.map(({ server, observation: { host } }) => ({
    server,
    host: host.facts && seenOf(host.facts),
  }));
  const exporting = servers.flatMap(({ server, observation: { host } }) =>
    server !== name && host.facts?.scheduler.StagingModeEnabled === false ? [server] : [],
  );
  return { ...observation, fleet, ...(exporting.length > 0 ? { exporting } : {}), ...(shared ? { shared } : {}) };
}

/** What a server's own resource is given: of the others only what concerns this one, or all would be in the inputs of each. */
export function ownObservation({ fleet: _, tenant, ...own }: Observation): Observation {
  if (!tenant.application) return { ...own, tenant };
  return { ...own, tenant: { ...tenant, application: withoutCertificates(tenant.application) } };
}
