/**
 * Runs the jobs of a GitHub workflow on this machine: conditions, environments and the very text of every shell step.
 * What an action would do is done by hand if possible, and reported.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { Expressions, type Context, type JobStatus } from "./expressions";
import { githubReader, type LogCommand } from "./log-commands";
import { runShellStep } from "./shell-step";
import { inOrder, needsOf, type Workflow, type WorkflowJob, type WorkflowStep } from "./workflow";

export interface GitHubRun {
  workflow: Workflow;
  /** `github` and `vars` as the event makes them. */
  context: { github: Context & { token: string; event_name: string }; vars: Record<string, string> };
  /** Environment of every job. */
  environment: NodeJS.ProcessEnv;
  /** What every step finds in its environment whatever else says. */
  overrides: Record<string, string>;
  /** Where the project is checked out. */
  workspace: string;
  /** For the run's own files. */
  folder: string;
  /** Lets a job ask for its token; what it answers comes into the job's environment. Only with `id-token: write`. */
  admit: (job: WorkflowJob) => Record<string, string>;
  /** Version of the Pulumi that replaces the one that an action would install. */
  pulumiVersion: string;
  log: (line: string) => void;
  onOutput: (text: string) => void;
  onStart?: (step: string, pid: number) => void;
}

interface StepResult {
  job: string;
  step: string;
  outcome: "success" | "failure" | "skipped";
  exitCode: number;
}

export interface JobResult {
  result: "success" | "failure" | "cancelled" | "skipped";
  steps: StepResult[];
  /** What the job wrote to its page. */
  summary: string;
  /** Commands that the runner found in the log, and so obeyed. */
  commands: (LogCommand & { step: string })[];
}

const STEP_LIMIT_SECONDS = 1200;
/** Exit code of a step that was interrupted: the run is cancelled then. */
const INTERRUPTED = 130;

class JobRunner {
  private readonly status: JobStatus = { failed: false, cancelled: false };
  private readonly temporary: string;
  private readonly added: Record<string, string> = {};
  private readonly results: StepResult[] = [];
  private readonly commands: JobResult["commands"] = [];

  constructor(
    private readonly run: GitHubRun,
    private readonly expressions: Expressions,
    private readonly name: string,
    private readonly job: WorkflowJob,
    private readonly needs: Record<string, JobResult>,
  ) {
    this.temporary = path.join(run.folder, "temporary", name);
    fs.rmSync(this.temporary, { recursive: true, force: true });
    fs.mkdirSync(this.temporary, { recursive: true });
  }

  async execute(): Promise<JobResult> {
    const needs = Object.values(this.needs);
    const failed = needs.some(({ result }) => result !== "success");
    const cancelled = needs.some(({ result }) => result === "cancelled");
    const wanted = this.expressions.condition(this.job.if, this.context(), { failed, cancelled });
    if (!wanted) {
      this.run.log(`job ${this.name}: skipped`);
      return { result: "skipped", steps: [], summary: "", commands: [] };
    }
    this.run.log(`job ${this.name}${this.job.environment ? `, in environment ${this.job.environment}` : ""}`);
    const token = this.job.permissions?.["id-token"] === "write" ? this.run.admit(this.job) : {};
    for (const [index, step] of this.job.steps.entries()) await this.step(step, index, token);
    const summary = read(this.file("summary"));
    const ended = this.status.failed ? "failure" : "success";
    return {
      result: this.status.cancelled ? "cancelled" : ended,
      steps: this.results,
      summary,
      commands: this.commands,
    };
  }

  private file(name: string): string {
    return path.join(this.temporary, name);
  }

  /** @param inputs those of the composite action whose step this is */
  private context(inputs: Context = {}): Context {
    const needs = Object.fromEntries(Object.entries(this.needs).map(([name, { result }]) => [name, { result }]));
    return { ...this.run.context, runner: { temp: this.temporary }, needs, inputs, env: {} };
  }

  private evaluated(values: Record<string, string> = {}, inputs: Context = {}): Record<string, string> {
    const entries = Object.entries(values).map(([key, value]) => [
      key,
      this.expressions.text(value, this.context(inputs), this.status),
    ]);
    return Object.fromEntries(entries) as Record<string, string>;
  }

