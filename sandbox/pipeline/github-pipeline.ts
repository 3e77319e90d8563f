/** The GitHub workflows on a sandbox: an emulated repository, its token service, and a run for each event. */
import * as fs from "node:fs";
import * as path from "node:path";
import { STACK } from "../../console/sandbox-stack";
import { REPOSITORY } from "../folder/folder";
import { readKeys } from "../folder/keys";
import type { Sandbox } from "../sandbox";
import { GITHUB_REPOSITORY, makeIdentities, SUBJECT_PREFIX, type PipelineIdentities } from "./identities";
import { runWorkflow, type GitHubRun, type JobResult } from "./github-runner";
import { makeTools } from "./pipeline-tools";
import { GITHUB_ISSUER, TokenService } from "./token-service";
import { readWorkflow, type WorkflowJob } from "./workflow";
import { makeWorkspace, type SettingChange } from "./workspace";

export const EVENTS = { "pull-request": "pull-request.yml", main: "main.yml", drift: "drift.yml" } as const;
export type EventName = keyof typeof EVENTS;

interface EmulatedComment {
  id: number;
  number: number;
  body: string;
  updates?: number;
}

interface EmulatedIssue {
  number: number;
  state: string;
  title: string;
  body: string;
}

/** The content of the emulated repository. */
export interface EmulatedRepository {
  next: number;
  newest: string;
  comments: EmulatedComment[];
  issues: EmulatedIssue[];
}

export interface EventOptions {
  /** What the pull request, or the push, changes in the declaration. */
  changes?: SettingChange[];
  /** Receives every step's process when it starts. */
  onStart?: GitHubRun["onStart"];
  /** A pull request of a fork. @default false */
  fork?: boolean;
  /** Added to every step's environment last. */
  environment?: Record<string, string>;
}

/** The number of the only pull request. */
export const PULL_REQUEST = 7;
const COMMIT = "3f786850e387550fdab836ed7e6dc881de23001b";
const NAME = `${GITHUB_REPOSITORY.owner}/${GITHUB_REPOSITORY.name}`;
/** What a pipeline's step must not find: the sandbox's own secret and agent, because the step signs in by itself. */
const WITHHELD = ["ARM_CLIENT_SECRET", "ARM_CLIENT_ID", "SSH_AUTH_SOCK"];

export class GitHubPipeline {
  private constructor(
    private readonly sandbox: Sandbox,
    private readonly tokens: TokenService,
    private readonly secrets: { identities: PipelineIdentities; sshKeyFile: string },
    private readonly sinks: { log: (line: string) => void; onOutput: (text: string) => void },
  ) {}

  /** @param sandbox is started */
  static async open(
    sandbox: Sandbox,
    log: (line: string) => void,
    onOutput: (text: string) => void,
  ): Promise<GitHubPipeline> {
    const { folder, settings, tenant } = sandbox;
    const keys = readKeys(
      folder.keys,
      settings.servers.map(({ name }) => name),
    );
    // Without a stack there is nothing to preview; any Pulumi command creates it.
    await sandbox.pulumi(["config"]);
    const tokens = new TokenService(keys.tls);
    await tokens.listen();
    const identities = makeIdentities(tenant.store, settings, { [GITHUB_ISSUER]: tokens.publicKey });
    const root = path.join(folder.root, "pipeline");
    fs.mkdirSync(root, { recursive: true, mode: 0o700 });
    // From where the emulated vault takes it; a real one stores it.
    const sshKeyFile = path.join(folder.keys, "vault-ssh-key");
    fs.writeFileSync(sshKeyFile, keys.user.privateKey, { mode: 0o600 });
    return new GitHubPipeline(sandbox, tokens, { identities, sshKeyFile }, { log, onOutput });
  }

  get folder(): string {
    return path.join(this.sandbox.folder.root, "pipeline");
  }

  private get repositoryFile(): string {
    return path.join(this.folder, "repository.json");
  }

