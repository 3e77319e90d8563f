/** The very steps of the GitHub workflows, against the sandbox and without GitHub. */
import * as fs from "node:fs";
import * as path from "node:path";
import { exitCodeOf, interruptTaken } from "../../console/interrupts";
import { GitHubPipeline, EVENTS, PULL_REQUEST, type EventName } from "../../sandbox/pipeline/github-pipeline";
import type { JobResult } from "../../sandbox/pipeline/github-runner";
import { parseChange, type SettingChange } from "../../sandbox/pipeline/workspace";
import { checkName, EXIT, UsageError } from "../../console/errors";
import { passOn, print, printJson } from "../../console/output";
import { ownLine } from "../../console/own-command";
import { announce } from "../../console/progress";
import { Sandbox } from "../../sandbox/sandbox";

export interface PipelineOptions {
  set: string[];
  verbose?: boolean;
  json?: boolean;
}

function changesOf({ set }: PipelineOptions): SettingChange[] {
  return set.map((text) => {
    const change = parseChange(text);
    if (!change) throw new UsageError(`--set ${text}: use a form such as servers.sync02.rotate=now`);
    return change;
  });
}

/** The result: the comment, the issues, and the location of the steps' output. */
function show(pipeline: GitHubPipeline, event: EventName, results: Record<string, JobResult>): void {
  const { comments, issues } = pipeline.repository();
  if (event === "pull-request") {
    const comment = comments.find(({ number }) => number === PULL_REQUEST);
    if (comment) print(`\nComment on the pull request${comment.updates ? ", updated" : ""}:\n\n${comment.body}`);
  }
  if (event === "main") for (const { summary } of Object.values(results)) if (summary !== "") print(`\n${summary}`);
  if (event === "drift") {
    for (const { number, state, title, body } of issues) {
      print(`\nIssue #${number} (${state}): ${title}`);
      if (state === "open") print(`\n${body}`);
    }
    if (issues.length === 0) print("\nNo issue was opened.");
  }
}

function asObject(pipeline: GitHubPipeline, event: EventName, results: Record<string, JobResult>): object {
  const { comments, issues } = pipeline.repository();
  const jobs = Object.fromEntries(Object.entries(results).map(([job, { result }]) => [job, result]));
  return { event, jobs, comments, issues, sandbox: true };
}

/** @throws UsageError for an event or a change that it does not know */
export async function runPipeline(name: string, options: PipelineOptions): Promise<number> {
  const event = checkName("event", name, Object.keys(EVENTS)) as EventName;
  const changes = changesOf(options);
  const sandbox = await Sandbox.open({ command: ownLine("sandbox", "pipeline", event), log: announce });
  let printed = "";
  const shown = passOn(process.stderr);
  const onOutput = (text: string) => void (options.verbose ? shown.write(text) : (printed += text));
  try {
    await sandbox.start();
    const pipeline = await GitHubPipeline.open(sandbox, announce, onOutput);
    try {
      const results = await pipeline.run(event, { changes });
      shown.end();
      const failed = Object.values(results).some(({ result }) => result === "failure" || result === "cancelled");
      const log = path.join(pipeline.folder, "steps.log");
      if (!options.verbose) fs.writeFileSync(log, printed);
      if (options.json) printJson(asObject(pipeline, event, results));
      else show(pipeline, event, results);
      for (const [job, { result }] of Object.entries(results)) announce(`job ${job}: ${result}`);
      if (!options.verbose) announce(`output of the steps: ${log}`);
      const signal = interruptTaken();
      if (signal !== undefined) return exitCodeOf(signal);
      return failed ? EXIT.failed : EXIT.ok;
    } finally {
      await pipeline.close();
    }
  } finally {
    await sandbox.close();
  }
}