  private async step(step: WorkflowStep, index: number, token: Record<string, string>): Promise<void> {
    const name = step.name ?? step.uses?.replace(/@.*/, "") ?? `step ${index + 1}`;
    if (!this.expressions.condition(step.if, this.context(), this.status)) {
      this.results.push({ job: this.name, step: name, outcome: "skipped", exitCode: 0 });
      return;
    }
    this.run.log(`  ${name}`);
    const exitCode = step.uses === undefined ? await this.shell(name, step, token) : this.action(step);
    const outcome = exitCode === 0 ? "success" : "failure";
    this.results.push({ job: this.name, step: name, outcome, exitCode });
    if (exitCode === 0) return;
    this.run.log(`  ${name}: exit code ${exitCode}`);
    if (exitCode === INTERRUPTED) this.status.cancelled = true;
    if (!step["continue-on-error"]) this.status.failed = true;
  }

  private async shell(name: string, step: WorkflowStep, token: Record<string, string>): Promise<number> {
    const { github } = this.run.context;
    const environment = {
      ...this.run.environment,
      ...token,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_REPOSITORY: String(github.repository),
      GITHUB_SHA: String(github.sha),
      GITHUB_ENV: this.file("env"),
      GITHUB_OUTPUT: this.file("output"),
      GITHUB_STEP_SUMMARY: this.file("summary"),
      RUNNER_TEMP: this.temporary,
      ...this.evaluated(this.run.workflow.env),
      ...this.evaluated(this.job.env),
      ...this.added,
      ...(step.action && { GITHUB_ACTION_PATH: path.join(this.run.workspace, step.action.folder) }),
      ...this.evaluated(step.env, this.evaluated(step.action?.inputs)),
      ...this.run.overrides,
    };
    const code = await runShellStep({
      text: step.run ?? "",
      folder: this.run.workspace,
      environment,
      temporary: this.temporary,
      limitSeconds: STEP_LIMIT_SECONDS,
      onOutput: this.run.onOutput,
      reader: githubReader(),
      onCommand: (command) => void this.commands.push({ ...command, step: name }),
      onStart: (pid) => this.run.onStart?.(name, pid),
    });
    for (const line of read(this.file("env")).split("\n")) {
      const match = /^([A-Za-z_]\w*)=(.*)$/.exec(line);
      if (match) this.added[match[1]] = match[2];
    }
    return code;
  }

  /** What an action would have done. @throws for one that this runner does not know */
  private action({ uses = "", with: inputs = {} }: WorkflowStep): number {
    const artifacts = path.join(this.run.folder, "artifacts");
    const artifact = path.join(artifacts, String(inputs.name ?? ""));
    switch (uses.replace(/@.*/, "")) {
      case "actions/checkout":
        return 0;
      case "actions/setup-node":
        this.run.log(`    Node ${process.versions.node} of this machine in place of ${String(inputs["node-version"])}`);
        return 0;
      case "pulumi/actions":
        this.run.log(
          `    Pulumi ${this.run.pulumiVersion} of the sandbox in place of ${String(inputs["pulumi-version"])}`,
        );
        return 0;
      case "actions/upload-artifact": {
        const file = path.join(this.run.workspace, String(inputs.path));
        if (!fs.existsSync(file)) return 1;
        fs.mkdirSync(artifact, { recursive: true });
        fs.copyFileSync(file, path.join(artifact, path.basename(file)));
        return 0;
      }
      case "actions/download-artifact":
        if (!fs.existsSync(artifact)) return 1;
        fs.cpSync(artifact, this.run.workspace, { recursive: true });
        return 0;
      default:
        throw new Error(`the emulated runner does not know the action ${uses}`);
    }
  }
}

function read(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
}

/** Files that jobs leave in the checkout; each job of GitHub starts with a fresh one. */
const LEFT_BEHIND = /^(preview|after)\.json(\.code)?$|^(comment|report)\.md$|^alarm\.json$/;

function tidy(workspace: string): void {
  for (const entry of fs.readdirSync(workspace)) {
    if (LEFT_BEHIND.test(entry)) fs.rmSync(path.join(workspace, entry), { force: true });
  }
}

/** Runs every job whose condition holds, one after the other, and answers how each of them went. */
export async function runWorkflow(run: GitHubRun): Promise<Record<string, JobResult>> {
  const expressions = await Expressions.load();
  fs.rmSync(path.join(run.folder, "artifacts"), { recursive: true, force: true });
  const results: Record<string, JobResult> = {};
  const { jobs } = run.workflow;
  for (const name of inOrder(jobs)) {
    tidy(run.workspace);
    const needs = Object.fromEntries(needsOf(jobs[name]).map((need) => [need, results[need]]));
    results[name] = await new JobRunner(run, expressions, name, jobs[name], needs).execute();
  }
  return results;
}
