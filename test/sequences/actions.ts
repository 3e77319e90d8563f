/** What may happen to a stack and its world: as data, so that fast-check can shrink it and a failure is readable. */
import fc from "fast-check";
import { BREAKERS, type ServerBreak } from "../../sandbox/server/breaks";
import { runRestoreTask } from "../../sandbox/server/machine-scheduler";
import { applicationMarker, generationOf } from "../../model/server/labels";
import { declarationOf, identityOf } from "./declaration";
import type { Interrupt, RunResult } from "./engine";
import { revoke, rollback, signIn } from "./operator";
import type { Stack } from "./stack";
import { SERVER_NAMES, type ServerName, type World } from "./world";

export type Action =
  | { type: "pass"; minutes: number }
  | { type: "break"; server: ServerName; what: ServerBreak | "credential" | "application-missing" }
  | { type: "fault"; target: ServerName | "tenant"; name: string; times: number | null }
  | { type: "clear" }
  | { type: "scheduler"; server: ServerName; on: boolean }
  | { type: "configure"; server: ServerName; what: "writeback" | "repair" | "user" | "name" }
  | { type: "declare"; server: ServerName; present: boolean }
  | { type: "preview" }
  | { type: "up"; skipPreview: boolean; continueOnError: boolean; interrupt?: Interrupt; order: number }
  | { type: "destroy"; continueOnError: boolean; interrupt?: Interrupt }
  | { type: "forget" }
  | { type: "rotate"; server: ServerName }
  | { type: "revoke"; server: ServerName }
  | { type: "rollback"; server: ServerName }
  | { type: "sign-in"; server: ServerName }
  | { type: "adopt"; server: ServerName };

/** Whether an action is the project's own, which must not remove any server's credential. */
export const isOurs = ({ type }: Action) => ["preview", "up", "destroy", "adopt", "rollback"].includes(type);

const DAY = 24 * 60;

const SERVER_FAULT_NAMES = [
  ...["unreachable", "host-key", "ssh-key", "not-administrator", "no-adsync", "old-version", "no-tpm", "pss-salt"],
  ...[
    "clock",
    "suspended",
    "busy",
    "cmdlet-fails",
    "sign-in",
    "rotation-needs-old-key",
    "signin-event",
    "cycle-fails",
    "cycle-stuck",
    "session-lost",
    "program-killed",
    "disk-full",
  ],
];
const TENANT_FAULT_NAMES = ["replication-lag", "forbidden", "role-missing", "unreachable"];

const server = fc.constantFrom(...SERVER_NAMES);
const times = fc.constantFrom(1, 1, 2, 3, null);
const interrupt: fc.Arbitrary<Interrupt> = fc.record({
  step: fc.integer({ min: 1, max: 24 }),
  kind: fc.constantFrom("cancelled" as const, "killed" as const),
});
/**
 * A server that was signed in to another cloud or tenant comes back by its wizard alone: no run may touch it. A proxy of the
 * service is in a file of the product's, which only a person corrects.
 */
const FOR_A_PERSON: readonly ServerBreak[] = ["other-cloud", "other-tenant", "service-proxy"];
/** The breaks of a managed server are left out as well: the servers here have applications of their own. */
const breakNames = [
  ...(Object.keys(BREAKERS) as ServerBreak[]).filter((name) => !FOR_A_PERSON.includes(name)),
  ...(["credential", "application-missing"] as const),
];

/** An up without a disturbance. */
export const GOOD_UP: Action = { type: "up", skipPreview: false, continueOnError: false, order: 0 };

const up: fc.Arbitrary<Action> = fc.record({
  type: fc.constant("up" as const),
  skipPreview: fc.boolean(),
  continueOnError: fc.boolean(),
  interrupt: fc.option(interrupt, { nil: undefined, freq: 2 }),
  order: fc.nat(1_000_000),
});

