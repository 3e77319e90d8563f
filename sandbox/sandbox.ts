/**
 * The sandbox as one thing: tenant, sync servers, agent, and Pulumi pointed at them. Long: one order of start and end.
 */
import * as fs from "node:fs";
import { labelPrefix } from "../model/server/labels";
import { SshAgent } from "./agent/ssh-agent";
import { breakServer, breakTenant, declaredApplication, TENANT_NAME } from "./world/breaks";
import { SandboxClock } from "./surroundings/clock";
import { STACK } from "../console/sandbox-stack";
import { pulumiVariables, sandboxVariables } from "./engine/environment";
import { SandboxFaults } from "./surroundings/faults";
import { projectFolder, SandboxFolder } from "./folder/folder";
import { chooseHostBackend, describeHostBackend, type HostBackend } from "./world/host-backend";
import { readKeys, type SandboxKeys } from "./folder/keys";
import { SandboxLock } from "./folder/lock";
import { Listeners, type Distance } from "./world/listeners";
import { makeSandbox } from "./world/make-sandbox";
import { endOrphan } from "../console/processes/orphan";
import { makeBastion, makeServers, makeTenant } from "./world/build-parts";
import { checkName, CommandError } from "../console/errors";
import { PulumiRunner } from "./engine/pulumi-runner";
import type { PulumiResult, PulumiStdio } from "../console/processes/pulumi-process";
import { sandboxLine, startLine } from "../console/own-command";
import type { Bastion } from "./server/bastion";
import type { EmulatedServer } from "./server/emulated-server";
import { declareServers, readSettings, SERVERS, type Settings } from "./folder/settings";
import type { SandboxStatus } from "./world/status";
import { StoreAdministration } from "./tenant/administration";
import type { SandboxCloud } from "./tenant/cloud-names";
import type { Tenant } from "./tenant/tenant";
import { childEnvironment, removeToolchain, type Toolchain } from "./toolchain";
import { printError } from "../console/output";

export interface OpenOptions {
  /** @default SANDBOX_FOLDER, else .sandbox in the project's folder */
  folder?: string;
  /** The command of this process, shown to processes that wait for the lock: "npm start". */
  command: string;
  /** Announcements, one line each. @default stderr */
  log?: (line: string) => void;
  /** The Pulumi project that is run. @default SANDBOX_PROJECT, else the repository */
  projectFolder?: string;
  /** Number of servers in a new folder; an existing folder keeps its servers. @default 2 */
  serverCount?: number;
  /** The cloud of a new folder's tenant; an existing folder stays in its own. @default "global" */
  cloud?: SandboxCloud;
  /** How long to wait for another command that holds the folder, in seconds. @default 10 */
  waitSeconds?: number;
  /** How far away and how slow tenant and servers are. @default on this machine, and not slowed down */
  distance?: Distance;
  /** How many role assignments Graph puts on a page at most. @default few, so that there are several pages */
  assignmentsOnPage?: number;
}

/** Called at the beginning of each stage of {@link Sandbox.start}. */
export type StageListener = (stage: "toolchain" | "tenant" | "servers") => void;

export class Sandbox {
  readonly clock: SandboxClock;
  readonly faults: SandboxFaults;
  readonly tenant: Tenant;
  /** By name. */
  readonly servers: Readonly<Record<string, EmulatedServer>>;
  readonly bastion: Bastion;
  /** The program that answers on the servers. */
  readonly backend: HostBackend;
  private readonly agent: SshAgent;
  private readonly runner: PulumiRunner;
  private readonly listeners: Listeners;
  private readonly onExit = () => fs.rmSync(this.folder.agentFolder, { recursive: true, force: true });

  private constructor(
    readonly folder: SandboxFolder,
    private readonly lock: SandboxLock,
    private readonly options: OpenOptions & { log: (line: string) => void },
    readonly settings: Settings,
    private readonly keys: SandboxKeys,
  ) {
    this.clock = new SandboxClock(folder.clockFile);
    this.faults = new SandboxFaults(folder.faultsFile);
    const parts = { folder, keys, clock: this.clock, faults: this.faults };
    this.tenant = makeTenant(parts, options);
    this.backend = chooseHostBackend();
    const directory = new StoreAdministration(this.tenant.store);
    const startSeconds = options.distance?.powershellSeconds;
    this.servers = makeServers({ ...parts, directory, backend: this.backend, servers: settings.servers, startSeconds });
    this.bastion = makeBastion(parts, Object.values(settings.ports.servers));
    this.listeners = new Listeners(options.distance);
    this.agent = new SshAgent(keys.user.privateKey);
    this.runner = new PulumiRunner(folder, options.projectFolder ?? projectFolder(), options.log);
  }

