/** What must hold after every step ("What must always hold" in the design), with a message for each failure. */
import { applicationMarker } from "../../model/server/labels";
import type { Action } from "./actions";
import { isOurs } from "./actions";
import { identityOf } from "./declaration";
import type { RunResult } from "./engine";
import type { Stack } from "./stack";
import { keyCanaries } from "./throw-away-keys";
import { ADMINISTRATOR_PASSWORD, PIPELINE_SECRET, SERVER_NAMES, type ServerName, type World } from "./world";

export class Violation extends Error {}

/** The state before a step, to be compared with the state after it. */
export interface Before {
  snapshot: string;
  checkpoint: string;
  canSignIn: Record<ServerName, boolean>;
  enabled: Record<ServerName, boolean>;
  paused: Record<ServerName, boolean>;
}

const byServer = <T>(value: (name: ServerName) => T) =>
  Object.fromEntries(SERVER_NAMES.map((name) => [name, value(name)])) as Record<ServerName, T>;

export async function look(stack: Stack, world: World): Promise<Before> {
  for (const name of SERVER_NAMES) await world.hosts[name].letCycleEnd();
  const signIns = await Promise.all(SERVER_NAMES.map(async (name) => [name, await world.canSignIn(name)]));
  world.transcript = [];
  for (const name of SERVER_NAMES) world.hosts[name].exchanges.length = 0;
  return {
    snapshot: world.snapshot(),
    checkpoint: stack.engine.checkpoint.toString(),
    canSignIn: Object.fromEntries(signIns) as Record<ServerName, boolean>,
    enabled: byServer((name) => world.hosts[name].machine.state.scheduler.SyncCycleEnabled),
    paused: byServer((name) => world.hosts[name].machine.pause !== undefined),
  };
}

/** @throws Violation with the invariant that does not hold */
export async function check(
  action: Action,
  before: Before,
  run: RunResult | undefined,
  stack: Stack,
  world: World,
): Promise<void> {
  const fail = (text: string) => {
    throw new Violation(text);
  };
  if (action.type === "preview" && world.snapshot() !== before.snapshot) fail("a preview changed tenant or servers");
  if (action.type === "preview" && stack.engine.checkpoint.toString() !== before.checkpoint) {
    fail("a preview changed the state");
  }
  const killed = SERVER_NAMES.some((name) => world.hosts[name].exchanges.some(({ result }) => result === null));
  for (const name of SERVER_NAMES) {
    if (isOurs(action) && before.canSignIn[name] && !(await world.canSignIn(name))) {
      const { identityType, appId, certificateSha256 } = world.hosts[name].machine.state.connector;
      fail(`${name} lost its working credential (${identityType} ${appId} ${certificateSha256})`);
    }
    checkScheduler(name, action, before, world, killed);
    checkLock(name, world);
    checkApplications(name, world);
  }
  checkAnswers(world);
  checkSharing(world);
  if (run || action.type === "rollback") checkSecrets(run, stack, world);
}

/** On or off as its administrator wants it; a pause that was not undone must have its record, and must not be new. */
function checkScheduler(name: ServerName, action: Action, before: Before, world: World, killed: boolean): void {
  const { machine } = world.hosts[name];
  const wanted = world.wanted[name].syncCycleEnabled;
  const record = machine.pause;
  if (record && record.syncCycleEnabled !== wanted) {
    throw new Violation(`${name}: the record of a pause would restore the wrong baseline`);
  }
  const { SyncCycleEnabled } = machine.state.scheduler;
  if (SyncCycleEnabled !== wanted && !record) {
    throw new Violation(`${name}: the scheduler is ${SyncCycleEnabled ? "on" : "off"} and nothing will restore it`);
  }
  if (record && !before.paused[name] && !killed && isOurs(action)) {
    throw new Violation(`${name}: a run that was not killed left the record of a pause`);
  }
}

function checkLock(name: ServerName, world: World): void {
  const { machine, lockAbandoned } = world.hosts[name];
  if (machine.state.lockHolder === null || lockAbandoned) return;
  throw new Violation(`${name}: the lock is still held by ${machine.state.lockHolder}`);
}

/** No application is created twice. */
function checkApplications(name: ServerName, world: World): void {
  const marker = applicationMarker(identityOf(name));
  const marked = world.store.data.applications.filter(({ properties }) =>
    ((properties.tags as string[] | undefined) ?? []).includes(marker),
  );
  if (marked.length > 1) throw new Violation(`${name}: ${marked.length} applications with its marker`);
}

/** An answer that reports no change, as BUSY must, is true. */
function checkAnswers(world: World): void {
  for (const { server, operation, result, before, after } of SERVER_NAMES.flatMap((n) => world.hosts[n].exchanges)) {
    if (result === null) continue;
    const busy = /: BUSY: /.test(result.stderr);
    const unchanged = busy || operation === "observe" || operation === "release";
    if (unchanged && before !== after && material(before) !== material(after)) {
      throw new Violation(`${server}: ${operation} ${busy ? "answered BUSY and " : ""}changed the server`);
    }
  }
}

/** A machine's snapshot without the traces that every run leaves. */
function material(snapshot: string): string {
  const [state, ...rest] = JSON.parse(snapshot) as [string, ...unknown[]];
  return JSON.stringify([{ ...(JSON.parse(state) as object), lockHolder: null }, ...rest]);
}

/** No server's connector uses the application or the certificate of another server. */
function checkSharing(world: World): void {
  for (const name of SERVER_NAMES) {
    const { connector } = world.hosts[name].machine.state;
    for (const other of SERVER_NAMES.filter((candidate) => candidate !== name)) {
      const theirs = world.store.applicationByTag(applicationMarker(identityOf(other)));
      if (theirs && connector.appId === theirs.appId) throw new Violation(`${name} is on the application of ${other}`);
      const { certificates } = world.hosts[other].machine.state;
      if (certificates.some(({ sha256 }) => sha256 === connector.certificateSha256)) {
        throw new Violation(`${name} is on a certificate of ${other}`);
      }
    }
  }
}

/** No private key outside the servers, and no secret anywhere. */
function checkSecrets(run: RunResult | undefined, stack: Stack, world: World): void {
  const answers = SERVER_NAMES.flatMap((name) =>
    world.hosts[name].exchanges.flatMap(({ operation, stdin, result }) => {
      // A rollback receives a password, on stdin only.
      return [operation === "rollback" ? "" : stdin, result?.stdout ?? "", result?.stderr ?? ""];
    }),
  );
  const failures = run?.failures.map(({ message }) => message) ?? [];
  const seen = [stack.engine.checkpoint.toString(), ...answers, ...world.transcript, ...failures].join("\n");
  const everywhere = seen + world.tenantSnapshot();
  for (const canary of ["-----BEGIN PRIVATE KEY", PIPELINE_SECRET, ADMINISTRATOR_PASSWORD, ...keyCanaries()]) {
    if (everywhere.includes(canary))
      throw new Violation(`a secret was found where it must not be: ${canary.slice(0, 12)}...`);
  }
}