const action: fc.Arbitrary<Action> = fc.oneof(
  { arbitrary: up, weight: 10 },
  { arbitrary: fc.constant(GOOD_UP), weight: 3 },
  { arbitrary: fc.constant({ type: "preview" as const }), weight: 2 },
  {
    arbitrary: fc.record({
      type: fc.constant("pass" as const),
      minutes: fc.oneof(fc.integer({ min: 1, max: DAY }), fc.integer({ min: DAY, max: 400 * DAY })),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({ type: fc.constant("break" as const), server, what: fc.constantFrom(...breakNames) }),
    weight: 7,
  },
  {
    arbitrary: fc.record({
      ...{ type: fc.constant("fault" as const), target: server, times },
      name: fc.constantFrom(...SERVER_FAULT_NAMES),
    }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      ...{ type: fc.constant("fault" as const), target: fc.constant("tenant" as const), times },
      name: fc.constantFrom(...TENANT_FAULT_NAMES),
    }),
    weight: 2,
  },
  { arbitrary: fc.constant({ type: "clear" as const }), weight: 3 },
  { arbitrary: fc.record({ type: fc.constant("scheduler" as const), server, on: fc.boolean() }), weight: 1 },
  {
    arbitrary: fc.record({
      ...{ type: fc.constant("configure" as const), server },
      what: fc.constantFrom("writeback" as const, "repair" as const, "user" as const, "name" as const),
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ type: fc.constant("declare" as const), server, present: fc.boolean() }), weight: 2 },
  {
    arbitrary: fc.record({
      ...{ type: fc.constant("destroy" as const), continueOnError: fc.boolean() },
      interrupt: fc.option(interrupt, { nil: undefined, freq: 2 }),
    }),
    weight: 2,
  },
  { arbitrary: fc.constant({ type: "forget" as const }), weight: 1 },
  { arbitrary: fc.record({ type: fc.constant("rotate" as const), server }), weight: 2 },
  { arbitrary: fc.record({ type: fc.constant("revoke" as const), server }), weight: 1 },
  { arbitrary: fc.record({ type: fc.constant("rollback" as const), server }), weight: 1 },
  { arbitrary: fc.record({ type: fc.constant("sign-in" as const), server }), weight: 1 },
  { arbitrary: fc.record({ type: fc.constant("adopt" as const), server }), weight: 1 },
);

/** One sequence. Half of them begin with a successful up, because most of an identity's life comes after that. */
export const sequence: fc.Arbitrary<Action[]> = fc
  .tuple(fc.boolean(), fc.array(action, { minLength: 3, maxLength: 12 }))
  .map(([onboarded, actions]) => (onboarded ? [GOOD_UP, ...actions] : actions));

/** Does the action; one that does not apply now does nothing. @returns the run, if it is one */
export async function act(action: Action, stack: Stack, world: World): Promise<RunResult | undefined> {
  switch (action.type) {
    case "pass":
      world.clock.advance(action.minutes * 60);
      for (const name of SERVER_NAMES) runRestoreTask(world.hosts[name].machine, world.clock.now());
      return undefined;
    case "break":
      return void breakIt(action, world);
    case "fault":
      return void world.faults.set(action.target, action.name, action.times);
    case "clear":
      return void world.faults.clear();
    case "scheduler":
      return void setScheduler(action, world);
    case "configure":
      return void configure(action, stack);
    case "declare":
      if (action.present) stack.declared.set(action.server, declarationOf(action.server));
      else stack.declared.delete(action.server);
      return undefined;
    case "preview":
      return stack.preview();
    case "up":
      if (action.interrupt?.kind === "killed") world.forgot = true;
      return stack.up(action);
    case "destroy":
      if (action.interrupt?.kind === "killed") world.forgot = true;
      return stack.destroy(action);
    case "forget":
      world.forgot = true;
      return void stack.forget();
    case "rotate":
      return void askForRotation(action.server, stack);
    case "revoke":
      return void revoke(action.server, stack, world);
    case "rollback":
      return rollback(action.server, world) as Promise<undefined>;
    case "sign-in":
      return signIn(action.server, stack, world) as Promise<undefined>;
    case "adopt":
      // Adoption checks before it acts: it refuses servers that are not declared, or cannot be changed.
      if (!stack.declared.has(action.server) || world.faults.list().length > 0) return undefined;
      // A certificate in use that lost its label goes on by its hash in the configuration, which these declarations lack.
      if (usesUnlabelled(action.server, world)) return undefined;
      return stack.adopt(action.server) as Promise<undefined>;
  }
}

function usesUnlabelled(server: ServerName, { hosts }: World): boolean {
  const { certificates, connector } = hosts[server].machine.state;
  const used = certificates.find(({ sha256 }) => sha256 === connector.certificateSha256);
  return used !== undefined && generationOf(identityOf(server), used.label) === null;
}

/** A text that differs from the last one. */
export function askForRotation(server: ServerName, stack: Stack): void {
  const declared = stack.declared.get(server);
  if (declared) declared.rotate = `${Number(declared.rotate) + 1}`;
}

function breakIt({ server, what }: Extract<Action, { type: "break" }>, world: World): void {
  const { machine } = world.hosts[server];
  const application = world.store.applicationByTag(applicationMarker(identityOf(server)));
  if (what === "credential") {
    if (application) world.store.removeKeyCredentials(application.appId);
    return;
  }
  if (what === "application-missing") {
    if (application) world.store.removeApplication(application);
    return;
  }
  // A person's decision, as below.
  if (what === "scheduler-off" && machine.pause) return;
  const spare = world.store.applicationById(world.spareAppId)!;
  const other = { appId: spare.appId, certificateSha256: spare.keyCredentials[0].sha256 };
  try {
    world.hosts[server].touchProgram();
    BREAKERS[what](machine, {
      now: world.clock.now(),
      directory: world.directory,
      ...(what === "application" ? other : {}),
    });
    // A new Windows installation has the product's default settings.
    if (["rebuilt", "scheduler-off"].includes(what)) {
      world.wanted[server].syncCycleEnabled = machine.state.scheduler.SyncCycleEnabled;
    }
  } catch (error) {
    // Breaks report in a sentence that they do not apply now: what they would break does not exist yet.
    if (error instanceof TypeError) throw error;
  }
}

/** An administrator's decision; none is made while an interrupted pause waits to be undone. */
function setScheduler({ server, on }: Extract<Action, { type: "scheduler" }>, world: World): void {
  const { machine } = world.hosts[server];
  if (machine.pause) return;
  machine.setSyncCycleEnabled(on);
  world.wanted[server].syncCycleEnabled = on;
}

function configure({ server, what }: Extract<Action, { type: "configure" }>, stack: Stack): void {
  const declared = stack.declared.get(server);
  if (!declared) return;
  if (what === "writeback") declared.passwordWriteback = !declared.passwordWriteback;
  else if (what === "repair") declared.repairConnectivityParameters = !declared.repairConnectivityParameters;
  else if (what === "user") declared.user = declared.user === "Administrator" ? "Operator" : "Administrator";
  else declared.applicationName = declared.applicationName.replace(/(\d*)$/, (digits) => `${Number(digits) + 100}`);
}
