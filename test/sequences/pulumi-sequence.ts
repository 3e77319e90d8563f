/** Random sequences through the real engine: the same actions, and the invariants that are visible from outside. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type TestSandbox } from "../end-to-end/support";

export type PulumiAction =
  | { type: "pass"; days: number }
  | { type: "break"; server: string; what: string }
  | { type: "fault"; target: string; name: string; times: number }
  | { type: "clear" }
  | { type: "preview" }
  | { type: "up"; continueOnError: boolean }
  /** Pulumi and its children are killed after so many seconds, unless it has ended by then. */
  | { type: "killed up"; seconds: number }
  | { type: "destroy" };

const SERVERS = ["sync01", "sync02"];
const BREAKS = [
  ...["certificate", "key", "key-software", "acl", "acl-wide", "account", "application", "hash"],
  ...["scheduler", "program", "credential"],
];
const FAULTS = [
  ...["not-administrator", "suspended", "busy", "cmdlet-fails", "sign-in", "signin-event", "cycle-fails"],
  ...["session-lost", "program-killed", "disk-full"],
];

const server = fc.constantFrom(...SERVERS);
const action: fc.Arbitrary<PulumiAction> = fc.oneof(
  { arbitrary: fc.record({ type: fc.constant("up" as const), continueOnError: fc.boolean() }), weight: 4 },
  {
    arbitrary: fc.record({ type: fc.constant("break" as const), server, what: fc.constantFrom(...BREAKS) }),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      ...{ type: fc.constant("fault" as const), target: server, times: fc.integer({ min: 1, max: 3 }) },
      name: fc.constantFrom(...FAULTS),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({ type: fc.constant("killed up" as const), seconds: fc.integer({ min: 2, max: 6 }) }),
    weight: 2,
  },
  { arbitrary: fc.record({ type: fc.constant("pass" as const), days: fc.integer({ min: 1, max: 200 }) }), weight: 1 },
  { arbitrary: fc.constant({ type: "preview" as const }), weight: 1 },
  { arbitrary: fc.constant({ type: "clear" as const }), weight: 1 },
  { arbitrary: fc.constant({ type: "destroy" as const }), weight: 1 },
);

/** The steps of a seed. */
export function pulumiSequence(seed: number, steps: number): PulumiAction[] {
  return fc.sample(fc.array(action, { minLength: steps, maxLength: steps }), { seed, numRuns: 1 })[0];
}

const OURS = ["preview", "up", "killed up", "destroy"];

/** Secrets of a sandbox folder's keys, which must neither be printed nor be in state. */
const PRIVATE_KEY = "-----BEGIN";

export class PulumiSequence {
  constructor(private readonly test: TestSandbox) {}

  /** Does all steps, checks the invariants after each, then brings the stack to rest. @returns the number of steps */
  async play(actions: readonly PulumiAction[]): Promise<number> {
    const done: PulumiAction[] = [];
    try {
      for (const next of actions) {
        done.push(next);
        await this.step(next);
      }
      return actions.length + (await this.rest());
    } catch (error) {
      const steps = done.map((entry) => `  ${JSON.stringify(entry)}`).join("\n");
      throw new Error(`${(error as Error).message}\nafter the steps:\n${steps}`, { cause: error });
    }
  }

  private async step(next: PulumiAction): Promise<void> {
    const before = await this.canSignIn();
    const held = this.held();
    await this.act(next);
    if (next.type === "preview") assert.equal(this.held(), held, "a preview changed tenant or servers");
    const after = await this.canSignIn();
    for (const name of OURS.includes(next.type) ? SERVERS : []) {
      assert.ok(!before[name] || after[name], `${name} lost its working credential`);
    }
    this.checkMarkers();
    const printed = this.test.transcript.join("\n").replace(/-----BEGIN (CONNECT SYNC HOST ANSWER|CERTIFICATE)/g, "");
    assert.ok(!printed.includes(PRIVATE_KEY), "a key was printed");
  }

  private async act(next: PulumiAction): Promise<void> {
    const { sandbox } = this.test;
    switch (next.type) {
      case "pass":
        sandbox.clock.advance(next.days * 86_400);
        return Object.values(sandbox.servers).forEach((emulated) => emulated.runDueTasks());
      case "break":
        try {
          await sandbox.break(next.server, next.what);
        } catch (error) {
          // Nothing is there yet that it could break.
          assert.equal((error as Error).name, "CommandError", String(error));
        }
        return;
      case "fault":
        return sandbox.faults.set(next.target, next.name, next.times);
      case "clear":
        return sandbox.faults.clear();
      case "preview":
        return void (await this.test.preview());
      case "up":
        return void (await this.test.tryUp({ args: next.continueOnError ? ["--continue-on-error"] : [] }));
      case "killed up":
        return this.killedUp(next.seconds);
      case "destroy":
        return void (await this.test.pulumi([
          "destroy",
          "--yes",
          "--non-interactive",
          "--color",
          "never",
          "--skip-preview",
        ]));
    }
  }

  /** Kills Pulumi and its children, waits for the work on the servers to end, and cancels twice. */
  private async killedUp(seconds: number): Promise<void> {
    const args = ["up", "--yes", "--non-interactive", "--color", "never", "--skip-preview"];
    const result = await this.test.sandbox.pulumi(args, { limitSeconds: seconds, stdio: "pipe" });
    this.test.transcript.push(result.stdout, result.stderr);
    for (let times = 0; times < 2; times += 1) await this.test.pulumi(["cancel", "--yes", "--non-interactive"]);
  }

  /** A successful up after all faults are gone, repeated if a refresh is necessary first. */
  private async rest(): Promise<number> {
    this.test.sandbox.faults.clear();
    const first = await this.test.tryUp();
    // A refresh finds what a killed run did without recording it.
    if (first.code !== 0) await this.test.up({ args: ["--refresh"] });
    await this.test.expectUnchanged();
    for (const name of SERVERS) {
      this.test.expectSchedulerOn(name);
      const { connector } = this.test.server(name);
      assert.equal(connector.identityType, "Application", name);
      assert.ok((await this.canSignIn())[name], `${name} cannot get a token`);
    }
    return first.code === 0 ? 2 : 3;
  }

  private async canSignIn(): Promise<Record<string, boolean>> {
    const asked = SERVERS.map(async (name) => {
      const attempt = await this.test.sandbox.servers[name].connectorSignIn();
      return [name, attempt === null || attempt.problem === null];
    });
    return Object.fromEntries(await Promise.all(asked)) as Record<string, boolean>;
  }

  /** The content of tenant and servers, except the time and the journal of observations. */
  private held(): string {
    const { tenant, servers } = this.test.sandbox.status();
    return JSON.stringify([tenant, servers.map((one) => ({ ...one, journal: null }))]);
  }

  private checkMarkers(): void {
    for (const name of SERVERS) {
      const marked = this.test.sandbox.tenant.store.data.applications.filter(({ properties }) =>
        ((properties.tags as string[] | undefined) ?? []).includes(`ConnectSyncIdentity:dev/${name}`),
      );
      assert.ok(marked.length <= 1, `${marked.length} applications with the marker of ${name}`);
    }
  }
}
