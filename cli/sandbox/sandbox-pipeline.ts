/** `npm run sandbox-pipeline -- <event>`: the very steps of the GitHub workflows, against the sandbox and without GitHub. */
import * as fs from "node:fs";
import * as path from "node:path";
import { Command } from "commander";
import { exitCodeOf, interruptTaken } from "../../console/interrupts";
import { GitHubPipeline, EVENTS, PULL_REQUEST, type EventName } from "../../sandbox/pipeline/github-pipeline";
import type { JobResult } from "../../sandbox/pipeline/github-runner";
import { parseChange, type SettingChange } from "../../sandbox/pipeline/workspace";
import { checkName, EXIT, UsageError } from "../../console/errors";
import { Sandbox } from "../../sandbox/sandbox";
import { announce, runCommand, withUsage } from "../../console/run-command";
import { passOn, print } from "../../console/output";

interface Options {
  set: string[];
  verbose?: boolean;
}

const HELP = `
Events
  pull-request   previews, and comments on the pull request
  main           previews and applies
  drift          looks whether something drifted, and opens, updates or closes an issue

For example
  npm start
  npm run sandbox -- break sync01 certificate
  npm run sandbox-pipeline -- drift
  npm run sandbox-pipeline -- pull-request --set servers.sync02.rotate="after the audit"
`;

function makeCommand(): Command {
  return new Command("npm run sandbox-pipeline --")
    .description("Run the steps of pipelines/github against the sandbox; GitHub, Azure CLI and vault are stand-ins")
    .exitOverride()
    .showSuggestionAfterError()
    .allowExcessArguments(false)
    .argument("<event>", Object.keys(EVENTS).join(", "))
    .option("--set <setting=value>", "what the change declares, such as servers.sync02.rotate=now", collect, [])
    .option("--verbose", "shows what every step prints, also where it went well")
    .addHelpText("after", HELP);
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function changesOf({ set }: Options): SettingChange[] {
  return set.map((text) => {
    const change = parseChange(text);
    if (!change) throw new UsageError(`--set ${text}: it looks like servers.sync02.rotate=now`);
    return change;
  });
}

/** What a person came for: the comment, the issues, and where the steps went. */
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
    if (issues.length === 0) print("\nNo issue was ever opened.");
  }
}

async function execute(event: EventName, options: Options): Promise<number> {
  const changes = changesOf(options);
  const sandbox = await Sandbox.open({ command: `npm run sandbox-pipeline -- ${event}`, log: announce });
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
      show(pipeline, event, results);
      for (const [job, { result }] of Object.entries(results)) announce(`job ${job}: ${result}`);
      if (!options.verbose) announce(`what the steps printed: ${log}`);
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

async function main(args: readonly string[]): Promise<number> {
  const command = makeCommand();
  return withUsage(command, () => {
    const [event] = command.parse(args, { from: "user" }).args;
    return execute(checkName("event", event, Object.keys(EVENTS)) as EventName, command.opts<Options>());
  });
}

void runCommand(() => main(process.argv.slice(2)));
