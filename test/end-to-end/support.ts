/** A sandbox of its own for a test file, and Pulumi's commands in the words of the tests. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { SCREEN, screenLines } from "../../model/text/screen";
import type { PulumiResult } from "../../console/processes/pulumi-process";
import { SandboxFolder } from "../../sandbox/folder/folder";
import { Sandbox, type OpenOptions } from "../../sandbox/sandbox";
import type { ServerStatus } from "../../sandbox/server/server-status";
import { errorsOf } from "../helpers/pulumi-output";

/** A run of Pulumi that takes longer is killed; the slowest here takes about a minute. */
const LIMIT_SECONDS = 240;

/** What of a sandbox's folder tenant, servers, clock and state are in. */
const HELD = ["tenant", "servers", "state", "clock.json", "faults.json"];

/** Who a sandbox is: its ids, ports and keys. */
const IDENTITY = ["settings.json", "keys"];

/**
 * What a first up of two servers leaves, made once in each process of the tests, by the real engine; null before. The port
 * numbers go with it, so two processes must not share one.
 */
let onboarded: string | null = null;

/** Shared by all sandboxes of a process: what Node.js compiled once need not be compiled for each of them. */
let compiled: string | null = null;

/** How often an onboarded sandbox is made if its ports are taken. */
const ATTEMPTS = 3;

function isPortTaken(error: unknown): boolean {
  return error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code === "EADDRINUSE";
}

function folderOfProcess(name: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `connect-sync-${name}-`));
  process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function copyParts(from: string, to: string, parts: readonly string[]): void {
  for (const part of parts.filter((part) => fs.existsSync(path.join(from, part)))) {
    fs.cpSync(path.join(from, part), path.join(to, part), { recursive: true, verbatimSymlinks: true });
  }
}

export class TestSandbox {
  /** All that Pulumi printed so far, for the search for secrets. */
  readonly transcript: string[] = [];

  private constructor(
    private opened: Sandbox,
    readonly folder: string,
    private readonly options: Pick<OpenOptions, "projectFolder" | "serverCount" | "cloud">,
  ) {}

  get sandbox(): Sandbox {
    return this.opened;
  }

