/** An emulated server with everything around it that a contract test needs: keys, token endpoint, faults, clock. */
import type { DirectoryAdministration } from "../../sandbox/surroundings/directory-administration";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  installedCommand,
  observeCommand,
  pipedCommand,
  pipedStdin,
  programManifest,
} from "../../model/protocol/host-bootstrap";
import { PASSWORD_WRITEBACK_ROLES, SYNC_ROLE, SYNC_SERVICE_APP_ID } from "../../model/tenant/clouds";
import { parseAnswer } from "../../model/protocol/host-answer";
import {
  TPM_PROVIDER,
  type CertificateRequest,
  type HostAnswer,
  type HostOperation,
  type RegisterRequest,
} from "../../model/protocol/host-protocol";
import { SandboxFaults } from "../../sandbox/surroundings/faults";
import { makeKeys, readKeys, type SandboxKeys } from "../../sandbox/folder/keys";
import { EmulatedServer, type ServerExtras } from "../../sandbox/server/emulated-server";
import type { Machine } from "../../sandbox/server/machine";
import type { MachineState } from "../../sandbox/server/machine-state";
import type { DefaultShell } from "../../sandbox/server/shell";
import type { PauseRecord, Windows } from "../../sandbox/server/windows";
import { ColdPowerShell } from "../../sandbox/server/pwsh/cold";
import type { PowerShell } from "../../sandbox/server/pwsh/processes";
import { WarmPowerShell } from "../../sandbox/server/pwsh/warm";
import { execute, type ExecOutcome, type SshTarget } from "./ssh-client";
import { TokenEndpoint } from "./token-endpoint";

export const APP_ID = "11111111-2222-4333-8444-555555555555";
export const OTHER_APP_ID = "99999999-8888-4777-8666-555555555555";
export const PASSWORD_RESET_APP_ID = "93625bc8-bfe2-437a-97e0-3d0060024faa";
export const USER_NAME = "Sync_SYNC01_0123456789ab@contoso.onmicrosoft.com";

const HOST = path.resolve(__dirname, "../../host");
const SERVER = "sync01";
/** They register the restore task, which runs the installed program. */
const PAUSING: readonly HostOperation[] = ["register", "rollback", "reset-machine-identifier"];

/** An answer with what came around it. */
export interface Run<O extends HostOperation> extends ExecOutcome {
  answer: HostAnswer<O>;
}

/** Folder, keys, token endpoint and PowerShell; made once per suite, as making keys and starting PowerShell take time. */
export class ContractWorld {
  /** A process of its own for each run, with caches that they share. */
  readonly cold: PowerShell;
  readonly warm: WarmPowerShell;

  private constructor(
    readonly folder: string,
    readonly keys: SandboxKeys,
    readonly tenant: TokenEndpoint,
    readonly clock: { offset: number; now(): Date },
  ) {
    const home = path.join(folder, "home");
    this.cold = new ColdPowerShell(home);
    this.warm = new WarmPowerShell(home);
  }

