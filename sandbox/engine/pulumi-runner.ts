/** Pulumi as the sandbox runs it: the CLI, the plugins, the environment and the stack. */
import * as fs from "node:fs";
import * as path from "node:path";
import { STACK } from "../../console/sandbox-stack";
import type { SandboxFolder } from "../folder/folder";
import { exitCodeOf, onInterrupt } from "../../console/interrupts";
import { noteRunning } from "../../console/processes/orphan";
import { CommandError } from "../../console/errors";
import { runPulumiProcess, type PulumiResult, type PulumiStdio } from "../../console/processes/pulumi-process";
import { projectName } from "../../console/project-name";
import { checkProject, prepareProject } from "./prepare-project";
import { isOtherLanguage, readProject } from "./project";
import { makeScratchProject, stackExists } from "./stack";
import {
  childEnvironment,
  goSettings,
  preparePlugins,
  staleLocks,
  resolveToolchain,
  toolchainVariables,
  type Toolchain,
} from "../toolchain";

export interface RunOptions {
  environment: NodeJS.ProcessEnv;
  stdio?: PulumiStdio;
  limitSeconds?: number;
}

/** Variables of the user's shell that the stand-ins use, in addition to those that every child process gets. */
const PASSED_ON = ["SANDBOX_WAIT"] as const;

const INIT_LIMIT_SECONDS = 60;

/** The time that children of the toolchain have to end after an interrupt. */
const INTERRUPT_GRACE_MILLISECONDS = 8000;

export class PulumiRunner {
  private found: Toolchain | undefined;
  /** Settings of a compiler that runs together with the program. */
  private compiler: Record<string, string | undefined> = {};

  constructor(
    private readonly folder: SandboxFolder,
    private readonly projectFolder: string,
    private readonly log: (line: string) => void,
  ) {}

  /** Finds, installs or builds CLI and plugins; reports which plugins are used. */
  async prepare(): Promise<void> {
    if (this.found) return;
    fs.mkdirSync(this.folder.home, { recursive: true });
    const stopWaiting = endSoonAfterInterrupt(this.log);
    try {
      const project = isOtherLanguage(this.projectFolder) ? readProject(this.projectFolder) : null;
      if (project) await checkProject(project);
      const toolchain = await resolveToolchain({ log: this.log });
      await preparePlugins({ toolchain, pulumiHome: this.folder.home, log: this.log });
      if (project) await prepareProject(project, toolchain, this.folder, this.log);
      if (project?.runtime === "go") this.compiler = goSettings();
      this.found = toolchain;
    } finally {
      stopWaiting();
    }
  }

  /** @throws Error before {@link prepare} */
  get toolchain(): Toolchain {
    if (!this.found) throw new Error("the toolchain is known only after start()");
    return this.found;
  }

  /** The permitted variables of the user's shell, those that the toolchain needs, and `variables`. */
  environment(variables: Record<string, string>): NodeJS.ProcessEnv {
    const passed = Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]]));
    return childEnvironment({ ...passed, ...this.compiler, ...toolchainVariables(this.toolchain), ...variables });
  }

  /** Runs the CLI in the project's folder, on the stack `dev`. */
  async run(args: readonly string[], { environment, stdio = "pipe", limitSeconds }: RunOptions): Promise<PulumiResult> {
    for (const lock of staleLocks(this.folder.state)) this.log(`removed the lock of a dead Pulumi: ${lock}`);
    fs.mkdirSync(this.folder.state, { recursive: true });
    if (needsStack(args)) await this.ensureStack(environment);
    const { pulumi } = this.toolchain;
    let noteEnd = () => undefined as void;
    const onStart = (pid: number) => {
      noteEnd = noteRunning(this.folder.runningFile, pid);
    };
    const options = { folder: this.projectFolder, environment, stdio, limitSeconds, onStart, log: this.log };
    const restore = this.keepStackFile();
    try {
      return await runPulumiProcess(pulumi, args, options);
    } finally {
      restore();
      noteEnd();
    }
  }

  /** `stack rm` and `destroy --remove` delete the stack's file, which is tracked and which the next stack needs too. */
  private keepStackFile(): () => void {
    const file = path.join(this.projectFolder, `Pulumi.${STACK}.yaml`);
    if (!fs.existsSync(file)) return () => undefined;
    const content = fs.readFileSync(file);
    return () => {
      if (fs.existsSync(file)) return;
      fs.writeFileSync(file, content);
      this.log(`Pulumi removed ${path.basename(file)} with the stack; the sandbox restored it`);
    };
  }

  private async ensureStack(environment: NodeJS.ProcessEnv): Promise<void> {
    if (stackExists(this.folder, projectName(path.join(this.projectFolder, "Pulumi.yaml")))) return;
    const folder = makeScratchProject(this.folder, this.projectFolder);
    const args = ["stack", "init", STACK, "--no-select", "--non-interactive"];
    const result = await runPulumiProcess(this.toolchain.pulumi, args, {
      folder,
      environment,
      stdio: "pipe",
      limitSeconds: INIT_LIMIT_SECONDS,
      log: this.log,
    });
    if (result.code === 0) return;
    throw new CommandError(`the stack ${STACK} could not be created: ${(result.stderr || result.stdout).trim()}`);
  }
}

/**
 * The toolchain ends its own children when this process is interrupted and then fails with the reason; children that
 * need longer are killed, and a second Ctrl-C kills them at once.
 */
function endSoonAfterInterrupt(log: (line: string) => void): () => void {
  let cut: NodeJS.Timeout | undefined;
  const remove = onInterrupt((signal) => {
    const exit = () => process.exit(exitCodeOf(signal));
    if (cut !== undefined) exit();
    log("stopping; the next command continues");
    cut = setTimeout(exit, INTERRUPT_GRACE_MILLISECONDS);
  });
  return () => {
    clearTimeout(cut);
    remove();
  };
}

/** Whether a command line of Pulumi needs a stack, so that it must exist. */
function needsStack(args: readonly string[]): boolean {
  const [command, subcommand] = args.filter((arg) => !arg.startsWith("-"));
  if (command === undefined || ["version", "help"].includes(command)) return false;
  return !(command === "stack" && subcommand === "init");
}
