/** What the processes of a run cost: processor time and memory, read from /proc, so on Linux only. */
import * as fs from "node:fs";

/** The parts of a run, by what their command line holds; the first that fits counts. */
const KINDS = [
  ["the program", /@pulumi\/pulumi\/cmd\/run/],
  ["own resources", /cmd\/dynamic-provider|pulumi-resource-connect-sync-identity/],
  ["azuread", /pulumi-resource-azuread|launcher\.js azuread/],
  ["command", /pulumi-resource-command|launcher\.js command/],
  ["language host", /pulumi-language-/],
  ["engine", /(^|\/)pulumi( |$)/],
] as const;

export type ProcessKind = (typeof KINDS)[number][0] | "others";

/** Of all processes of one kind. */
export interface ProcessUse {
  kind: ProcessKind;
  /** How many processes. */
  count: number;
  /** Processor time of user and system, in seconds; what a process used after it was last seen is missing. */
  cpuSeconds: number;
  /** The sum of the largest resident sizes, in bytes. */
  peakBytes: number;
}

interface Stat {
  parent: number;
  /** As the kernel shortens it. */
  name: string;
  ticks: number;
}

interface Seen {
  command: string;
  ticks: number;
  peakBytes: number;
}

/** Times and sizes only grow, so a look now and then is enough, and takes no time from what is measured. */
const EVERY_MILLISECONDS = 50;
/** USER_HZ: the same on every Linux that Node.js runs on. */
const TICKS_A_SECOND = 100;

export class ProcessWatch {
  private readonly seen = new Map<number, Seen>();
  private readonly timer: NodeJS.Timeout;

  /** Watches what this process starts, from now on. */
  constructor(private readonly proc = "/proc") {
    this.look();
    this.timer = setInterval(() => this.look(), EVERY_MILLISECONDS);
  }

  /** @returns null where there is no /proc */
  stop(): ProcessUse[] | null {
    this.look();
    clearInterval(this.timer);
    if (!fs.existsSync(this.proc)) return null;
    const uses = new Map<ProcessKind, ProcessUse>();
    for (const { command, ticks, peakBytes } of this.seen.values()) {
      const kind = KINDS.find(([, pattern]) => pattern.test(command))?.[0] ?? "others";
      const use = uses.get(kind) ?? { kind, count: 0, cpuSeconds: 0, peakBytes: 0 };
      uses.set(kind, {
        kind,
        count: use.count + 1,
        cpuSeconds: use.cpuSeconds + ticks / TICKS_A_SECOND,
        peakBytes: use.peakBytes + peakBytes,
      });
    }
    return [...uses.values()];
  }

  private look(): void {
    const now = new Map<number, Stat>();
    for (const id of this.list()) {
      const stat = this.stat(id);
      if (stat) now.set(id, stat);
    }
    for (const [id, stat] of now) {
      // One whose parent has ended belongs to init, and still counts.
      const before = this.seen.get(id);
      const found = (before ?? isBelow(now, stat)) ? this.read(id, stat, before) : undefined;
      if (found) this.seen.set(id, found);
    }
  }

  private list(): number[] {
    try {
      return fs
        .readdirSync(this.proc)
        .filter((name) => /^\d+$/.test(name))
        .map(Number);
    } catch {
      return [];
    }
  }

  private file(id: number, name: string): string {
    return fs.readFileSync(`${this.proc}/${id}/${name}`, "utf8");
  }

  /** Undefined for one that has ended meanwhile. */
  private stat(id: number): Stat | undefined {
    try {
      const text = this.file(id, "stat");
      const end = text.lastIndexOf(")");
      // The name in brackets may hold spaces; after it come state, parent and the numbered fields 5 and on.
      const fields = text.slice(end + 2).split(" ");
      const ticks = Number(fields[11]) + Number(fields[12]);
      return { parent: Number(fields[1]), name: text.slice(text.indexOf("(") + 1, end), ticks };
    } catch {
      return undefined;
    }
  }

  /** Undefined for one that has ended meanwhile: it counts with what it had when it was last seen. */
  private read(id: number, { name, ticks }: Stat, before: Seen | undefined): Seen | undefined {
    try {
      const command = this.file(id, "cmdline").replaceAll("\0", " ").trim();
      const peak = /^VmHWM:\s+(\d+) kB$/m.exec(this.file(id, "status"));
      return {
        // Of one that has ended, and of some programs, only the name can be read.
        command: command || before?.command || name,
        ticks,
        peakBytes: Math.max(peak ? Number(peak[1]) * 1024 : 0, before?.peakBytes ?? 0),
      };
    } catch {
      return undefined;
    }
  }
}

/** Whether this process started it, or one that did. */
function isBelow(all: ReadonlyMap<number, Stat>, found: Stat): boolean {
  for (let one: Stat | undefined = found; one; one = all.get(one.parent)) {
    if (one.parent === process.pid) return true;
  }
  return false;
}
