/**
 * How a request leaves this process: through the proxy of the environment (HTTPS_PROXY, ALL_PROXY, NO_PROXY), as tokens and
 * Pulumi's plugins do; requests to this machine never go through it. The library is loaded late, because that takes time.
 */
import type { HttpClient, PipelinePolicy } from "@azure/core-rest-pipeline";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

let client: Promise<HttpClient> | undefined;

/** What sends; one for the process, so that connections are used again. */
export function httpClient(): Promise<HttpClient> {
  return (client ??= import("@azure/core-rest-pipeline").then((library) => library.createDefaultHttpClient()));
}

/** Hosts that are reached without the proxy: this machine, and those of NO_PROXY with their subdomains. */
function withoutProxy(environment: NodeJS.ProcessEnv): string[] {
  const named = (environment.NO_PROXY ?? environment.no_proxy ?? "").split(",").map((host) => host.trim());
  return [...LOOPBACK, ...named.filter((host) => host !== "").map((host) => host.replace(/^\*?\.?(?!$)/, "."))];
}

/** Sends a request through the proxy of the environment, if there is one for its host. */
export async function proxyPolicy(environment: NodeJS.ProcessEnv): Promise<PipelinePolicy> {
  const library = await import("@azure/core-rest-pipeline");
  const direct = withoutProxy(environment);
  const through = library.proxyPolicy(undefined, { customNoProxyList: direct });
  if (!direct.includes("*") && !direct.includes(".*")) return through;
  return { name: through.name, sendRequest: (request, next) => next(request) };
}
