/** What the benchmark passes to the programs that are compared with this project's, in one environment variable. */
import * as pulumi from "@pulumi/pulumi";

export interface ProgramInputs {
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
  /** Characters of stdin of each command of the baseline: makes its state as large as this project's. */
  stdinLength: number;
}

export const INPUTS_VARIABLE = "BENCH_INPUTS";

/** @throws RunError outside the benchmark */
export function readInputs(): ProgramInputs {
  const inputs = JSON.parse(process.env[INPUTS_VARIABLE] ?? "null") as ProgramInputs | null;
  if (!inputs) throw new pulumi.RunError('start this program with "npm run bench"');
  return inputs;
}