  static async make(): Promise<ContractWorld> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "csi-contract-"));
    await makeKeys(path.join(folder, "keys"), [SERVER]);
    const keys = readKeys(path.join(folder, "keys"), [SERVER]);
    const clock = { offset: 0, now: () => new Date(Date.now() + clock.offset) };
    const tenant = new TokenEndpoint(keys.tls, () => clock.now());
    await tenant.listen();
    return new ContractWorld(folder, keys, tenant, clock);
  }

  async close(): Promise<void> {
    await this.warm.close();
    await this.tenant.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

export class ContractHost {
  readonly faults: SandboxFaults;
  readonly server: EmulatedServer;
  target: SshTarget;
  /** What runs the program in PowerShell. */
  powershell: PowerShell;
  /** Password accounts of the tenant, and the one administrator. */
  readonly directory = new MemoryDirectory();
  /** The waits of the host program take no time, and the clock passes instead. */
  hastened = false;
  private readonly folder: string;

  constructor(
    readonly world: ContractWorld,
    backend: "model" | "pwsh",
    shell: DefaultShell = "cmd",
  ) {
    this.folder = fs.mkdtempSync(path.join(world.folder, "server-"));
    this.powershell = world.warm;
    this.faults = new SandboxFaults(path.join(this.folder, "faults.json"));
    const keys = world.keys.hosts[SERVER];
    this.target = { port: 0, privateKey: world.keys.user.privateKey, hostKey: keys.hostKey.publicKey };
    this.server = this.makeServer(backend, shell);
    world.tenant.applications.clear();
    world.tenant.failure = null;
    world.tenant.unreplicated = 0;
    world.clock.offset = 0;
    world.tenant.add(APP_ID, { [SYNC_SERVICE_APP_ID]: [SYNC_ROLE] });
    world.tenant.add(OTHER_APP_ID, { [SYNC_SERVICE_APP_ID]: [SYNC_ROLE] });
  }

  /** The same server in a fresh process: what it remembers is on disk. */
  makeServer(backend: "model" | "pwsh", shell: DefaultShell): EmulatedServer {
    const { keys, clock } = this.world;
    return new EmulatedServer({
      name: SERVER,
      role: "active",
      folder: path.join(this.folder, "machine"),
      clock,
      faults: this.faults,
      directory: this.directory,
      hostKey: keys.hosts[SERVER].hostKey.privateKey,
      otherHostKey: keys.hosts[SERVER].otherHostKey.privateKey,
      authorizedKey: keys.user.publicKey,
      caFile: keys.caFile,
      shell,
      backend,
      wait: (seconds) => this.wait(seconds),
      powershell: { run: (call) => this.powershell.run(call) },
    });
  }

  async start(extras: Partial<ServerExtras> = {}): Promise<this> {
    const tenant = { tokenEndpoint: this.world.tenant.url, domain: "contoso.onmicrosoft.com" };
    this.server.seed({ kind: "password", userName: USER_NAME }, { tenant, ...extras });
    this.target.port = await this.server.listen(0);
    return this;
  }

  /** Lets each run start a PowerShell of its own: for a test of the start itself. */
  startCold(): void {
    this.powershell = this.world.cold;
  }

  async stop(): Promise<void> {
    await this.server.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** All that the host holds. */
  get state(): MachineState {
    return JSON.parse(fs.readFileSync(path.join(this.folder, "machine/machine.json"), "utf8")) as MachineState;
  }

  get pauseRecord(): PauseRecord | null {
    const file = path.join(this.filesRoot, "C/ProgramData/ConnectSyncIdentity/pause.json");
    return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as PauseRecord) : null;
  }

  /** What the text file for the administrator at the desktop says, null where there is none. */
  get signInText(): string | null {
    const file = path.join(this.filesRoot, "C/ProgramData/ConnectSyncIdentity/sign-in.txt");
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : null;
  }

  get filesRoot(): string {
    return path.join(this.folder, "machine/files");
  }

  /** The machine behind the emulated server. */
  get machine(): Machine {
    return (this.server as unknown as { machine: Machine }).machine;
  }

  /** Changes the host behind its back, while nothing runs on it. */
  change(mutate: (state: MachineState) => void): void {
    this.machine.change(mutate);
  }

  /** Changes the model of Windows that each following run gets. */
  changeWindows(change: (windows: Windows) => void): void {
    const server = this.server as unknown as { windows: (...args: unknown[]) => Windows };
    const make = server.windows.bind(server);
    server.windows = (...args) => {
      const windows = make(...args);
      change(windows);
      return windows;
    };
  }

  private async wait(seconds: number): Promise<void> {
    if (this.hastened) this.world.clock.offset += seconds * 1000;
    else await sleep(seconds * 1000);
  }

  /** Writes a file into the folder of the program's records. */
  leave(name: string, text: string): void {
    const folder = path.join(this.filesRoot, "C/ProgramData/ConnectSyncIdentity");
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }

  /** What is in that folder. */
  get records(): string[] {
    const folder = path.join(this.filesRoot, "C/ProgramData/ConnectSyncIdentity");
    return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  }

  /** Resolves when the scheduler is paused. */
  paused(): Promise<void> {
    const { machine } = this;
    const original = machine.setSyncCycleEnabled.bind(machine);
    return new Promise((resolve) => {
      machine.setSyncCycleEnabled = (enabled) => {
        original(enabled);
        if (!enabled) resolve();
      };
    });
  }

  /** The program's folder. */
  private get installed(): string {
    return path.join(this.filesRoot, "C/Program Files/ConnectSyncIdentity");
  }

  /** Puts the program where CopyToRemote puts it, each file changed as given; answers its hash. */
  install(change = (content: Buffer) => content): string {
    const folder = this.installed;
    fs.mkdirSync(folder, { recursive: true });
    const files = Object.fromEntries(
      ["ConnectSyncHost.ps1", "Windows.ps1"].map((name) => [name, change(fs.readFileSync(path.join(HOST, name)))]),
    );
    const manifest = programManifest(files);
    for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), content);
    fs.writeFileSync(path.join(folder, "manifest.json"), manifest.text);
    return manifest.sha256;
  }

  exec(command: string, stdin: string | null, onStderr?: (text: string) => void): Promise<ExecOutcome> {
    return execute(this.target, command, stdin, onStderr);
  }

  /** Runs an operation through the piped bootstrap, which needs nothing installed but for the restore task of a pause. */
  async run<O extends HostOperation>(
    operation: O,
    request: unknown,
    onStderr?: (text: string) => void,
  ): Promise<Run<O>> {
    if (PAUSING.includes(operation) && !fs.existsSync(this.installed)) this.install();
    const text = (name: string) => fs.readFileSync(path.join(HOST, name), "utf8");
    const json = typeof request === "string" ? request : JSON.stringify(request);
    const stdin = pipedStdin(text("Windows.ps1"), text("ConnectSyncHost.ps1"), json);
    return this.answered(operation, pipedCommand(operation), stdin, onStderr);
  }

  async runInstalled<O extends HostOperation>(operation: O, request: unknown): Promise<Run<O>> {
    return this.answered(operation, installedCommand(operation), JSON.stringify(request));
  }

  async runObserve(manifestSha256: string): Promise<Run<"observe">> {
    return this.answered("observe", observeCommand(manifestSha256), JSON.stringify(observeRequest()));
  }

  private async answered<O extends HostOperation>(
    operation: O,
    command: string,
    stdin: string,
    onStderr?: (text: string) => void,
  ): Promise<Run<O>> {
    const outcome = await this.exec(command, stdin, onStderr);
    try {
      return { ...outcome, answer: parseAnswer(operation, outcome.stdout) };
    } catch (error) {
      throw new Error(`${(error as Error).message}\nstdout: ${outcome.stdout}\nstderr: ${outcome.stderr}`);
    }
  }

  /** Makes a certificate of a generation and uploads it; answers its hash. */
  async certified(generation = 1, appId = APP_ID): Promise<string> {
    const { answer } = await this.run("ensure-certificate", certificateRequest(generation));
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    this.world.tenant.upload(appId, Buffer.from(answer.result.after.certificate, "base64"));
    return answer.result.after.sha256;
  }

  /** Makes, uploads and registers a certificate; answers its hash. */
  async registered(generation = 1): Promise<string> {
    const sha256 = await this.certified(generation);
    const { answer } = await this.run("register", this.registerRequest(sha256));
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    return sha256;
  }

  registerRequest(certificateSha256: string, changes: Partial<RegisterRequest> = {}): RegisterRequest {
    return {
      protocol: 1,
      server: SERVER,
      label: label(1),
      appId: APP_ID,
      certificateSha256,
      revision: 1,
      tokenEndpoint: this.world.tenant.url,
      requiredRoles: [{ resourceAppId: SYNC_SERVICE_APP_ID, roles: [SYNC_ROLE] }],
      allowSoftwareKey: false,
      serviceAccount: null,
      minimumVersion: "2.5.79.0",
      repairConnectivityParameters: false,
      verify: "switch",
      bounds: { replicationSeconds: 0, cycleSeconds: 1, cmdletSeconds: 10, verifySeconds: 30 },
      ...changes,
    };
  }
}

