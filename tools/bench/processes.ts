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
  /** Processor time of user and system, in seconds; what a process used after it was last seen is missing. */
  cpuSeconds: number;
  /** The sum of the largest resident sizes, in bytes. */
  peakBytes: number;
}

interface Seen {
  parent: number;
  command: string;
  ticks: number;
  peakBytes: number;
}

const EVERY_MILLISECONDS = 25;
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
      const use = uses.get(kind) ?? { kind, cpuSeconds: 0, peakBytes: 0 };
      uses.set(kind, {
        kind,
        cpuSeconds: use.cpuSeconds + ticks / TICKS_A_SECOND,
        peakBytes: use.peakBytes + peakBytes,
      });
    }
    return [...uses.values()];
  }

  private look(): void {
    const now = new Map<number, Seen>();
    for (const name of this.list()) {
      const found = this.read(name);
      if (found) now.set(Number(name), found);
    }
    for (const [id, found] of now) {
      // One whose parent has ended belongs to init, and still counts.
      if (this.seen.has(id) || isBelow(now, found))
        this.seen.set(id, { ...found, peakBytes: Math.max(found.peakBytes, this.peakOf(id)) });
    }
  }

  private list(): string[] {
    try {
      return fs.readdirSync(this.proc).filter((name) => /^\d+$/.test(name));
    } catch {
      return [];
    }
  }

  /** A process that has ended still counts with what it had when it was last seen. */
  private peakOf(id: number): number {
    return this.seen.get(id)?.peakBytes ?? 0;
  }

  /** Undefined for one that has ended meanwhile. */
  private read(name: string): Seen | undefined {
    try {
      const read = (file: string) => fs.readFileSync(`${this.proc}/${name}/${file}`, "utf8");
      const stat = read("stat");
      // The name in brackets may hold spaces; after it come state, parent and the numbered fields 5 and on.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const command = read("cmdline").replaceAll("\0", " ").trim();
      const peak = /^VmHWM:\s+(\d+) kB$/m.exec(read("status"));
      return {
        parent: Number(fields[1]),
        // Of one that has ended, and of some programs, only the name can be read.
        command:
          command || this.seen.get(Number(name))?.command || stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")),
        ticks: Number(fields[11]) + Number(fields[12]),
        peakBytes: peak ? Number(peak[1]) * 1024 : 0,
      };
    } catch {
      return undefined;
    }
  }
}

/** Whether this process started it, or one that did. */
function isBelow(all: ReadonlyMap<number, Seen>, found: Seen): boolean {
  for (let one: Seen | undefined = found; one; one = all.get(one.parent)) {
    if (one.parent === process.pid) return true;
  }
  return false;
}
