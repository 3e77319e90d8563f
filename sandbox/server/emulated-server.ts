/** One emulated Entra Connect server: the machine with its SSH server, and what runs the host program on it. */
import { createHash } from "node:crypto";
import * as path from "node:path";
import type { ServerStatus } from "./server-status";
import { Journal } from "./journal";
import { HOSTILE_TEXT } from "./hostile-answer";
import { keyOf } from "./machine-certificates";
import { connectorSignIn, type SignInAttempt } from "./machine-sign-in";
import { legacyAccountName } from "./program/accounts";
import { OptionalFacts } from "./program/optional-facts";
import { tryKey } from "./program/certificates";
import { readSignIn, readUnverified } from "./program/observe";
import { restore } from "./program/restore";
import { readScheduler, runRestoreTask } from "./machine-scheduler";
import { newMachineState, type InitialIdentity, type MachineSeed, type MachineTenant } from "./machine-state";
import { OperationFaults } from "./operation-faults";
import type { PowerShell } from "./pwsh/processes";
import {
  fileNotFound,
  journalEntry,
  runModel,
  runPowerShell,
  startedAfter,
  type ProgramResult,
  type ProgramRunner,
} from "./program-runner";
import {
  parseBootstrap,
  PROGRAM_PATH,
  SHORT_PROGRAM_PATH,
  type ProgramCall,
} from "../../model/protocol/host-bootstrap";
import { ServerInUse, type ServerInUseOptions } from "./server-in-use";
import { ShellError, startedBy, type DefaultShell } from "./shell";
import { RudeAnswers } from "./rude-answer";
import { SshServer, type ExecRequest, type SessionSpan } from "./ssh-server";
import { WindowsModel } from "./windows-model";

export interface EmulatedServerOptions extends ServerInUseOptions {
  role: "active" | "staging";
  /** Private host key, OpenSSH or PEM. */
  hostKey: string;
  /** The key that is presented while the fault `host-key` is set. */
  otherHostKey: string;
  /** The one public key that may log in, as a line of authorized_keys. */
  authorizedKey: string;
  shell: DefaultShell;
  backend: "model" | "pwsh";
  /** Seconds that PowerShell needs before the program begins. @default 0 */
  startSeconds?: number;
  /** Replaces the waits of the host program. @default it waits */
  wait?: (seconds: number) => Promise<void>;
  /** What runs the backend `pwsh`. @default a process for each run */
  powershell?: PowerShell;
}

/** The settings of a new server beyond its identity. */
export interface ServerExtras extends Pick<
  MachineSeed,
  "version" | "serviceAccount" | "passwordWriteback" | "machineIdentifier"
> {
  /** The token endpoint of the emulated tenant, and its domain. */
  tenant: MachineTenant;
}

/**
 * What a real host prints around an answer: a banner on stdout and, if an encoded command sets no output format,
 * records on stderr.
 */
const BANNER = "WARNING: emulated Entra Connect server of the sandbox\r\n";
const CLIXML =
  '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"></Objs>\r\n';

/** Entries of the run history that a status shows. */
const SHOWN_RUNS = 10;

export class EmulatedServer extends ServerInUse<EmulatedServerOptions> {
  private readonly journal: Journal;
  private readonly ssh: SshServer;
  private readonly run: ProgramRunner;
  private readonly rude = new RudeAnswers(
    (fault) => this.newFaults().holds(fault),
    () => this.options.clock.now(),
  );

  constructor(options: EmulatedServerOptions) {
    super(options);
    this.journal = new Journal(path.join(options.folder, "journal.json"));
    const run = options.backend === "pwsh" ? runPowerShell : runModel;
    this.run = options.startSeconds ? startedAfter(options.startSeconds, run) : run;
    this.ssh = new SshServer({
      hostKey: options.hostKey,
      otherHostKey: options.otherHostKey,
      authorizedKey: options.authorizedKey,
      files: this.machine.files,
      newFaults: () => this.newFaults(),
      exec: (request) => this.exec(request),
    });
  }

  get seeded(): boolean {
    return this.machine.seeded;
  }

  /** SSH logins since this process began. */
  get sshSessions(): number {
    return this.ssh.spans.length;
  }

  /** When each of them began and ended. */
  get sshSpans(): readonly SessionSpan[] {
    return this.ssh.spans;
  }

  /** Seconds for which the scheduler was paused since this process began. */
  get pausedSeconds(): number {
    return this.machine.pausedSeconds;
  }

  /** Runs of a switching cmdlet since this process began, and their total seconds. */
  get switches(): { count: number; seconds: number } {
    const spans = this.machine.switches;
    return { count: spans.length, seconds: spans.reduce((sum, { begin, end }) => sum + (end - begin) / 1000, 0) };
  }

  /** When each of them began and ended. */
  get switchSpans(): readonly SessionSpan[] {
    return this.machine.switches;
  }

  /** The sync service signs in with the connector's current credential; see {@link connectorSignIn}. */
  connectorSignIn(): Promise<SignInAttempt | null> {
    return connectorSignIn({ machine: this.machine, now: this.options.clock.now(), caFile: this.options.caFile });
  }

  /** Recreates the server. */
  seed(initial: InitialIdentity, extras: ServerExtras): void {
    const { name, role, clock } = this.options;
    const initialCertificateSha256 =
      initial.kind === "managed" ? createHash("sha256").update(initial.certificateDer).digest("hex") : null;
    this.machine.seed(newMachineState({ name, role, initial, initialCertificateSha256, now: clock.now(), ...extras }));
    this.machine.pauseRecord.remove();
    for (const name of ["sign-in", "verification"] as const) this.machine.switchRecord(name).remove();
    this.journal.clear();
  }

