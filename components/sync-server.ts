/** SyncServer: the resource that remembers a server between runs and shows its findings in a preview. */
import * as pulumi from "@pulumi/pulumi";
import type { Observation } from "../model/server/observation";
import type { ServerDeclaration } from "../model/server/server-facts";
import { ownKind } from "./own-kind";

/** What is declared of a server, and what this run observed of it. */
export interface SyncServerArgs extends Omit<ServerDeclaration, "appId" | "applicationObjectId"> {
  /** Application (client) id of this server's application. */
  appId: pulumi.Input<string>;
  /** Object id of the product's application; left out if this server has its own, or none is changed. */
  applicationObjectId?: pulumi.Input<string>;
  /** Compared, and not stored. */
  serviceAccount: string | null;
  observation: Promise<Observation>;
}

/**
 * Remembers which generation of key and certificate a server should have, and how often its registration and its
 * program had to be repeated. `check` and `diff` compare declaration, observation and state; this resource changes
 * nothing on the server.
 */
export class SyncServer extends pulumi.CustomResource {
  /** Application (client) id, as this run or an earlier one saw it. */
  declare readonly appId: pulumi.Output<string>;
  /** Object id of the product's application; unset if this server has its own. */
  declare readonly applicationObjectId: pulumi.Output<string | undefined>;
  /** The certificate that the own one replaced on the product's application; unset if this server has its own. */
  declare readonly formerSha256: pulumi.Output<string | undefined>;
  declare readonly certificateGeneration: pulumi.Output<number>;
  /** The server's name in the labels of this generation. */
  declare readonly certificateServer: pulumi.Output<string>;
  /** Hash of the adopted or issued certificate that is this generation; empty if this project created it. */
  declare readonly adoptedSha256: pulumi.Output<string>;
  /** Where this generation's certificate comes from; unset in a state of an earlier release. */
  declare readonly certificateSource: pulumi.Output<string | undefined>;
  /** Changes when the certificate's resource must be replaced. */
  declare readonly certificateReplacement: pulumi.Output<number>;
  /** Whether the key credential has the id that is derived from its certificate; unset in a state of an earlier release. */
  declare readonly keyIdDerived: pulumi.Output<boolean | undefined>;
  /** Whether the key container's name belongs to no other server; unset in a state of an earlier release. */
  declare readonly keyUnmistakable: pulumi.Output<boolean | undefined>;
  declare readonly registrationRevision: pulumi.Output<number>;
  declare readonly programRevision: pulumi.Output<number>;
  /** One line per finding, in a preview; empty once acted upon. */
  declare readonly findings: pulumi.Output<string[]>;
  /** Why this server cannot be changed; empty if it can. */
  declare readonly problem: pulumi.Output<string>;

  constructor(name: string, args: SyncServerArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      certificateGeneration: undefined,
      certificateServer: undefined,
      adoptedSha256: undefined,
      certificateSource: undefined,
      certificateReplacement: undefined,
      keyIdDerived: undefined,
      keyUnmistakable: undefined,
      registrationRevision: undefined,
      programRevision: undefined,
      findings: undefined,
      problem: undefined,
      ...(args.applicationObjectId === undefined ? {} : { formerSha256: undefined }),
    };
    const kind = ownKind("sync-server");
    super(kind.type, name, { ...kind.provided, ...outputs, ...args }, opts);
  }
}
