/** What the bench hands to the floor program, through one variable of its environment. */
export interface FloorInputs {
  /** Names of the servers. */
  servers: string[];
  /** Object id of the pipeline's own service principal, which owns the applications. */
  pipelineObjectId: string;
  /** The synchronisation service of the tenant, and its role that is assigned. */
  service: { appId: string; objectId: string; roleId: string };
  /** One for all servers, as nobody signs with it. */
  certificate: { pem: string; notBefore: string; notAfter: string };
  /** Any host with a well-formed key; nothing connects to it. */
  connection: { host: string; port: number; user: string; hostKey: string };
}

export const FLOOR_VARIABLE = "BENCH_FLOOR_INPUTS";