  /** @param options the project that is run, and how many servers there are: as {@link Sandbox.open} has them */
  static open(options: Pick<OpenOptions, "projectFolder" | "serverCount" | "cloud"> = {}): Promise<TestSandbox> {
    return TestSandbox.openIn(fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-")), options);
  }

  /**
   * Opens a sandbox whose two servers were onboarded by an up of the repository's program. The first call of a process runs it,
   * a later one gets a copy of what it left.
   */
  static async openOnboarded(): Promise<TestSandbox> {
    for (let attempt = 1; ; attempt += 1) {
      onboarded ??= await TestSandbox.onboard();
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-"));
      copyParts(onboarded, folder, [...HELD, ...IDENTITY]);
      try {
        return await TestSandbox.openIn(folder, {});
      } catch (error) {
        // Nothing listens on the ports of the original, so another process may have chosen one of them.
        if (!isPortTaken(error) || attempt === ATTEMPTS) throw error;
        onboarded = null;
      }
    }
  }

  private static async onboard(): Promise<string> {
    const first = await TestSandbox.open();
    try {
      await first.up();
      const folder = folderOfProcess("onboarded");
      copyParts(first.folder, folder, [...HELD, ...IDENTITY]);
      return folder;
    } finally {
      await first.close();
    }
  }

  private static async openIn(
    folder: string,
    options: Pick<OpenOptions, "projectFolder" | "serverCount" | "cloud">,
  ): Promise<TestSandbox> {
    compiled ??= folderOfProcess("compiled");
    const { compileCache } = new SandboxFolder(folder);
    fs.mkdirSync(path.dirname(compileCache), { recursive: true });
    fs.rmSync(compileCache, { force: true });
    fs.symlinkSync(compiled, compileCache);
    const sandbox = await Sandbox.open({ ...options, folder, command: "test", log: () => undefined });
    const opened = new TestSandbox(sandbox, folder, options);
    try {
      await sandbox.start();
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  /** Keeps what tenant, servers and state hold now. @returns where */
  keep(name: string): string {
    const folder = path.join(this.folder, "kept", name);
    copyParts(this.folder, folder, HELD);
    return folder;
  }

  /** Puts back what was kept, which takes the place of an up. */
  async putBack(kept: string): Promise<void> {
    await this.sandbox.close();
    for (const part of HELD) fs.rmSync(path.join(this.folder, part), { recursive: true, force: true });
    copyParts(kept, this.folder, HELD);
    this.opened = await Sandbox.open({ ...this.options, folder: this.folder, command: "test", log: () => undefined });
    await this.opened.start();
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs Pulumi and returns what it printed, both streams. */
  async pulumi(
    args: string[],
    options: { config?: string; environment?: Record<string, string> } = {},
  ): Promise<PulumiResult & { output: string }> {
    const config = options.config === undefined ? [] : ["--config-file", options.config];
    const extraEnv = options.environment ?? {};
    const result = await this.sandbox.pulumi([...args, ...config], {
      limitSeconds: LIMIT_SECONDS,
      stdio: "pipe",
      extraEnv,
    });
    const output = `${result.stdout}\n${result.stderr}`;
    this.transcript.push(output);
    assert.equal(result.timedOut, false, `pulumi ${args.join(" ")} did not end:\n${output}`);
    for (const error of errorsOf(output)) {
      const lines = screenLines(error);
      assert.ok(lines <= SCREEN.lines, `an error of ${lines} lines at ${SCREEN.columns} columns:\n${error}`);
    }
    return { ...result, output };
  }

  /** `pulumi up`, expected to succeed. */
  async up(options: Parameters<TestSandbox["pulumi"]>[1] & { args?: string[] } = {}): Promise<string> {
    const { code, output } = await this.tryUp(options);
    assert.equal(code, 0, output);
    return output;
  }

  tryUp(options: Parameters<TestSandbox["pulumi"]>[1] & { args?: string[] } = {}) {
    return this.pulumi(
      ["up", "--yes", "--non-interactive", "--color", "never", "--skip-preview", ...(options.args ?? [])],
      options,
    );
  }

  /** `pulumi destroy`, whatever comes of it. */
  destroy() {
    return this.pulumi(["destroy", "--yes", "--non-interactive", "--color", "never", "--skip-preview"]);
  }

  preview(args: string[] = [], options: Parameters<TestSandbox["pulumi"]>[1] = {}) {
    return this.pulumi(["preview", "--non-interactive", "--color", "never", "--diff", ...args], options);
  }

  /**
   * Does what the notices ask for: removes what the product left behind when it was onboarded. No state knows any more whose
   * it was, where state was lost, is older, or a server was rebuilt.
   */
  removeLeftovers(): void {
    const { store } = this.sandbox.tenant;
    const { servers } = this.sandbox.status();
    const isUsed = (appId: string) => servers.some(({ connector }) => connector.appId === appId);
    const accounts = servers.flatMap(({ connector, legacyAccountName }) => {
      return connector.identityType === "ServiceAccount" ? [legacyAccountName] : [];
    });
    const left = store.data.applications.filter(({ appId, properties }) => {
      return String(properties.displayName).startsWith("ConnectSyncProvisioning_") && !isUsed(appId);
    });
    left.forEach((application) => store.removeApplication(application));
    store.change((directory) => {
      directory.users = directory.users.filter(({ userPrincipalName }) => {
        return !userPrincipalName.startsWith("Sync_") || accounts.includes(userPrincipalName.split("@")[0]);
      });
    });
  }

  /** A preview that must find nothing to do. */
  async expectUnchanged(options: Parameters<TestSandbox["pulumi"]>[1] = {}): Promise<void> {
    const { code, output } = await this.preview(["--expect-no-changes"], options);
    assert.equal(code, 0, `a healthy preview shows a change:\n${output}`);
  }

  server(name: string): ServerStatus {
    const server = this.sandbox.status().servers.find((candidate) => candidate.name === name);
    assert.ok(server, `no server ${name}`);
    return server;
  }

  /**
   * The one application that this server uses and whose key it signs with; fails where that is not so.
   *
   * @param declaredAs the server's name in the configuration, where that is not the sandbox's
   */
  expectOnboarded(name: string, declaredAs = name): void {
    const server = this.server(name);
    const { identityType, appId, certificateSha256 } = server.connector;
    assert.equal(identityType, "Application", name);
    const application = this.sandbox.status().tenant.applications.find((candidate) => candidate.appId === appId);
    assert.ok(application, `${name}: no application ${appId}`);
    assert.equal(application.displayName, `Entra Connect Sync - ${declaredAs}`);
    assert.deepEqual(
      application.keyCredentials.map((key) => key.sha256),
      [certificateSha256],
      name,
    );
    const certificate = server.certificates.find((candidate) => candidate.sha256 === certificateSha256);
    assert.ok(certificate, `${name}: the certificate is not in the machine store`);
    assert.equal(certificate.keyProvider, "Microsoft Platform Crypto Provider");
    assert.equal(certificate.keyUsable, true);
    assert.ok(application.servicePrincipal?.appRoles.includes("ADSynchronization.ReadWrite.All"));
    assert.equal(
      server.certificates.filter(({ friendlyName }) => friendlyName.startsWith("ConnectSyncIdentity ")).length,
      1,
      `${name}: old certificates`,
    );
  }

  /** The scheduler as it was at the start: on, not suspended. */
  expectSchedulerOn(name: string): void {
    const { scheduler } = this.server(name);
    assert.equal(scheduler.SyncCycleEnabled, true, `${name}: the scheduler is off`);
    assert.equal(scheduler.SchedulerSuspended, false, `${name}: the scheduler is suspended`);
  }

  /** Pulumi's state, exported with its secrets encrypted. */
  async state(): Promise<string> {
    return (await this.pulumi(["stack", "export"])).stdout;
  }

  /** A copy of the stack's configuration with a change in its text; lives in the sandbox's folder. */
  configuration(change: (text: string) => string): string {
    const original = fs.readFileSync(path.resolve(__dirname, "../../Pulumi.dev.yaml"), "utf8");
    const changed = change(original);
    assert.notEqual(changed, original, "the change of the configuration changed nothing");
    const file = path.join(this.folder, "Pulumi.dev.yaml");
    fs.writeFileSync(file, changed);
    return file;
  }
}
