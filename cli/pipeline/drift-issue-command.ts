/** `npm run drift-issue`: judges a preview that nobody asked for, and keeps at most one issue of each kind about it. */
import * as fs from "node:fs";
import { Option } from "commander";
import { z } from "zod";
import { announce } from "../../console/run-command";
import { EXIT, UsageError } from "../../console/errors";
import { azureDevOpsJob } from "./azure-devops";
import { decide, judge, type Alarm } from "./drift";
import { makeCommand, readRecordedPreview, readText, runPipelineCommand } from "./pipeline-command";
import { GitHubIssues, WorkItems, type Tracker } from "./trackers";
import { encodeForJson } from "../../model/text/encoders/json";
import { print } from "../../console/output";

interface Options {
  stack?: string;
  preview?: string;
  alarm?: string;
  output?: string;
  tracker?: "github" | "azure-devops";
  workItemType: string;
  doneState: string;
}

const StoredAlarm = z.strictObject({
  version: z.literal(1),
  stack: z.string(),
  verdict: z.enum(["none", "drift", "blind"]),
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
  title: z.string(),
  body: z.string(),
});

const command = makeCommand("drift-issue", "Judge a scheduled preview, and open, update or close the issue about it")
  .option("--preview <file>", "what pulumi preview --json --expect-no-changes wrote; its exit code is in <file>.code")
  .option("--stack <name>", "the stack, with --preview")
  .option("--output <file>", "where the judgement goes, for another job")
  .option("--alarm <file>", "a judgement that another job wrote, in place of --preview")
  .addOption(new Option("--tracker <where>", "opens, updates and closes there").choices(["github", "azure-devops"]))
  .option("--work-item-type <name>", "of Azure DevOps", "Issue")
  .option("--done-state <name>", "the work item's last state", "Done");

function alarmOf({ preview, alarm, stack }: Options): Alarm {
  if ((preview === undefined) === (alarm === undefined)) throw new UsageError("give either --preview or --alarm");
  if (preview !== undefined) {
    if (stack === undefined) throw new UsageError("--preview needs --stack");
    return judge(readRecordedPreview(preview), stack);
  }
  try {
    return StoredAlarm.parse(JSON.parse(readText("--alarm", alarm!)));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--alarm ${alarm}: this is no judgement of this command`);
  }
}

function trackerOf({ tracker, workItemType: type, doneState }: Options): Tracker {
  if (tracker === "github") return new GitHubIssues(process.env);
  return new WorkItems(azureDevOpsJob(process.env), { type, doneState });
}

async function run(options: Options): Promise<number> {
  const alarm = alarmOf(options);
  if (options.output !== undefined) fs.writeFileSync(options.output, `${encodeForJson(alarm, 2)}\n`);
  if (options.tracker !== undefined) {
    const tracker = trackerOf(options);
    const actions = decide(alarm, await tracker.open(alarm.stack));
    for (const action of actions) {
      await tracker.apply(action, alarm);
      announce(`${action.do} ${action.kind}${action.do === "open" ? "" : ` #${action.id}`}`);
    }
    if (actions.length === 0) announce("no issue had to be touched");
  }
  announce(alarm.title);
  print(alarm.verdict);
  return EXIT.ok;
}

void runPipelineCommand<Options>(command, run);
