/** The context of an operation. */
import type { Windows } from "../windows";
import type { Progress } from "./progress";

export interface Context<Request> {
  windows: Windows;
  request: Request;
  /** Set as soon as anything on the host was changed, so that a failure reports it too. */
  changed: boolean;
  progress: Progress;
}