  /** The current comments and issues. */
  repository(): EmulatedRepository {
    if (!fs.existsSync(this.repositoryFile)) this.write({ next: 0, newest: COMMIT, comments: [], issues: [] });
    return JSON.parse(fs.readFileSync(this.repositoryFile, "utf8")) as EmulatedRepository;
  }

  /** Emulates a push to main by another person. */
  pushToMain(newest: string): void {
    this.write({ ...this.repository(), newest });
  }

  private write(repository: EmulatedRepository): void {
    fs.writeFileSync(this.repositoryFile, JSON.stringify(repository, null, 2));
  }

  /** Runs all steps of the workflow of an event. */
  async run(event: EventName, options: EventOptions = {}): Promise<Record<string, JobResult>> {
    this.repository();
    const workspace = path.join(this.folder, "workspace");
    const { pipelineObjectId } = this.secrets.identities;
    makeWorkspace(workspace, [{ path: ["pipelineObjectId"], value: pipelineObjectId }, ...(options.changes ?? [])]);
    try {
      return await runWorkflow({
        workflow: readWorkflow(path.join(REPOSITORY, "pipelines", "github", EVENTS[event])),
        context: this.context(event, options),
        environment: this.environment(),
        overrides: options.environment ?? {},
        workspace,
        folder: this.folder,
        admit: (job) => this.tokens.admit(subjectOf(event, job)),
        pulumiVersion: this.sandbox.toolchain.version,
        log: this.sinks.log,
        onOutput: this.sinks.onOutput,
        onStart: options.onStart,
      });
    } finally {
      this.tokens.dismiss();
    }
  }

  async close(): Promise<void> {
    await this.tokens.close();
  }

  private environment(): NodeJS.ProcessEnv {
    const { pulumi } = this.sandbox.toolchain;
    const given = Object.entries(this.sandbox.environment()).filter(([name]) => !WITHHELD.includes(name));
    return {
      ...Object.fromEntries(given),
      ...makeTools(path.join(this.folder, "bin"), pulumi),
      STAND_IN_GITHUB: this.repositoryFile,
      STAND_IN_SSH_KEY: this.secrets.sshKeyFile,
    };
  }

  private context(event: EventName, { fork = false }: EventOptions): GitHubRun["context"] {
    const environment = this.sandbox.environment();
    const repository = { full_name: fork ? `mallory/${GITHUB_REPOSITORY.name}` : NAME };
    const pull_request = { number: PULL_REQUEST, head: { sha: COMMIT, repo: repository } };
    const github = {
      event_name: event === "pull-request" ? "pull_request" : event === "main" ? "push" : "schedule",
      event: event === "pull-request" ? { pull_request } : {},
      ref: event === "pull-request" ? `refs/pull/${PULL_REQUEST}/merge` : "refs/heads/main",
      repository: NAME,
      sha: COMMIT,
      server_url: "https://github.com",
      run_id: "4711",
      token: "emulated-job-token",
    };
    const vars = {
      PULUMI_STACK: STACK,
      PULUMI_BACKEND_URL: environment.PULUMI_BACKEND_URL!,
      TENANT_ID: this.sandbox.settings.tenantId,
      PREVIEW_CLIENT_ID: this.secrets.identities.previewClientId,
      UP_CLIENT_ID: this.secrets.identities.upClientId,
      SSH_KEY_VAULT: "sandbox-vault",
      SSH_KEY_SECRET: "sync-servers-ssh-key",
    };
    return { github, vars };
  }
}

/** The subject of a job's token, in GitHub's format: the environment's, else the event's. */
function subjectOf(event: EventName, job: WorkflowJob): string {
  if (job.environment !== undefined) return `${SUBJECT_PREFIX}:environment:${job.environment}`;
  return `${SUBJECT_PREFIX}:${event === "pull-request" ? "pull_request" : "ref:refs/heads/main"}`;
}
