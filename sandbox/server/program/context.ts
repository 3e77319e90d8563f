/** The context of an operation. */
import type { HostOperation } from "../../../model/protocol/host-protocol";
import type { Windows } from "../windows";
import type { Progress } from "./progress";

export interface Context<Request> {
  windows: Windows;
  request: Request;
  /** Set as soon as anything on the host was changed, so that a failure reports it too. */
  changed: boolean;
  progress: Progress;
  operation: HostOperation;
  /** What all entries of this run in the event log have in common: the nonce of its request, else an id of its own. */
  run: string;
}
