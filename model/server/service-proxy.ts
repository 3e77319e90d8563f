/** Rules about the proxy that the synchronisation service takes, as opposed to the one of a session on its server. Pure. */
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import type { HostObservation, ServiceProxyFacts } from "../protocol/host-protocol";

interface ProxyJudged {
  /** Its name in the declaration. */
  server: string;
  host: HostObservation;
}

const way = (address: string | null) => (address === null ? "directly" : `through ${address}`);

const SOURCES: Readonly<
  Record<ServiceProxyFacts["source"], readonly [remedy: "own" | "machine" | "account", name: string]>
> = {
  "miiserver.exe.config": ["own", "miiserver.exe.config"],
  "machine.config": ["machine", "machine.config"],
  account: ["account", "the Internet settings of its account"],
};

/** A finding only if the proxy is proven not to answer: that a connection is accepted proves nothing of what is behind it. */
export function serviceProxyUnreachable({ server, host: { serviceProxy: seen } }: ProxyJudged): Diagnostic[] {
  if (!seen || seen.answers !== false || seen.address === null) return [];
  const [remedy, source] = SOURCES[seen.source];
  const values = { address: seen.address, source, session: way(seen.session) };
  return [diagnose("service-proxy-unreachable", server, values, { remedy })];
}

/** A service and a session that go different ways, as far as that is no finding. */
export function serviceProxyOther({ server, host }: ProxyJudged): Diagnostic[] {
  const { serviceProxy: seen } = host;
  if (!seen || seen.address === seen.session || serviceProxyUnreachable({ server, host }).length > 0) return [];
  const values = { way: way(seen.address), source: SOURCES[seen.source][1], session: way(seen.session) };
  return [diagnose("service-proxy-other", server, values)];
}
