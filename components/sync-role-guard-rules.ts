/** Check, diff, create and update of SyncRoleGuard, as the dynamic provider's process calls them. Changes nothing anywhere. */
import type * as dynamic from "@pulumi/pulumi/dynamic";
import { normalised } from "../model/text/identifiers";
import {
  nextSyncRoleGuard,
  syncRoleGuardChanged,
  type SyncRoleGuardInputs,
  type SyncRoleGuardState,
} from "../model/guard/guard-state";
import { providerReader, readingConfiguration } from "./provider-reader";

const isState = (olds: unknown): olds is SyncRoleGuardState =>
  Array.isArray((olds as Partial<SyncRoleGuardState> | undefined)?.principals);

export function check(olds: unknown, news: SyncRoleGuardInputs): dynamic.CheckResult<SyncRoleGuardState> {
  const reader = providerReader(news.stack);
  return { inputs: nextSyncRoleGuard(isState(olds) ? normalised(olds) : undefined, normalised(news), reader) };
}

export function diff(olds: SyncRoleGuardState, news: SyncRoleGuardState): dynamic.DiffResult {
  return { changes: syncRoleGuardChanged(normalised(olds), news) };
}

function outputs(news: SyncRoleGuardState): SyncRoleGuardState {
  if (news.problem !== "") throw new Error(news.problem);
  return news;
}

export const provider: dynamic.ResourceProvider = {
  configure: async (request) => readingConfiguration(request),
  check: async (olds: unknown, news: SyncRoleGuardInputs) => check(olds, news),
  diff: async (_id, olds: SyncRoleGuardState, news: SyncRoleGuardState) => diff(olds, news),
  create: async (news: SyncRoleGuardState) => ({ id: news.stack, outs: outputs(news) }),
  update: async (_id, _olds, news: SyncRoleGuardState) => ({ outs: outputs(news) }),
};
