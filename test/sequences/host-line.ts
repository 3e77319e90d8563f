/** An emulated server without SSH: the emulated host program on the machine's model, in the same process. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseBootstrap, type ProgramCall } from "../../model/protocol/host-bootstrap";
import { MANIFEST_FILE, PROGRAM_FILES, PROGRAM_FOLDER } from "../../model/protocol/host-protocol";
import type { HostProgramFiles } from "../../remote/host-program-files";
import type { DirectoryAdministration } from "../../sandbox/surroundings/directory-administration";
import { DATA_FOLDER } from "../../sandbox/server/host-files";
import { Machine } from "../../sandbox/server/machine";
import { accessList, findKey, keyFilePath } from "../../sandbox/server/machine-keys";
import { OperationFaults } from "../../sandbox/server/operation-faults";
import { runModel, type ProgramResult } from "../../sandbox/server/program-runner";
import { startedBy } from "../../sandbox/server/shell";
import { WindowsError } from "../../sandbox/server/windows";
import type { WindowsModelOptions } from "../../sandbox/server/windows-base";
import { WindowsModel } from "../../sandbox/server/windows-model";
import type { FormAnswer } from "../../sandbox/server/token-client";
import type { SandboxFaults } from "../../sandbox/surroundings/faults";
import { keepInMemory, type MemoryDocument, type StillClock } from "./memory";
import { throwAwayKey } from "./throw-away-keys";
import { skip } from "./virtual-time";

export interface HostLineOptions {
  name: string;
  folder: string;
  clock: StillClock;
  faults: SandboxFaults;
  directory: DirectoryAdministration;
  post: (url: string, form: Record<string, string>) => Promise<FormAnswer>;
  /** Resolves once the background work has ended. */
  settled: () => Promise<void>;
}

/** One command that a host received, and its result. */
export interface Exchange {
  server: string;
  operation: string;
  stdin: string;
  /** Null if the program was killed. */
  result: ProgramResult | null;
  before: string;
  after: string;
}

const PROBE_BYTES = 32;
const NOTE = "signature of ";

/** Windows in a sequence: keys from the pool, waits that take no time, the tenant in the same process. */
class SequenceWindows extends WindowsModel {
  constructor(
    options: WindowsModelOptions,
    private readonly line: HostLine,
  ) {
    super(options);
  }

  override async newCertificate(args: Parameters<WindowsModel["newCertificate"]>[0]) {
    const { machine } = this.line;
    const known = findKey(machine, args.keyName, args.keyProvider);
    if (!known) {
      // Created here, found by name there; deleted again if no certificate resulted.
      machine.change((state) =>
        state.keys.push({
          name: args.keyName,
          provider: args.keyProvider,
          file: keyFilePath(args.keyName, args.keyProvider),
          privateKey: throwAwayKey(machine),
          dead: null,
          access: accessList(machine, []),
        }),
      );
    }
    try {
      return await super.newCertificate(args);
    } catch (error) {
      if (!known) machine.change((state) => void state.keys.pop());
      throw error;
    }
  }

  /**
   * The probe of a key is 32 random bytes, and most of what is signed: here the key is opened as usual, and the
   * signature is a note with its name. Client assertions are longer and really signed.
   */
  override sign(certificateSha256: string, data: string): string {
    if (Buffer.from(data, "base64").length !== PROBE_BYTES) return super.sign(certificateSha256, data);
    const { problem } = this.getKey(certificateSha256);
    if (problem !== null) throw new WindowsError("failed", problem);
    const salt = this.line.options.faults.holds(this.line.options.name, "pss-salt") ? "another salt" : "";
    return Buffer.from(`${NOTE}${certificateSha256} ${data} ${salt}`).toString("base64");
  }

  override verify(certificateSha256: string, data: string, signature: string): boolean {
    const note = Buffer.from(signature, "base64").toString("utf8");
    if (!note.startsWith(NOTE)) return super.verify(certificateSha256, data, signature);
    return note === `${NOTE}${certificateSha256} ${data} `;
  }

  override postForm(url: string, form: Record<string, string>) {
    return this.line.options.post(url, form);
  }

  override async wait(seconds: number): Promise<void> {
    await this.line.options.settled();
    await this.line.pass(seconds);
  }
}

/** How a connection or a command ends, as the command plugin would report it. */
export class LineError extends Error {}

