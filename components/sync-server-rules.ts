/**
 * Check, diff, create and update of SyncServer, as the dynamic provider's process calls them. Pure but for the failure
 * with which an unworkable server stops what depends on it.
 */
import type * as dynamic from "@pulumi/pulumi/dynamic";
import { readerOf } from "../model/diagnostics/reader";
import { lowerHost, normalised } from "../model/text/identifiers";
import { UNKNOWN, type ServerState } from "../model/server/server-facts";
import { changedProperties, nextState, type ServerInputs } from "../model/server/server-state";

const isState = (olds: unknown): olds is ServerState =>
  typeof (olds as Partial<ServerState> | undefined)?.certificateGeneration === "number";

/** A state of an earlier version holds identifiers as they were written. */
const remembered = (olds: ServerState): ServerState => ({ ...normalised(olds), host: lowerHost(olds.host) });

/** Makes the memory of this run out of the last one's; the observation itself does not reach state. */
export function check(olds: unknown, news: ServerInputs): dynamic.CheckResult<ServerState> {
  const old = isState(olds) ? remembered(olds) : undefined;
  if ((news.observation as unknown) === UNKNOWN) {
    throw new Error(`${news.server}: the observation is unknown, although the program makes it in every run`);
  }
  return { inputs: nextState(old, normalised(news), readerOf(news.stack, process.env)) };
}

/** Reports a change if there are findings, a problem, or another declaration; never for a return to health. */
export function diff(olds: ServerState, news: ServerState): dynamic.DiffResult {
  return { changes: changedProperties(remembered(olds), news).length > 0 };
}

/** Outputs without the findings: what is acted upon must not be repeated by a later, healthy preview. */
function outputs(news: ServerState): ServerState {
  if (news.problem !== "") throw new Error(news.problem);
  return { ...news, findings: [] };
}

export function create(news: ServerState): dynamic.CreateResult<ServerState> {
  return { id: `${news.stack}/${news.server}`, outs: outputs(news) };
}

export function update(news: ServerState): dynamic.UpdateResult<ServerState> {
  return { outs: outputs(news) };
}

/** The rules as the dynamic provider's process wants them. */
export const provider: dynamic.ResourceProvider = {
  check: async (olds: unknown, news: ServerInputs) => check(olds, news),
  diff: async (_id, olds: ServerState, news: ServerState) => diff(olds, news),
  create: async (news: ServerState) => create(news),
  update: async (_id, _olds, news: ServerState) => update(news),
};
