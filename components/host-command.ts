/** HostCommand: one operation of the host program as a resource; the common part of all host commands. */
import { remote, type types } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { installedCommand } from "../model/protocol/host-bootstrap";
import type { HostOperation } from "../model/protocol/host-protocol";
import { requestText } from "../model/protocol/request-text";

export type Connection = types.input.remote.ConnectionArgs;

export interface HostCommandArgs<Request extends object> {
  connection: Connection;
  /** Operation on create and update; if absent, nothing runs. */
  create?: HostOperation;
  /** Operation on delete; if absent, nothing runs. */
  delete?: HostOperation;
  /** The request of both operations, sent on stdin. It is stored in state, so it contains no secret. */
  request: pulumi.Input<Request>;
  /** A change of any of these replaces the resource. */
  triggers?: pulumi.Input<unknown>[];
}

const commandOf = (operation: HostOperation | undefined) => (operation ? installedCommand(operation) : undefined);

export class HostCommand<Request extends object> extends remote.Command {
  constructor(name: string, args: HostCommandArgs<Request>, opts?: pulumi.CustomResourceOptions) {
    super(
      name,
      {
        connection: args.connection,
        create: commandOf(args.create),
        delete: commandOf(args.delete),
        stdin: pulumi.output(args.request).apply((request) => requestText(request)),
        triggers: args.triggers,
        // The output of one command must not be in the environment of the next.
        addPreviousOutputInEnv: false,
        // Lines of progress, shown beside the resource while the command runs.
        logging: remote.Logging.Stderr,
      },
      opts,
    );
  }
}
