/** HostRegistration: switches the connector of a server to its application and certificate. */
import * as pulumi from "@pulumi/pulumi";
import { diagnose } from "../model/diagnostics/diagnostic";
import { lineOf } from "./this-reader";
import { parseAnswer } from "../model/protocol/host-answer";
import { PROTOCOL_VERSION, type RegisterRequest } from "../model/protocol/host-protocol";
import type { Observation } from "../model/server/observation";
import { shortHash } from "../model/text/short-hash";
import { HostCommand, type Connection } from "./host-command";
import { logWarning } from "./log";

/** Bounds of the program's own waiting on the host, in seconds. */
export const REGISTRATION_BOUNDS: RegisterRequest["bounds"] = {
  replicationSeconds: 180,
  cycleSeconds: 1800,
  cmdletSeconds: 300,
  verifySeconds: 900,
};

export interface HostRegistrationArgs {
  connection: Connection;
  server: string;
  label: pulumi.Input<string>;
  appId: pulumi.Output<string>;
  certificateSha256: pulumi.Output<string>;
  /** Changes with findings that a registration heals. */
  revision: pulumi.Output<number>;
  tokenEndpoint: pulumi.Output<string>;
  requiredRoles: RegisterRequest["requiredRoles"];
  allowSoftwareKey: boolean;
  serviceAccount: string | null;
  minimumVersion: string;
  repairConnectivityParameters: boolean;
  /** The application is the product's: left out for one of this project, as in requests of earlier releases. */
  rotateOnly?: true;
  verify: RegisterRequest["verify"];
  /** The observed server before this run. */
  observation: Promise<Observation>;
}

/** The request that the host receives. */
export function registerRequest(args: Omit<RegisterRequest, "protocol" | "bounds">): RegisterRequest {
  return { protocol: PROTOCOL_VERSION, ...args, bounds: REGISTRATION_BOUNDS };
}

/** Updated, never replaced, when certificate, application or revision changes. Succeeds if it is registered already. */
export class HostRegistration extends HostCommand<RegisterRequest> {
  /** Resolves once the server reports that the connector uses this application and certificate. */
  readonly registered: pulumi.Output<boolean>;

  constructor(name: string, args: HostRegistrationArgs, opts?: pulumi.CustomResourceOptions) {
    const { connection, label, appId, certificateSha256, revision, tokenEndpoint, observation, ...fixed } = args;
    const request = pulumi
      .all([label, appId, certificateSha256, revision, tokenEndpoint])
      .apply(([label, appId, certificateSha256, revision, tokenEndpoint]): RegisterRequest => {
        return registerRequest({ ...fixed, label, appId, certificateSha256, revision, tokenEndpoint });
      });
    super(name, { connection, create: "register", request }, opts);
    this.registered = pulumi.all([this.stdout, appId, certificateSha256]).apply(([stdout, app, certificate]) => {
      const answer = parseAnswer("register", stdout, { server: args.server });
      const connector = answer.ok ? answer.result.after.connector : null;
      if (connector?.appId === app && connector.certificateSha256 === certificate) return true;
      const actual = connector ? `${connector.identityType} ${connector.appId ?? connector.userName}` : "no answer";
      const values = { appId: app, certificate, actual };
      throw new Error(lineOf(diagnose("REGISTRATION_UNVERIFIED", args.server, values)));
    });
    const said = pulumi.all([this.stdout, certificateSha256, pulumi.output(observation)]);
    said.apply(([stdout, certificate, { host }]) => {
      if (pulumi.runtime.isDryRun()) return;
      // An answer remains in state; it is news only in the run that switched, or verified an earlier switch.
      const { connector, unverified } = host.facts ?? {};
      if (connector?.certificateSha256 === certificate && unverified?.certificateSha256 !== certificate) return;
      const answer = parseAnswer("register", stdout, { server: args.server });
      const verification = answer.ok ? answer.result.verification : null;
      if (verification?.unverified) {
        const expected = `a verified switch to certificate ${shortHash(certificate)}`;
        const values = { property: "connector", expected, actual: verification.unverified };
        logWarning(lineOf(diagnose("SWITCH_UNVERIFIED", args.server, values)), this);
      } else if (verification?.skipped && args.verify === "sync") {
        logWarning(`${args.server}: verified without a synchronisation cycle: ${verification.skipped}`, this);
      }
    });
  }
}
