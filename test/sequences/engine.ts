/**
 * A small engine that models Pulumi's for a graph of resources, as far as the order of steps, the state after
 * each step and incomplete runs are concerned:
 *
 * - declarations are checked and compared with the last checkpoint, dependencies first; among ready resources, the
 *   own order decides, because resources of two servers are processed in parallel;
 * - a replacement is created before the old resource is deleted; that one remains in the checkpoint, marked, until the
 *   end of this or a later run;
 * - deletions come last, dependents first, and do not happen if a step failed; with `continueOnError` the dependents
 *   of a failed step are skipped, and everything is deleted except the dependencies of a failed step;
 * - the checkpoint is written after each step; a cancelled run ends after a step, a killed run may have
 *   acted without recording it.
 *
 * It does not model simultaneous steps (they come one after the other, in a random order that dependencies
 * allow), providers as processes, secrets in state, aliases, protection, plans, pending operations (Pulumi only
 * warns of them) and the order in which Pulumi's own snapshot keeps resources within one run. Sequences in the real
 * engine complement it.
 */
import { Checkpoint, type Entry, type Properties } from "./state";

export type Look = (name: string) => Properties;
export type Difference = "same" | "update" | "replace";

/** The operations of a kind of resource; `old` is the entry in the last checkpoint. */
export interface Provider {
  /** Inputs as stored in state. */
  check?(old: Entry | undefined, news: Properties): Properties;
  /** The observation before anything is planned. @throws what would stop a preview */
  plan?(old: Entry | undefined, news: Properties): Promise<void>;
  diff(old: Entry, news: Properties): Difference;
  create(news: Properties, made: (id: string) => void): Promise<{ id: string; outputs: Properties }>;
  update(old: Entry, news: Properties): Promise<Properties>;
  remove(old: Entry): Promise<void>;
  /** Outputs that a preview shows for a resource that would be created (no `old`), updated or replaced. */
  planned(old: Entry | undefined, news: Properties, difference: Difference | "create"): Properties;
}

export interface Declared {
  name: string;
  kind: string;
  server: string;
  dependsOn: string[];
  inputs(look: Look): Properties;
  provider: Provider;
  /** A hook before it is created, never in a preview. @throws what stops the creation */
  beforeCreation?(inputs: Properties): void | Promise<void>;
}

interface Step {
  name: string;
  action: Difference | "create" | "delete";
}

/** An incomplete run: the number of steps before its end, and whether the last one was recorded. */
export interface Interrupt {
  step: number;
  kind: "cancelled" | "killed";
}

export interface RunOptions {
  /** Undeclared resources remain, as in a targeted run. */
  keep?: boolean;
  continueOnError?: boolean;
  interrupt?: Interrupt;
  /** Decides between ready resources. */
  order?: number;
}

export interface RunResult {
  /** What was done, or would be done; unchanged resources are omitted. */
  steps: Step[];
  /** Failures, by resource. */
  failures: { name: string; message: string }[];
  interrupted: boolean;
}

class Interrupted extends Error {}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

export class Engine {
  readonly checkpoint = new Checkpoint();

  constructor(private readonly providers: Record<string, Provider>) {}

  /** Plans a run; changes neither the checkpoint nor anything else. */
  async preview(declared: readonly Declared[]): Promise<RunResult & { outputs: ReadonlyMap<string, Properties> }> {
    const outputs = new Map<string, Properties>();
    const run = { steps: [] as Step[], failures: [] as RunResult["failures"], interrupted: false, outputs };
    const olds = this.checkpoint.entries;
    for (const node of sorted(declared, 0)) {
      const old = olds.find((entry) => entry.name === node.name && !entry.pendingDeletion);
      try {
        const raw = node.inputs((name) => outputs.get(name)!);
        const news = node.provider.check?.(old, raw) ?? raw;
        await node.provider.plan?.(old, news);
        const action = old ? node.provider.diff(old, news) : "create";
        if (action !== "same") run.steps.push({ name: node.name, action });
        outputs.set(node.name, action === "same" ? old!.outputs : node.provider.planned(old, news, action));
      } catch (error) {
        run.failures.push({ name: node.name, message: message(error) });
        return run;
      }
    }
    const names = new Set(declared.map(({ name }) => name));
    const gone = olds.filter((entry) => entry.pendingDeletion || !names.has(entry.name));
    run.steps.push(...gone.map(({ name }): Step => ({ name, action: "delete" })));
    return run;
  }

  up(declared: readonly Declared[], options: RunOptions = {}): Promise<RunResult> {
    return new Run(this.checkpoint, this.providers, options).up(declared);
  }

  destroy(options: RunOptions = {}): Promise<RunResult> {
    return new Run(this.checkpoint, this.providers, options).destroy();
  }
}

/** One run that makes changes. */
class Run {
  private readonly result: RunResult = { steps: [], failures: [], interrupted: false };
  private readonly previous: Entry[];
  private done: Entry[] = [];
  private rest: Entry[];
  private readonly outputs = new Map<string, Properties>();
  /** Names of resources that failed or were skipped. */
  private readonly unreached = new Set<string>();
  /** Old entries whose step failed. */
  private readonly failed: Entry[] = [];

  constructor(
    private readonly checkpoint: Checkpoint,
    private readonly providers: Record<string, Provider>,
    private readonly options: RunOptions,
  ) {
    this.previous = checkpoint.entries;
    this.rest = [...this.previous];
  }