  /**
   * Takes the folder's lock, creates what is missing, and runs the scheduled tasks that are due.
   *
   * @throws LockedError if another command holds the folder
   */
  static async open(options: OpenOptions): Promise<Sandbox> {
    const { folder, lock } = await takeFolder(options);
    const log = options.log ?? printError;
    try {
      const declared = options.serverCount === undefined ? SERVERS : declareServers(options.serverCount);
      if (readSettings(folder.settingsFile) === null) await makeSandbox(folder, declared, options.cloud ?? "global");
      const settings = readSettings(folder.settingsFile)!;
      refuseOtherCloud(settings, options.cloud);
      const keys = readKeys(folder.keys, serverNames(settings));
      const sandbox = new Sandbox(folder, lock, { ...options, log }, settings, keys);
      for (const server of Object.values(sandbox.servers)) server.runDueTasks();
      return sandbox;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /**
   * Recreates tenant, servers, keys, clock, faults and the stack's state. Works on a folder that is no longer readable.
   *
   * @throws LockedError if another command holds the folder
   */
  static async reset(options: FolderOptions): Promise<void> {
    await withFolder(options, (folder) => makeSandbox(folder, SERVERS, cloudOf(folder)));
  }

  /**
   * Removes the sandbox's data, and the toolchains that were installed or built for it.
   *
   * @returns what was freed, in bytes
   */
  static async clean(options: FolderOptions): Promise<{ folder: string; folderBytes: number; toolchainBytes: number }> {
    return withFolder(options, (folder) => {
      const folderBytes = folder.size();
      folder.wipe();
      return { folder: folder.root, folderBytes, toolchainBytes: removeToolchain() };
    });
  }

  /** Starts toolchain, tenant, servers and agent. */
  async start(onStage: StageListener = () => undefined): Promise<void> {
    onStage("toolchain");
    await this.runner.prepare();
    await this.listen(onStage);
  }

  /** Starts tenant, servers and agent only. */
  async listen(onStage: StageListener = () => undefined): Promise<void> {
    const { ports } = this.settings;
    onStage("tenant");
    await this.listeners.open("the tenant", ports.tenant, (port) => this.tenant.listen(port, ports.tenant));
    onStage("servers");
    this.options.log(`the emulated servers run ${describeHostBackend(this.backend)}`);
    for (const name of serverNames(this.settings)) {
      await this.listeners.open(name, ports.servers[name], (port) => this.servers[name].listen(port));
    }
    await this.listeners.open("the bastion", ports.bastion, (port) => this.bastion.listen(port));
    this.folder.makeAgentFolder();
    process.on("exit", this.onExit);
    await this.agent.listen(this.folder.agentSocket);
  }

  /** Bytes between Pulumi and tenant and servers; null without a distance. */
  get bytes(): number | null {
    return this.listeners.bytes;
  }

  /** The Pulumi that is used, after {@link start} has found it. */
  get toolchain(): Toolchain {
    return this.runner.toolchain;
  }

  /**
   * The complete environment of Pulumi and its child processes.
   *
   * @throws Error before {@link start}
   */
  environment(): NodeJS.ProcessEnv {
    return this.runner.environment({
      ...pulumiVariables(this.folder),
      ...sandboxVariables(this.folder, this.settings, this.keys),
    });
  }

  /** The environment of a command that uses tenant and servers but not Pulumi. */
  plainEnvironment(): NodeJS.ProcessEnv {
    return childEnvironment(sandboxVariables(this.folder, this.settings, this.keys));
  }

  /**
   * Runs the Pulumi CLI on the stack `dev`, which is created if it is missing.
   *
   * @param options.stdio `inherit` or `pipe`, which collects the output. @default "pipe"
   * @param options.limitSeconds after which all of it is killed. @default none
   * @param options.extraEnv added to the environment last
   */
  async pulumi(
    args: readonly string[],
    options: { limitSeconds?: number; stdio?: PulumiStdio; extraEnv?: Record<string, string | undefined> } = {},
  ): Promise<PulumiResult> {
    const { extraEnv, ...rest } = options;
    return this.runner.run(args, { ...rest, environment: { ...this.environment(), ...extraEnv } });
  }

  /** The content of tenant and servers. */
  status(): SandboxStatus {
    return {
      now: this.clock.now().toISOString(),
      cloud: this.settings.cloud ?? "global",
      tenant: this.tenant.store.describe(),
      servers: serverNames(this.settings).map((name) => this.servers[name].describe()),
    };
  }

  /** @throws UsageError if there is no such server */
  server(name: string): EmulatedServer {
    return this.servers[checkName("server", name, serverNames(this.settings))];
  }

  /**
   * Changes a server, or its objects in Entra, outside Pulumi.
   * @param target a server's name, or "tenant"
   * @throws UsageError if there is no such target or break; CommandError if it does not apply now
   */
  async break(target: string, what: string): Promise<void> {
    const { tenant, settings } = this;
    const name = checkName("target", target, [...serverNames(settings), TENANT_NAME]);
    const { foreignCertificate, applications, pipeline } = settings;
    const common = { tenant, foreignCertificate, now: this.clock.now() };
    if (name === TENANT_NAME) return breakTenant({ ...common, servers: serverNames(settings) }, what);
    const ids = { spareAppId: applications.spare, pipelineAppId: pipeline.appId };
    const rest = serverNames(settings).filter((other) => other !== name);
    const others = rest.map((other) => ({ name: other, server: this.server(other) }));
    await breakServer({ ...common, ...ids, server: this.server(name), name, others }, what);
  }

  /**
   * An administrator runs the registration command at the server's desktop, with the declared application and newest
   * certificate of this project. Tenant and servers must listen.
   *
   * @returns what the connector was linked to
   */
  async signIn(name: string): Promise<{ appId: string; certificateSha256: string }> {
    const server = this.server(name);
    const { appId } = declaredApplication(this.tenant, name);
    const prefix = labelPrefix({ stack: STACK, server: name });
    const own = server.describe().certificates.filter(({ friendlyName }) => friendlyName.startsWith(prefix));
    const [newest] = own.sort((left, right) => right.notAfter.localeCompare(left.notAfter));
    if (!newest) throw new CommandError(`${name} has no certificate of this project yet; run "${startLine()}" first`);
    await server.linkByHand(appId, newest.sha256);
    return { appId, certificateSha256: newest.sha256 };
  }

  /** Stops listening, waits for running operations on the servers, and releases the lock. */
  async close(): Promise<void> {
    try {
      await this.agent.close();
      await this.bastion.close();
      await this.listeners.close();
      await Promise.all(Object.values(this.servers).map((server) => server.close()));
      await this.tenant.close();
    } finally {
      process.removeListener("exit", this.onExit);
      this.onExit();
      this.lock.release();
    }
  }
}

type FolderOptions = Pick<OpenOptions, "folder" | "command" | "waitSeconds" | "log">;

const serverNames = ({ servers }: Settings) => servers.map(({ name }) => name);

/** A sandbox that is recreated stays in its cloud, if that can still be read. */
const cloudOf = (folder: SandboxFolder) => readSettings(folder.settingsFile)?.cloud ?? "global";

/** @throws CommandError if the folder's tenant is in another cloud than the one that is asked for */
function refuseOtherCloud({ cloud = "global" }: Settings, asked: SandboxCloud | undefined): void {
  if (asked === undefined || asked === cloud) return;
  const remedy = `set SANDBOX_FOLDER to another folder, or remove this one's data with "${sandboxLine("clean")}"`;
  throw new CommandError(`the sandbox is in the cloud ${cloud}, not in ${asked}; ${remedy}`);
}

async function takeFolder(options: FolderOptions): Promise<{ folder: SandboxFolder; lock: SandboxLock }> {
  const folder = new SandboxFolder(options.folder);
  folder.make();
  const lock = await SandboxLock.take(folder.lockFile, options.command, options.waitSeconds);
  try {
    endOrphan(folder.runningFile, options.log ?? printError);
  } catch (error) {
    lock.release();
    throw error;
  }
  return { folder, lock };
}

async function withFolder<T>(options: FolderOptions, work: (folder: SandboxFolder) => T | Promise<T>): Promise<T> {
  const { folder, lock } = await takeFolder(options);
  try {
    return await work(folder);
  } finally {
    lock.release();
  }
}