  /** Starts to listen on 127.0.0.1; returns the port. */
  listen(port: number): Promise<number> {
    return this.ssh.listen(port);
  }

  /** Waits for running operations on the host, then closes; stops a stuck cycle, because it would never end. */
  async close(): Promise<void> {
    this.machine.cycle?.stop();
    await this.ssh.close();
    this.machine.cycle?.stop();
    await this.machine.cycle?.ended;
  }

  /** The server's content according to its state, regardless of faults. Journal: "register ok", "register <code>". */
  describe(): ServerStatus {
    const { state } = this.machine;
    const windows = this.windows("sandbox", NO_FAULTS);
    const facts = new OptionalFacts();
    const { identityType, appId, certificateSha256, parameters } = state.connector;
    return {
      name: this.options.name,
      role: this.options.role,
      version: state.version,
      connector: { identityType, appId, certificateSha256, parameters: { ...parameters } },
      certificates: state.certificates.map((entry) => {
        const key = keyOf(this.machine, entry);
        return {
          sha256: entry.sha256,
          friendlyName: entry.label,
          notAfter: entry.notAfter,
          keyProvider: key?.provider ?? null,
          keyUsable: tryKey(windows, entry.sha256) === null,
          acl: key ? structuredClone(key.access) : null,
        };
      }),
      scheduler: readScheduler(this.machine, this.options.clock.now()),
      program: { sha256: this.machine.files.installedProgram().sha256 },
      runHistory: state.runHistory.slice(-SHOWN_RUNS),
      signIn: facts.read("signIn", () => readSignIn(windows, state.connector), null),
      unverified: facts.read("unverified", () => readUnverified(windows, state.connector), null),
      legacyAccountName: facts.read("legacyAccountName", () => legacyAccountName(windows), null),
      journal: [...this.journal.list()],
    };
  }

  /** The scheduler starts a delta cycle. */
  startDeltaCycle(): void {
    this.windows("sandbox", this.newFaults()).startSyncCycle();
  }

  /** Runs scheduled tasks that are due; called when the sandbox starts. */
  runDueTasks(): void {
    if (runRestoreTask(this.machine, this.options.clock.now())) this.journal.add("restore-task ok");
  }

  /** The restore task runs once, now: the program's operation restore, with the rights of SYSTEM. Returns its exit code. */
  async runRestore(): Promise<number> {
    const windows = this.windows("SYSTEM", this.newFaults());
    if (this.options.backend === "model") return (await restore(windows)) ? 0 : 4;
    const { runUnderPwsh } = await import("./pwsh/runner");
    const { powershell } = this.options;
    const filesRoot = this.machine.files.root;
    const call = { file: PROGRAM_PATH, args: ["-Operation", "restore"] };
    const run = { call, policy: "RemoteSigned", stdin: "", windows, filesRoot, powershell };
    const result = await runUnderPwsh(run);
    return result.exitCode;
  }

  private windows(user: string, faults: OperationFaults, hooks = NO_HOOKS): WindowsModel {
    const { clock, caFile, directory, wait } = this.options;
    return new WindowsModel({ machine: this.machine, clock, faults, user, caFile, directory, wait, ...hooks });
  }

  /** One command line: the default shell parses it, then the bootstrap runs, with noise around the answer. */
  private async exec(request: ExecRequest): Promise<ProgramResult> {
    let call: ProgramCall;
    try {
      call = startedBy(request.command, this.options.shell);
    } catch (error) {
      if (!(error instanceof ShellError)) throw error;
      return { stdout: "", stderr: `${error.message}\n`, exitCode: 1 };
    }
    let progress =
      / -EncodedCommand /.test(request.command) && !/ -OutputFormat Text /.test(request.command) ? CLIXML : "";
    request.stderr(progress);
    const stderr = (text: string) => {
      request.stderr(text);
      progress += text;
    };
    const ran = await this.runCall(call, { ...request, stderr });
    if (request.faults.holds("hostile-texts")) stderr(`${HOSTILE_TEXT}\n`);
    const result = ran && this.rude.of(ran);
    this.journal.add(journalEntry(call, result && { ...result, stderr: progress + result.stderr }));
    if (result === null) return { stdout: BANNER, stderr: "", exitCode: 1 };
    return { ...result, stdout: BANNER + result.stdout };
  }

  /** Runs a bootstrap; null if the program was killed. */
  private async runCall(call: ProgramCall, request: ExecRequest): Promise<ProgramResult | null> {
    const killer = new AbortController();
    const killed = new Promise<null>((resolve) => killer.signal.addEventListener("abort", () => resolve(null)));
    const hooks = { dropSession: request.dropSession, killProgram: () => killer.abort() };
    const windows = this.windows(request.user, request.faults, hooks);
    const stdin = parseBootstrap(call)?.kind === "remove-program" ? "" : await request.stdin();
    if ("file" in call && call.file === SHORT_PROGRAM_PATH && request.faults.strikes("no-short-names")) {
      return fileNotFound(call.file);
    }
    const { powershell } = this.options;
    const { stderr } = request;
    const { files } = this.machine;
    const policy = request.faults.strikes("all-signed") ? "AllSigned" : "RemoteSigned";
    const run = this.run({ call, policy, stdin, windows, files, powershell, stderr, signal: killer.signal });
    const result = await Promise.race([run, killed]);
    if (result === null) {
      run.catch(() => undefined);
      this.machine.abandonLock(windows);
    } else {
      windows.exitLock();
    }
    return result;
  }
}

const NO_FAULTS = new OperationFaults({ holds: () => false, strikes: () => false }, "");
const NO_HOOKS = { dropSession: () => undefined as void, killProgram: () => undefined as void };
