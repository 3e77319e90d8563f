/** SyncServer: the resource that remembers a server between runs and shows its findings in a preview. */
import * as pulumi from "@pulumi/pulumi";
import { RESOURCE_TYPES } from "../model/resources/resource-types";
import type { CertificatePolicy } from "../model/certificate/certificate-policy";
import type { ServerRole, Verification } from "../model/configuration/configuration";
import type { Observation } from "../model/server/observation";
import { providerText } from "./dynamic-provider";

/** What is declared of a server, and what this run saw of it. */
export interface SyncServerArgs {
  stack: string;
  server: string;
  role: ServerRole;
  host: string;
  port: number;
  user: string;
  hostKeyFingerprint: string;
  /** Another text than the last one asks for a rotation; empty where none is asked for. */
  rotate: string;
  /** Hash of a hand-made certificate to be taken over; empty where there is none. */
  adopt: string;
  /** Application (client) id of this server's application. */
  appId: pulumi.Input<string>;
  passwordWriteback: boolean;
  certificate: CertificatePolicy;
  repairConnectivityParameters: boolean;
  minimumVersion: string;
  verify: Verification;
  programSha256: string;
  observation: Promise<Observation>;
}

/**
 * Remembers which generation of key and certificate a server should be on and how often its registration and its
 * program were asked for again. `check` and `diff` compare declaration, observation and memory; nothing is done on the
 * server by this resource itself.
 */
export class SyncServer extends pulumi.CustomResource {
  declare readonly certificateGeneration: pulumi.Output<number>;
  /** The server's name in the labels of this generation. */
  declare readonly certificateServer: pulumi.Output<string>;
  /** Hash of the hand-made certificate that is this generation; empty where it was made here. */
  declare readonly adoptedSha256: pulumi.Output<string>;
  /** Moves where the certificate's resource is replaced. */
  declare readonly certificateReplacement: pulumi.Output<number>;
  declare readonly registrationRevision: pulumi.Output<number>;
  declare readonly programRevision: pulumi.Output<number>;
  /** One line per finding, in a preview; empty once acted upon. */
  declare readonly findings: pulumi.Output<string[]>;
  /** Why this server cannot be worked on; empty where it can. */
  declare readonly problem: pulumi.Output<string>;

  constructor(name: string, args: SyncServerArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      certificateGeneration: undefined,
      certificateServer: undefined,
      adoptedSha256: undefined,
      certificateReplacement: undefined,
      registrationRevision: undefined,
      programRevision: undefined,
      findings: undefined,
      problem: undefined,
    };
    const __provider = providerText("sync-server");
    super(RESOURCE_TYPES.server, name, { __provider, ...outputs, ...args }, opts);
  }
}
