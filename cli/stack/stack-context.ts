/**
 * What a command works with on one stack: its checked configuration, the way to its servers and its tenant, and Pulumi.
 * The stack is worked on with the environment of this process; for the sandbox's stack `stack-command.ts` provides it.
 */
import {
  checkConfiguration,
  type ServerConfiguration,
  type StackConfiguration,
} from "../../model/configuration/configuration";
import type { ServerIdentity } from "../../model/server/labels";
import { normalised } from "../../model/text/identifiers";
import { byNearness } from "../../model/text/nearest";
import { ProblemError } from "../../model/diagnostics/diagnostic";
import { readHostProgram, type HostProgramFiles } from "../../remote/host-program-files";
import { sshTarget } from "../../remote/ssh";
import { tenantAccess, type TenantAccess } from "../../remote/tenant-access";
import { readingCloud } from "../../console/current-reader";
import { UsageError } from "../../console/errors";
import type { PulumiResult } from "../../console/processes/pulumi-process";
import { readSettings, type StackSettings } from "./stack-settings";
import { PulumiCommand, type PulumiOptions } from "./pulumi-command";
import type { SshTarget } from "../../remote/ssh-target";

/** A resource as a stack's export holds it; what is secret in it stays encrypted. */
export interface StateResource {
  urn: string;
  type: string;
  custom: boolean;
  id?: string;
  parent?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  delete?: boolean;
}

export interface StackContextOptions {
  stack: string;
  /** The stack's configuration. @default Pulumi.<stack>.yaml */
  configFile?: string;
  /** The folder that holds Pulumi.yaml. */
  projectFolder: string;
  /** Whether the stack is the sandbox's. */
  sandbox: boolean;
  /** Announcements of Pulumi's, one line each. @default stderr */
  log?: (line: string) => void;
}

export class StackContext {
  /** The host program as this project would install it. */
  readonly program: HostProgramFiles;

  readonly stack: string;
  readonly sandbox: boolean;
  /** Name of the Pulumi project, which is the namespace of its configuration. */
  readonly project: string;
  readonly tenantAccess: TenantAccess;

  private constructor(
    { stack, sandbox, projectFolder }: StackContextOptions,
    readonly configuration: StackConfiguration,
    private readonly settings: StackSettings,
    private readonly command: PulumiCommand,
  ) {
    this.program = readHostProgram(undefined, projectFolder);
    this.stack = stack;
    this.sandbox = sandbox;
    this.project = settings.project;
    const setting = (name: string, variable: string) =>
      settings.all[`azuread:${name}`] || process.env[variable] || undefined;
    this.tenantAccess = tenantAccess(setting, configuration.cloud);
    readingCloud(this.tenantAccess.cloud);
  }

  /**
   * @throws ProblemError with every problem of configuration and environment
   * @throws Error if there is no Pulumi, no such stack, or its configuration cannot be decrypted
   */
  static async open(options: StackContextOptions): Promise<StackContext> {
    const command = new PulumiCommand(options);
    const settings = await readSettings(command);
    const { configuration, problems } = checkConfiguration(settings.own, process.env, options.stack.split("/").at(-1));
    if (!configuration || problems.length > 0) throw new ProblemError(problems);
    return new StackContext(options, configuration, settings, command);
  }

  /** @throws UsageError with the nearest name if the stack declares no such server */
  server(name: string): ServerConfiguration {
    const { servers } = this.configuration;
    const found = servers.find((server) => server.name === name);
    if (found) return found;
    const known = byNearness(
      name,
      servers.map((server) => server.name),
    );
    throw new UsageError(`stack ${this.stack} declares no server "${name}"; there is ${known.join(", ")}`);
  }

  identity(server: string): ServerIdentity {
    return { stack: this.stack, server };
  }

  /** How to reach a server: with the stack's secret sshPrivateKey, else the agent at SSH_AUTH_SOCK. */
  sshTarget(server: Pick<ServerConfiguration, "name" | "connection">): SshTarget {
    const { sshPrivateKey: privateKey } = this.settings;
    return sshTarget(server, { privateKey, agentSocketPath: process.env.SSH_AUTH_SOCK });
  }

  /** The stack's secrets, so that a command can keep them out of its output. */
  get secrets(): readonly string[] {
    const { secrets, sshPrivateKey } = this.settings;
    return sshPrivateKey === undefined ? secrets : [...secrets, sshPrivateKey];
  }

  /** The folder of the project. */
  get projectFolder(): string {
    return this.command.projectFolder;
  }

  /** The stack's configuration file, absolute. */
  get configFile(): string {
    return this.command.configFile;
  }

  /** Runs Pulumi on the stack; its exit code is part of the answer. */
  async pulumi(args: readonly string[], options: PulumiOptions = {}): Promise<PulumiResult> {
    return this.command.run(args, options);
  }

  /** The resources in state, those that wait for their deletion included. Empty for a stack without any. */
  state(): Promise<StateResource[]> {
    return readState(this.command);
  }

  /** The same, with the time at which state was written last. */
  deployment(): Promise<StackDeployment> {
    return readDeployment(this.command);
  }
}

/** State as a stack's export holds it. */
export interface StackDeployment {
  resources: StateResource[];
  /** When Pulumi wrote it last, ISO 8601; null if no run wrote any. */
  updatedAt: string | null;
}

/** @throws CommandError with what Pulumi said if there is none to read */
async function readDeployment(command: PulumiCommand): Promise<StackDeployment> {
  const { stdout } = await command.query(["stack", "export"]);
  const { deployment } = JSON.parse(stdout) as {
    deployment: { manifest?: { time?: string }; resources?: StateResource[] } | null;
  };
  const time = Date.parse(deployment?.manifest?.time ?? "");
  // A state that no run wrote has the zero time of Go, year 1.
  const updatedAt = time > 0 ? new Date(time).toISOString() : null;
  return { resources: normalised(deployment?.resources ?? []), updatedAt };
}

/**
 * The resources in a stack's state; see {@link StackContext.state}.
 * @throws CommandError with what Pulumi said if there is none to read
 */
export async function readState(command: PulumiCommand): Promise<StateResource[]> {
  return (await readDeployment(command)).resources;
}

/** Opens one; see {@link StackContext.open}. */
export function openStackContext(options: StackContextOptions): Promise<StackContext> {
  return StackContext.open(options);
}
