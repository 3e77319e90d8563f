/** What the benchmark passes to the baseline program, in one environment variable. */
export interface FloorInputs {
  /** Names of the servers. */
  servers: string[];
  /** Object id of the pipeline's own service principal, which owns the applications. */
  pipelineObjectId: string;
  /** The synchronisation service of the tenant, and the role that is assigned. */
  service: { appId: string; objectId: string; roleId: string };
  /** One certificate for all servers, because no server signs with it. */
  certificate: { pem: string; notBefore: string; notAfter: string };
  /** Any host with a well-formed key; nothing connects to it. */
  connection: { host: string; port: number; user: string; hostKey: string };
}

export const FLOOR_VARIABLE = "BENCH_FLOOR_INPUTS";