  async up(declared: readonly Declared[]): Promise<RunResult> {
    try {
      for (const node of sorted(declared, this.options.order ?? 0)) {
        await this.register(node);
        if (this.result.failures.length > 0 && !this.options.continueOnError) return this.result;
      }
      if (this.options.keep) return this.result;
      const names = new Set(declared.map(({ name }) => name));
      await this.deleteAll(this.rest.filter((entry) => entry.pendingDeletion || !names.has(entry.name)));
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      this.result.interrupted = true;
    }
    return this.result;
  }

  async destroy(): Promise<RunResult> {
    try {
      await this.deleteAll(this.rest);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      this.result.interrupted = true;
    }
    return this.result;
  }

  private async register(node: Declared): Promise<void> {
    if (node.dependsOn.some((name) => this.unreached.has(name))) {
      this.unreached.add(node.name);
      return;
    }
    const old = this.rest.find((entry) => entry.name === node.name && !entry.pendingDeletion);
    try {
      const raw = node.inputs((name) => this.outputs.get(name)!);
      const news = node.provider.check?.(old, raw) ?? raw;
      await node.provider.plan?.(old, news);
      await this.bring(node, old, news);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      this.result.failures.push({ name: node.name, message: message(error) });
      this.unreached.add(node.name);
      if (old) this.failed.push(old);
    }
  }

  /** Brings one resource to its declared state. */
  private async bring(node: Declared, old: Entry | undefined, inputs: Properties): Promise<void> {
    const { name, kind, server, dependsOn } = node;
    const entry = (id: string, outputs: Properties): Entry => {
      return { name, kind, server, id, inputs, outputs, dependsOn, pendingDeletion: false };
    };
    const action = old ? node.provider.diff(old, inputs) : "create";
    if (old && action === "same") return this.keep(old, entry(old.id, old.outputs));
    const saved = await this.step(node.name, action, async () => {
      if (old && action === "update") return entry(old.id, await node.provider.update(old, inputs));
      await node.beforeCreation?.(inputs);
      let id: string | undefined;
      try {
        const made = await node.provider.create(inputs, (known) => (id = known));
        return entry(made.id, made.outputs);
      } catch (error) {
        // A resource that exists must not be lost: an update of the next run completes it.
        if (id !== undefined) this.done.push({ ...entry(id, {}), inputs: {} });
        if (id !== undefined) this.save();
        throw error;
      }
    });
    if (old && action === "replace") old.pendingDeletion = true;
    this.keep(action === "replace" ? undefined : old, saved);
  }

  private keep(old: Entry | undefined, entry: Entry): void {
    this.rest = this.rest.filter((other) => other !== old);
    this.done.push(entry);
    this.outputs.set(entry.name, entry.outputs);
    this.save();
  }

  /** Acts, unless the run ends before the action can be recorded. */
  private async step<T>(name: string, action: Step["action"], act: () => Promise<T>): Promise<T> {
    const { interrupt } = this.options;
    const number = this.result.steps.length + 1;
    if (interrupt?.kind === "cancelled" && number > interrupt.step) throw new Interrupted();
    const result = await act();
    this.result.steps.push({ name, action });
    if (interrupt?.kind === "killed" && number >= interrupt.step) throw new Interrupted();
    return result;
  }

  private async deleteAll(entries: readonly Entry[]): Promise<void> {
    let left = [...entries];
    const spared = new Set<Entry>();
    while (left.length > 0) {
      for (const entry of this.failed) for (const other of this.dependenciesOf(entry)) spared.add(other);
      const chain = left.filter((entry) => !left.some((other) => this.dependenciesOf(other).has(entry)));
      if (chain.length === 0) throw new Error("a resource to delete depends on itself");
      for (const entry of chain.filter((candidate) => !spared.has(candidate))) {
        await this.deleteOne(entry);
        if (this.result.failures.length > 0 && !this.options.continueOnError) return;
      }
      left = left.filter((entry) => !chain.includes(entry));
    }
  }

  private async deleteOne(entry: Entry): Promise<void> {
    try {
      await this.step(entry.name, "delete", () => this.providers[entry.kind].remove(entry));
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      this.result.failures.push({ name: entry.name, message: message(error) });
      this.failed.push(entry);
      return;
    }
    this.rest = this.rest.filter((other) => other !== entry);
    this.save();
  }

  /** All dependencies of an entry of the last checkpoint: entries before it, as Pulumi's graph searches for them. */
  private dependenciesOf(entry: Entry): Set<Entry> {
    const found = new Set<Entry>();
    const wanted = new Set(entry.dependsOn);
    for (let index = this.previous.indexOf(entry) - 1; index >= 0; index -= 1) {
      const candidate = this.previous[index];
      if (!wanted.has(candidate.name)) continue;
      found.add(candidate);
      for (const name of candidate.dependsOn) wanted.add(name);
    }
    return found;
  }

  private save(): void {
    this.checkpoint.save([...this.done, ...this.rest]);
  }
}

/** Dependencies first; among ready resources, a number decides. */
function sorted(declared: readonly Declared[], order: number): Declared[] {
  const left = [...declared];
  const result: Declared[] = [];
  const reached = new Set<string>();
  let state = order >>> 0;
  while (left.length > 0) {
    const ready = left.filter((node) => node.dependsOn.every((name) => reached.has(name)));
    if (ready.length === 0) throw new Error("a declared resource depends on itself");
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const next = ready[order === 0 ? 0 : (state >>> 8) % ready.length];
    left.splice(left.indexOf(next), 1);
    result.push(next);
    reached.add(next.name);
  }
  return result;
}

export const sameValue = (left: unknown, right: unknown) => canonical(left) === canonical(right);

/** JSON with the members of objects in order. */
function canonical(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "undefined";
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}
