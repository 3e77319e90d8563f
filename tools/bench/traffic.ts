/** Sessions, requests, bytes and pauses of a run, as tenant and servers of the sandbox counted them. */
import type { Sandbox } from "../../sandbox/sandbox";
import type { SessionSpan } from "../../sandbox/server/ssh-server";
import type { Measurement, Traffic } from "./measurement";
import { mostAtOnce } from "./overlap";

const serversOf = (sandbox: Sandbox) => Object.values(sandbox.servers);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export const pausedSeconds = (sandbox: Sandbox) => sum(serversOf(sandbox).map((server) => server.pausedSeconds));

/** Of the run that moved every server to its application. */
export function pausingSoFar(sandbox: Sandbox): Omit<Measurement["pausing"], "inPreviews"> {
  const runs = serversOf(sandbox).map((server) => server.switches);
  const switches = sum(runs.map(({ count }) => count));
  const each = (seconds: number) => (switches === 0 ? 0 : seconds / switches);
  const paused = pausedSeconds(sandbox);
  return {
    switches,
    pausedSeconds: each(paused),
    idleSeconds: each(paused - sum(runs.map(({ seconds }) => seconds))),
  };
}

/** @returns what returns the sessions of each server since then */
export function spansSince(sandbox: Sandbox): () => SessionSpan[][] {
  const before = serversOf(sandbox).map((server) => server.sshSessions);
  return () => serversOf(sandbox).map((server, index) => server.sshSpans.slice(before[index]));
}

/**
 * The requests that the program itself sends: it searches for an application by its marker, a tag, or by its name, reads many
 * objects as one batch, reads further pages of who holds a role, and asks the audit log who made a change. The plugin has the same
 * caller, and does none of it in a preview.
 */
const OWN_REQUESTS =
  /\/applications\?.*(tags(%2f|\/)any|displayname(%20|\+| )eq)|\/auditlogs\/|\/approleassignedto\?|\/\$batch$/i;

/** Starts counting; the returned function returns the count. */
export function watchTraffic(sandbox: Sandbox): () => Traffic {
  const { tenant, settings } = sandbox;
  const requestsBefore = tenant.requests.length;
  const bytesBefore = sandbox.bytes;
  const sessions = spansSince(sandbox);
  return () => {
    const requests = tenant.requests
      .slice(requestsBefore)
      .filter(({ caller, batched }) => caller === settings.pipeline.appId && !batched);
    const own = requests.filter((request) => OWN_REQUESTS.test(request.path));
    const spans = sessions();
    const lengths = spans.flat().map(({ begin, end }) => (end - begin) / 1000);
    return {
      sshSessions: spans.flat().length,
      sshSessionsOfOneServer: Math.max(...spans.map(({ length }) => length)),
      sshSessionsAtOnce: mostAtOnce(spans.flat()),
      hostRound: Math.max(...lengths),
      graphRequests: own.length,
      pluginGraphRequests: requests.length - own.length,
      bytes: sandbox.bytes === null || bytesBefore === null ? null : sandbox.bytes - bytesBefore,
    };
  };
}

/** The worst of several runs. */
export function worst(traffic: readonly Traffic[]): Traffic {
  const highest = (value: (one: Traffic) => number) => Math.max(...traffic.map(value));
  return {
    sshSessions: highest((one) => one.sshSessions),
    sshSessionsOfOneServer: highest((one) => one.sshSessionsOfOneServer),
    sshSessionsAtOnce: Math.min(...traffic.map((one) => one.sshSessionsAtOnce)),
    hostRound: highest((one) => one.hostRound),
    graphRequests: highest((one) => one.graphRequests),
    pluginGraphRequests: highest((one) => one.pluginGraphRequests),
    bytes: traffic.some(({ bytes }) => bytes === null) ? null : highest((one) => one.bytes ?? 0),
  };
}