export class HostLine {
  readonly machine: Machine;
  /** The machine's state, as it was last written. */
  readonly document: MemoryDocument<unknown>;
  readonly exchanges: Exchange[] = [];
  /** A program ended with the lock, and none has taken it since. */
  lockAbandoned = false;
  /** The installed program, until its files change: reading and hashing it takes longer than most operations. */
  private program: { sha256: string | null; problem: string | null } | undefined;
  private readonly records: string;

  constructor(readonly options: HostLineOptions) {
    this.machine = new Machine(options.folder);
    this.document = keepInMemory(this.machine);
    const { files } = this.machine;
    const read = files.installedProgram.bind(files);
    Object.assign(files, { installedProgram: () => (this.program ??= read()) });
    this.records = files.local(DATA_FOLDER);
  }

  /** The program's files were changed: they are read again. */
  touchProgram(): void {
    this.program = undefined;
  }

  /** Everything that the server stores, as text. */
  snapshot(): string {
    const records = fs.existsSync(this.records)
      ? fs.readdirSync(this.records).map((file) => fs.readFileSync(path.join(this.records, file), "utf8"))
      : [];
    return JSON.stringify([this.document.text, records, this.machine.files.installedProgram().sha256]);
  }

  /** @throws LineError if the connection fails */
  connect(): void {
    const { faults, name } = this.options;
    for (const fault of ["unreachable", "host-key", "ssh-key"]) {
      if (faults.strikes(name, fault)) throw new LineError(`${name}: ssh: handshake failed (${fault})`);
    }
  }

  /** Runs a command line. @throws LineError if the session is lost */
  async run(command: string, stdin: string): Promise<ProgramResult> {
    this.connect();
    const call = startedBy(command, "cmd");
    let lost = false;
    const before = this.snapshot();
    const result = await this.runCall(call, stdin, () => (lost = true));
    await this.options.settled();
    await this.letCycleEnd();
    const { name } = this.options;
    const bootstrap = parseBootstrap(call);
    if (bootstrap?.kind === "remove-program") this.touchProgram();
    const operation = bootstrap?.operation ?? bootstrap?.kind ?? "unknown";
    this.exchanges.push({ server: name, operation, stdin, result, before, after: this.snapshot() });
    if (lost || result === null) throw new LineError(`${name}: EOF`);
    return result;
  }

  private async runCall(call: ProgramCall, stdin: string, dropSession: () => void): Promise<ProgramResult | null> {
    const { machine, options } = this;
    const { clock, name, directory } = options;
    const faults = new OperationFaults(options.faults, name);
    let killed = (): void => undefined;
    const death = new Promise<null>((resolve) => (killed = () => resolve(null)));
    const windows = new SequenceWindows(
      {
        machine,
        clock,
        faults,
        directory,
        user: "Administrator",
        caFile: "",
        dropSession,
        killProgram: () => killed(),
      },
      this,
    );
    const signal = new AbortController().signal;
    const stderr = () => undefined;
    const run = runModel({ call, policy: "RemoteSigned", stdin, windows, files: machine.files, stderr, signal });
    const result = await Promise.race([run, death]);
    if (result === null) {
      machine.abandonLock(windows);
      this.lockAbandoned = true;
    } else {
      windows.exitLock();
      this.lockAbandoned &&= machine.state.lockHolder !== null;
    }
    return result;
  }

  /** Time passes during a wait. */
  async pass(seconds: number): Promise<void> {
    this.options.clock.advance(seconds);
    skip(seconds);
    await this.options.settled();
  }

  /** Lets a background cycle end; a stuck one remains. */
  async letCycleEnd(): Promise<void> {
    const { cycle } = this.machine;
    if (!cycle || this.options.faults.holds(this.options.name, "cycle-stuck")) return;
    await this.options.settled();
    await this.pass(1);
    await cycle.ended;
  }

  /** Emulates CopyToRemote. */
  install(files: HostProgramFiles): void {
    this.connect();
    const { faults, name } = this.options;
    if (faults.strikes(name, "disk-full")) throw new LineError(`${name}: there is not enough space on the disk`);
    const folder = this.machine.files.local(PROGRAM_FOLDER);
    fs.mkdirSync(folder, { recursive: true });
    for (const file of [...PROGRAM_FILES, MANIFEST_FILE]) {
      fs.copyFileSync(path.join(files.folder, file), path.join(folder, file));
    }
    this.touchProgram();
  }
}
