/** SyncServer: the resource that remembers a server between runs and shows its findings in a preview. */
import * as pulumi from "@pulumi/pulumi";
import type { CertificatePolicy } from "../model/certificate-policy";
import type { ServerRole } from "../model/configuration";
import type { Observation } from "../model/observation";
import type { ServerInputs, ServerState } from "../model/server-state";

/** What is declared of a server, and what this run saw of it. */
export interface SyncServerArgs {
  stack: string;
  server: string;
  role: ServerRole;
  host: string;
  port: number;
  user: string;
  hostKeyFingerprint: string;
  /** Application (client) id of this server's application. */
  appId: pulumi.Input<string>;
  passwordWriteback: boolean;
  certificate: CertificatePolicy;
  repairConnectivityParameters: boolean;
  minimumVersion: string;
  programSha256: string;
  observation: Promise<Observation>;
}

/* eslint-disable @typescript-eslint/no-require-imports -- runs in the dynamic provider's process, from the text in state */
/** Loads the rules from the program's folder. */
const rules = (): typeof import("./sync-server-rules") => {
  require("ts-node").register({ transpileOnly: true });
  return require(process.cwd() + "/components/sync-server-rules");
};
/* eslint-enable @typescript-eslint/no-require-imports */

/**
 * What state holds of the provider: it only loads the rules, so that a change of the rules changes no resource and
 * state stays small. Nothing but globals and `rules` may be used in these functions.
 */
const provider: pulumi.dynamic.ResourceProvider = {
  check: async (olds: unknown, news: ServerInputs) => rules().check(olds, news),
  diff: async (_id, olds: ServerState, news: ServerState) => rules().diff(olds, news),
  create: async (news: ServerState) => rules().create(news),
  update: async (_id, _olds: ServerState, news: ServerState) => rules().update(news),
};

/**
 * Remembers which generation of key and certificate a server should be on and how often its registration and its
 * program were asked for again. `check` and `diff` compare declaration, observation and memory; nothing is done on the
 * server by this resource itself.
 */
export class SyncServer extends pulumi.dynamic.Resource {
  declare readonly certificateGeneration: pulumi.Output<number>;
  declare readonly registrationRevision: pulumi.Output<number>;
  declare readonly programRevision: pulumi.Output<number>;
  /** One line per finding, in a preview; empty once acted upon. */
  declare readonly findings: pulumi.Output<string[]>;
  /** Why this server cannot be worked on; empty where it can. */
  declare readonly problem: pulumi.Output<string>;

  constructor(name: string, args: SyncServerArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      certificateGeneration: undefined,
      registrationRevision: undefined,
      programRevision: undefined,
      findings: undefined,
      problem: undefined,
    };
    super(provider, name, { ...outputs, ...args }, opts, "connect-sync-identity", "SyncServer");
  }
}
