/**
 * The Azure DevOps pipelines on a sandbox: every script of theirs runs, with the service on loopback. The service
 * connection's sign-in is not emulated: Pulumi signs in with the sandbox's own secret, as the connection's application.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { STACK } from "../../console/sandbox-stack";
import { REPOSITORY } from "../folder/folder";
import { readKeys } from "../folder/keys";
import type { Sandbox } from "../sandbox";
import { AZURE_PROJECT, AZURE_REPOSITORY, AzureService, JOB_TOKEN } from "./azure-service";
import { readAzurePipeline, type AzureJob, type AzureStep } from "./azure-workflow";
import { azureReader, type LogCommand } from "./log-commands";
import { makeTools } from "./pipeline-tools";
import { runShellStep } from "./shell-step";
import { makeWorkspace, type SettingChange } from "./workspace";

export interface AzureStepResult {
  name: string;
  outcome: "success" | "failure" | "skipped";
}

export type AzureResults = Record<string, AzureStepResult[]>;

const STEP_LIMIT_SECONDS = 1200;

/** Environment name of a variable, as Azure Pipelines makes it. */
const variableName = (name: string) => name.toUpperCase().replaceAll(".", "_");

export class AzurePipelines {
  readonly service = new AzureService();
  /** Commands that the agent found in the logs of the last run, and so obeyed. */
  commands: (LogCommand & { step: string })[] = [];
  private collection = "";

  private constructor(
    private readonly sandbox: Sandbox,
    private readonly onOutput: (text: string) => void,
  ) {}

  /** @param sandbox has been started */
  static async open(sandbox: Sandbox, onOutput: (text: string) => void): Promise<AzurePipelines> {
    await sandbox.pulumi(["config"]);
    const pipelines = new AzurePipelines(sandbox, onOutput);
    pipelines.collection = await pipelines.service.listen();
    return pipelines;
  }

  close(): Promise<void> {
    return this.service.close();
  }

  private get folder(): string {
    return path.join(this.sandbox.folder.root, "azure-pipeline");
  }

  /** Runs a file of pipelines/azure-devops: each job after the one before it, none after one that failed. */
  async run(file: string, changes: SettingChange[] = []): Promise<AzureResults> {
    const { jobs, variables } = readAzurePipeline(path.join(REPOSITORY, "pipelines", "azure-devops", file));
    const results: AzureResults = {};
    this.commands = [];
    for (const job of jobs) {
      const failed = Object.values(results)
        .flat()
        .some(({ outcome }) => outcome === "failure");
      if (failed) results[job.name] = job.steps.map((step) => ({ name: nameOf(step), outcome: "skipped" }));
      else results[job.name] = await this.job(job, variables, changes);
    }
    return results;
  }

  private async job(
    job: AzureJob,
    variables: Record<string, string>,
    changes: SettingChange[],
  ): Promise<AzureStepResult[]> {
    const workspace = path.join(this.folder, "workspace");
    const temporary = path.join(this.folder, "temporary");
    makeWorkspace(workspace, changes);
    fs.rmSync(temporary, { recursive: true, force: true });
    fs.mkdirSync(temporary, { recursive: true });
    const known = this.variables(workspace, temporary, variables);
    const results: AzureStepResult[] = [];
    let failed = false;
    for (const step of job.steps) {
      const name = nameOf(step);
      if (failed && step.condition === undefined) {
        results.push({ name, outcome: "skipped" });
        continue;
      }
      const code = await this.step(step, known, workspace, temporary);
      failed ||= code !== 0;
      results.push({ name, outcome: code === 0 ? "success" : "failure" });
    }
    return results;
  }

  /** What the agent and the variable group say. */
  private variables(workspace: string, temporary: string, declared: Record<string, string>): Record<string, string> {
    return {
      ...declared,
      PULUMI_STACK: STACK,
      PULUMI_BACKEND_URL: this.sandbox.environment().PULUMI_BACKEND_URL!,
      SSH_KEY_VAULT: "sandbox-vault",
      SSH_KEY_SECRET: "sync-servers-ssh-key",
      "System.CollectionUri": this.collection,
      "System.TeamProject": AZURE_PROJECT,
      "System.AccessToken": JOB_TOKEN,
      "System.PullRequest.PullRequestId": "7",
      "Build.BuildId": "4711",
      "Build.Repository.ID": AZURE_REPOSITORY,
      "Build.SourceVersion": "3f786850e387550fdab836ed7e6dc881de23001b",
      "Build.SourcesDirectory": workspace,
      "Agent.TempDirectory": temporary,
      "Agent.ToolsDirectory": path.join(this.folder, "tools"),
    };
  }

  private async step(
    step: AzureStep,
    variables: Record<string, string>,
    workspace: string,
    temporary: string,
  ): Promise<number> {
    const task = step.task?.replace(/@.*/, "");
    if (step.checkout !== undefined || task === "UseNode") return 0;
    if (task !== undefined && task !== "AzureCLI")
      throw new Error(`the emulated agent does not know the task ${step.task}`);
    const macros = (text: string) => text.replaceAll(/\$\(([\w.]+)\)/g, (all, name: string) => variables[name] ?? all);
    const { folder, settings, toolchain } = this.sandbox;
    const keys = readKeys(
      folder.keys,
      settings.servers.map(({ name }) => name),
    );
    const keyFile = path.join(folder.keys, "vault-ssh-key");
    fs.writeFileSync(keyFile, keys.user.privateKey, { mode: 0o600 });
    const { SSH_AUTH_SOCK: _agent, ARM_CLIENT_ID: _client, ...base } = this.sandbox.environment();
    // The job's token is a secret variable: a step has it only if the file passes it.
    const visible = Object.entries(variables).filter(([name]) => name !== "System.AccessToken");
    const environment = {
      ...base,
      ...makeTools(path.join(this.folder, "bin"), toolchain.pulumi),
      ...Object.fromEntries(visible.map(([name, value]) => [variableName(name), value])),
      TF_BUILD: "True",
      STAND_IN_SSH_KEY: keyFile,
      ...(task === "AzureCLI" && this.connection(temporary)),
      ...Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, macros(value)])),
    };
    const text = macros(step.bash ?? String(step.inputs?.inlineScript ?? ""));
    const limits = { limitSeconds: STEP_LIMIT_SECONDS, onOutput: this.onOutput, reader: azureReader };
    const onCommand = (command: LogCommand) => this.obey({ ...command, step: nameOf(step) }, variables);
    return runShellStep({ text, folder: workspace, environment, temporary, ...limits, onCommand });
  }

  private obey(command: LogCommand & { step: string }, variables: Record<string, string>): void {
    this.commands.push(command);
    const variable = /(?:^|;)variable=([^;]+)/.exec(command.properties)?.[1];
    if (command.name.toLowerCase() === "task.setvariable" && variable) variables[variable] = command.data;
  }

  /** What the task AzureCLI puts into a script's environment, signed in already. */
  private connection(temporary: string): Record<string, string> {
    const session = path.join(temporary, "azure");
    fs.mkdirSync(session, { recursive: true, mode: 0o700 });
    fs.writeFileSync(path.join(session, "stand-in.json"), "{}", { mode: 0o600 });
    return {
      AZURE_CONFIG_DIR: session,
      servicePrincipalId: this.sandbox.settings.pipeline.appId,
      tenantId: this.sandbox.settings.tenantId,
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "6d1f3a0c-3e5e-4c62-9f0b-2b7f5d1c9a77",
    };
  }
}

function nameOf({ displayName, checkout, task }: AzureStep): string {
  return displayName ?? (checkout !== undefined ? "checkout" : (task ?? "script"));
}