/** The directory that cmdlets about password accounts work on. */
class MemoryDirectory implements DirectoryAdministration {
  readonly accounts = new Set<string>();
  readonly administrator = { userName: "admin@contoso.onmicrosoft.com", password: 'p\u00e4ss"w$rd `1' };
  limit = 20;

  isAdministrator(userName: string, password: string): boolean {
    return userName === this.administrator.userName && password === this.administrator.password;
  }

  addSyncAccount(name: string): string | null {
    if (!this.accounts.has(name) && this.accounts.size >= this.limit)
      return `at most ${this.limit} accounts are allowed`;
    this.accounts.add(name);
    return null;
  }

  removeSyncAccount(name: string): boolean {
    return this.accounts.delete(name);
  }
}

export const WRITEBACK_ROLES = { resourceAppId: PASSWORD_RESET_APP_ID, roles: [...PASSWORD_WRITEBACK_ROLES] };

export const label = (generation: number) => `ConnectSyncIdentity dev/${SERVER} g${generation}`;

export function observeRequest(eventHours = 24) {
  return { protocol: 1, server: SERVER, labelPrefix: `ConnectSyncIdentity dev/${SERVER} `, eventHours };
}

export function certificateRequest(generation = 1, changes: Partial<CertificateRequest> = {}): CertificateRequest {
  return {
    protocol: 1,
    server: SERVER,
    label: label(generation),
    keyName: `ConnectSyncIdentity-dev-${SERVER}-g${generation}`,
    subject: `CN=${label(generation)}`,
    keyProvider: TPM_PROVIDER,
    allowSoftwareKey: false,
    keyLength: 2048,
    lifetimeDays: 365,
    serviceAccount: null,
    minimumVersion: "2.5.79.0",
    adoptSha256: null,
    ...changes,
  };
}

export function releaseRequest(certificateSha256: string, appId = APP_ID) {
  return { protocol: 1, server: SERVER, label: label(1), appId, certificateSha256 };
}
