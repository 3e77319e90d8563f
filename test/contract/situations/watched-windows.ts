/** What a run does to Windows, call by call, and changed answers of Windows. */
import type { PauseRecord, SwitchRecord, Windows } from "../../../sandbox/server/windows";
import { APP_ID, type ContractHost } from "../contract-host";

/** Methods that answer in another way; each gets the real one. */
export type Changes = { [Method in keyof Windows]?: (real: Windows[Method]) => Windows[Method] };

/** The methods that change something or wait, and how each call of theirs is listed. */
const EFFECTS: Partial<Record<keyof Windows, (...args: never[]) => string>> = {
  setSyncCycleEnabled: (enabled: boolean) => `scheduler ${enabled ? "on" : "off"}`,
  writePauseRecord: ({ operation, server, startedAt, deadline, syncCycleEnabled }: PauseRecord) =>
    `pause record: ${operation} of ${server}, ${seconds(startedAt, deadline)} s, ${syncCycleEnabled ? "on" : "off"}`,
  removePauseRecord: () => "no pause record",
  registerRestoreTask: () => "restore task",
  proveRestoreTask: () => "proof",
  unregisterRestoreTask: () => "no restore task",
  invokeRegistration: (appId: string, sha256: string, bound: number) => `link ${appId} ${sha256} ${bound} s`,
  invokeRotation: (sha256: string, bound: number) => `rotate ${sha256} ${bound} s`,
  invokeRollback: (name: string, _credential: unknown, bound: number) => `roll back to ${name} ${bound} s`,
  invokeLegacyAccountRemoval: (name: string, _credential: unknown, bound: number) => `remove ${name} ${bound} s`,
  setMachineIdentifier: (identifier: string) => `identifier ${identifier}`,
  stopService: (bound: number) => `stop service ${bound} s`,
  startService: (bound: number) => `start service ${bound} s`,
  repairConnectorParameters: () => "repair",
  startSyncCycle: () => "start cycle",
  writeSwitchRecord: (name: string, { appId, certificateSha256, command }: SwitchRecord) =>
    [`remember ${name}`, appId, certificateSha256, command ?? []].flat().join(" "),
  removeSwitchRecord: (name: string) => `forget ${name}`,
  newCertificate: () => "make certificate",
  removeCertificateByHash: (sha256: string) => `remove certificate ${sha256}`,
  removeKey: (name: string) => `remove key ${name}`,
  setKeyAccess: () => "set access",
  removeProgramFile: (name: string) => `remove file ${name}`,
  enterLock: (operation: string) => `lock ${operation}`,
  wait: (bound: number) => `wait ${bound}`,
};

const seconds = (from: string, to: string) => (new Date(to).getTime() - new Date(from).getTime()) / 1000;

/** The effects of the runs that follow, in order; their waits take no time. */
export class WatchedWindows {
  private readonly calls: string[] = [];
  /** The deadline of the last pause record, and that of the restore task. */
  readonly deadlines: { record: string | null; task: string | null } = { record: null, task: null };

  constructor(host: ContractHost, changes: Changes) {
    host.changeWindows((windows) => {
      for (const method of Object.keys({ ...EFFECTS, ...changes }) as (keyof Windows)[]) {
        this.watch(windows, method, changes);
      }
    });
  }

  private watch<Method extends keyof Windows>(windows: Windows, method: Method, changes: Changes): void {
    const real = (method === "wait" ? async () => undefined : windows[method].bind(windows)) as Windows[Method];
    const changed = (changes[method] as ((real: Windows[Method]) => Windows[Method]) | undefined)?.(real) ?? real;
    const effect = EFFECTS[method] as ((...args: unknown[]) => string) | undefined;
    const watched = (...args: unknown[]): unknown => {
      if (effect) this.calls.push(effect(...args));
      const answer = (changed as (...args: unknown[]) => unknown)(...args);
      if (method === "writePauseRecord") this.deadlines.record = (args[0] as PauseRecord).deadline;
      if (method === "registerRestoreTask") this.deadlines.task = args[0] as string;
      return answer;
    };
    windows[method] = watched as Windows[Method];
  }

  /** Every effect but the lock; equal ones in a row are one line with their number. */
  effects(names: Record<string, string>): string[] {
    const lines: { text: string; count: number }[] = [];
    for (const call of this.calls) {
      if (call.startsWith("lock ")) continue;
      const named = Object.entries(names).reduce((rest, [name, value]) => rest.replaceAll(value, name), call);
      const text = named.replace(/\b[0-9a-f]{64}\b/g, "<made>");
      const last = lines.at(-1);
      if (last?.text === text) last.count += 1;
      else lines.push({ text, count: 1 });
    }
    return lines.map(({ text, count }) => (count === 1 ? text : `${text}, ${count} times`));
  }

  /** Whether a run took the host's lock. */
  get locked(): boolean {
    return this.calls.some((call) => call.startsWith("lock "));
  }
}

/** Names of what a list of effects repeats. */
export const effectNames = (facts: { sha256: string; old: string }): Record<string, string> => ({
  "<new>": facts.sha256,
  "<old>": facts.old,
  "<app>": APP_ID,
});
