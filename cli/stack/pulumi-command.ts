/** The Pulumi CLI on one stack, as commands run it: found on PATH, always within a limit in time. */
import * as path from "node:path";
import { noteRunning } from "../../console/processes/orphan";
import { RUNNING_FILE_VARIABLE } from "../../console/sandbox-stack";
import { CommandError } from "../../console/errors";
import { runPulumiProcess, type PulumiResult, type PulumiStdio } from "../../console/processes/pulumi-process";
import { findOnPath } from "../../console/processes/find-on-path";
import { printError } from "../../console/output";

export interface PulumiOptions {
  /** `inherit`: Pulumi writes to this process's own streams; `pipe`: its output is collected. @default "pipe" */
  stdio?: PulumiStdio;
  /** After so many seconds Pulumi and all that it started are killed. @default 3600 */
  limitSeconds?: number;
  /** Added to the environment. */
  environment?: Record<string, string>;
}

export interface PulumiCommandOptions {
  stack: string;
  configFile?: string;
  projectFolder: string;
  log?: (line: string) => void;
}

/** Longer than a rotation of many servers takes; a plugin that hangs would keep the CLI for ever. */
const LIMIT_SECONDS = 3600;
/** For what only reads. */
const QUERY_LIMIT_SECONDS = 120;

/** Commands that take `--config-file`. */
const CONFIGURED = ["config", "destroy", "import", "preview", "refresh", "up"];

export class PulumiCommand {
  readonly projectFolder: string;

  constructor(private readonly options: PulumiCommandOptions) {
    this.projectFolder = options.projectFolder;
  }

  /** Pulumi's own unless another one was given; absolute. */
  get configFile(): string {
    const { configFile, stack, projectFolder } = this.options;
    return path.resolve(configFile ?? path.join(projectFolder, `Pulumi.${stack.split("/").at(-1)}.yaml`));
  }

  get stack(): string {
    return this.options.stack;
  }

  /** @throws CommandError if there is no Pulumi on PATH */
  async run(args: readonly string[], options: PulumiOptions = {}): Promise<PulumiResult> {
    const pulumi = findOnPath("pulumi");
    if (!pulumi) throw new CommandError("Pulumi is not on PATH: install it, or add its folder to PATH");
    const { configFile, stack, log = printError } = this.options;
    const wanted = configFile !== undefined && CONFIGURED.includes(args[0]) && !args.includes("--config-file");
    const configuration = wanted ? ["--config-file", configFile] : [];
    let noteEnd = () => undefined as void;
    try {
      return await runPulumiProcess(pulumi, [...args, "--stack", stack, ...configuration], {
        folder: this.projectFolder,
        environment: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", ...options.environment },
        stdio: options.stdio ?? "pipe",
        limitSeconds: options.limitSeconds ?? LIMIT_SECONDS,
        // In the sandbox the next command must find a Pulumi that outlived this one.
        onStart: (pid) => (noteEnd = noteInSandbox(pid)),
        log,
      });
    } finally {
      noteEnd();
    }
  }

  /** Runs what only reads. @throws CommandError with what Pulumi said if it fails */
  async query(args: readonly string[]): Promise<PulumiResult> {
    const result = await this.run([...args, "--non-interactive"], { limitSeconds: QUERY_LIMIT_SECONDS });
    if (result.code === 0) return result;
    const said = result.timedOut ? `no answer within ${QUERY_LIMIT_SECONDS} s` : result.stderr.trim();
    throw new CommandError(`pulumi ${args[0]} of stack ${this.stack}: ${said}`);
  }
}

function noteInSandbox(pid: number): () => void {
  const file = process.env[RUNNING_FILE_VARIABLE];
  return file ? noteRunning(file, pid) : () => undefined;
}
