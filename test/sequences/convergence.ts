/** From the end of any sequence: a successful up, the remedies that it names, and then nothing left to do. */
import * as fs from "node:fs";
import * as path from "node:path";
import { LABEL_PREFIX, PROGRAM_FOLDER } from "../../model/protocol/host-protocol";
import { applicationMarker, revocationOf } from "../../model/server/labels";
import { askForRotation, GOOD_UP, type act, type Action } from "./actions";
import { declarationOf, identityOf } from "./declaration";
import { Violation } from "./invariants";
import type { Stack } from "./stack";
import { SERVER_NAMES, type ServerName, type World } from "./world";

/** More remedies than the end of any sequence needed: five for each server. */
const ROUNDS = 12;

/** A problem, recognised by its printed text, and the action that its remedy describes. */
const REMEDIES: { problem: RegExp; apply: (server: ServerName, stack: Stack) => Promise<void> | void }[] = [
  { problem: /\[APPLICATION_UNKNOWN\]/, apply: (server, stack) => stack.adopt(server) },
  { problem: /needs to be imported into the State/, apply: (server, stack) => stack.adopt(server) },
  // What a killed run deleted without recording it: state still has it, and a refresh finds it missing.
  {
    problem: /: (ROLE_MISSING|TOKEN_REFUSED): |Request_ResourceNotFound|does not reference a valid app/,
    apply: async (_server, stack) => void (await stack.refresh()),
  },
  // Missing on host and in Entra at once, with the connector elsewhere: it looks like a certificate yet to be created.
  { problem: /: CERTIFICATE_MISSING: /, apply: (server, stack) => askForRotation(server, stack) },
  { problem: /Permission being assigned already exists on the object/, apply: (server, stack) => stack.adopt(server) },
  {
    problem: /\[APPLICATION_MISSING\]/,
    apply: async (server, stack) => {
      stack.deleteFromState(`${server}-credential`);
      // It fails for as long as another server's credential waits for the same remedy.
      await stack.refresh();
    },
  },
];

/** What only a person at the server undoes, as the findings ask for it. */
function tidyServer(name: ServerName, world: World): void {
  const { machine } = world.hosts[name];
  const foreign = path.join(machine.files.local(PROGRAM_FOLDER), "Helper.ps1");
  fs.rmSync(foreign, { force: true });
  world.hosts[name].touchProgram();
  machine.change(({ scheduler, events }) => {
    scheduler.SchedulerSuspended = false;
    scheduler.StagingModeEnabled = declarationOf(name).role === "staging";
    scheduler.NextSyncCycleStartTimeInUTC = world.clock.now().toISOString();
    // A refusal that was looked into.
    events.splice(0, events.length, ...events.filter(({ id }) => id !== 906));
  });
}

/** Notices in a preview that only a decision by a person ends, and the decision. */
async function decide(stack: Stack, world: World): Promise<void> {
  for (const name of SERVER_NAMES) {
    tidyServer(name, world);
    const { passwordWriteback, connector } = world.hosts[name].machine.state;
    const declared = stack.declared.get(name) ?? declarationOf(name);
    const tags = world.store.applicationByTag(applicationMarker(identityOf(name)))?.properties.tags ?? [];
    const revocation = revocationOf(tags as string[]);
    const revoked = revocation !== null && (stack.memory(name)?.certificateGeneration ?? 0) <= revocation.generation;
    const blank = connector.identityType === "Application" && Object.values(connector.parameters).includes(null);
    stack.declared.set(name, {
      ...declared,
      passwordWriteback,
      // The return after a revocation.
      rotate: revoked ? `${Number(declared.rotate) + 1}` : declared.rotate,
      repairConnectivityParameters: declared.repairConnectivityParameters || blank,
    });
  }
}

/**
 * Brings a stack to rest.
 * @param step does one action with every invariant held
 * @returns the number of ups that were necessary
 * @throws Violation if it does not come to rest, or not in the declared state
 */
export async function converge(stack: Stack, world: World, step: typeof act): Promise<number> {
  world.faults.clear();
  const said: string[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    await decide(stack, world);
    const run = (await step(GOOD_UP, stack, world))!;
    if (run.failures.length === 0) {
      const preview = (await step({ type: "preview" } as Action, stack, world))!;
      if (preview.steps.length === 0 && preview.failures.length === 0) {
        for (const name of SERVER_NAMES) await expectOnboarded(name, stack, world);
        return round;
      }
      said.push(`then a preview shows ${preview.steps.map(({ name, action }) => `${name} ${action}`).join(", ")}`);
      continue;
    }
    for (const { name, message } of run.failures) {
      said.push(`${name}: ${message.slice(0, 600)}`);
      const server = SERVER_NAMES.find((candidate) => name.startsWith(candidate) || message.includes(`${candidate}: `));
      const remedy = REMEDIES.find(({ problem }) => problem.test(message));
      if (server && remedy) await remedy.apply(server, stack);
    }
  }
  throw new Violation(`no successful up brings it to rest:\n  ${said.slice(-4).join("\n  ")}`);
}

async function expectOnboarded(name: ServerName, stack: Stack, world: World): Promise<void> {
  const fail = (text: string) => {
    throw new Violation(`${name}, at rest: ${text}`);
  };
  const { machine } = world.hosts[name];
  const { connector, certificates, scheduler } = machine.state;
  const application = world.store.applicationById(connector.appId ?? "");
  if (!application) return fail("its connector is on no application of the tenant");
  if (!(await world.canSignIn(name))) fail("it cannot get a token");
  const hashes = [...new Set(application.keyCredentials.map(({ sha256 }) => sha256))];
  // A key that was uploaded by a run that state does not know remains until a person removes it.
  const known = world.forgot ? hashes.filter((hash) => hash === connector.certificateSha256) : hashes;
  if (known.length !== 1 || known[0] !== connector.certificateSha256) {
    fail(`key credentials ${hashes.join(", ")} although the connector uses ${connector.certificateSha256}`);
  }
  // A certificate unknown to state (after a lost state, a kill, or a key that was lost) remains, and is reported.
  const ours = certificates.filter(({ label }) => label.startsWith(LABEL_PREFIX)).map(({ label }) => label);
  const reported = (await stack.notices(name)).filter(({ code }) => code === "certificate-left");
  if (ours.length !== reported.length + 1)
    fail(`${ours.length} certificates of ours, ${reported.length} reported: ${ours.join()}`);
  if (scheduler.SyncCycleEnabled !== world.wanted[name].syncCycleEnabled) fail("the scheduler is not as it was found");
  if (machine.pause || machine.state.restoreTask) fail("a record or task of a pause remains");
}
