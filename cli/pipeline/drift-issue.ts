/** The alarm about drift: judges a preview that no person asked for, and keeps at most one issue of each kind about it. */
import * as fs from "node:fs";
import { z } from "zod";
import { EXIT, UsageError } from "../../console/errors";
import { encodeForJson } from "../../model/text/encoders/json";
import { print, printJson } from "../../console/output";
import { announce } from "../../console/progress";
import { azureDevOpsJob } from "./azure-devops";
import { decide, judge, type Alarm } from "./drift";
import { readRecordedPreview, readText } from "./recorded-preview";
import { GitHubIssues, WorkItems, type Tracker } from "./trackers";

export interface DriftIssueOptions {
  stack?: string;
  preview?: string;
  alarm?: string;
  output?: string;
  tracker?: "github" | "azure-devops";
  workItemType: string;
  doneState: string;
  json?: boolean;
}

const StoredAlarm = z.strictObject({
  version: z.literal(1),
  stack: z.string(),
  verdict: z.enum(["none", "drift", "blind"]),
  fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
  /** Absent in the file of an earlier version, whose job may have run before this one. */
  entries: z.array(z.string()).default([]),
  title: z.string(),
  body: z.string(),
});

function alarmOf({ preview, alarm, stack }: DriftIssueOptions): Alarm {
  if ((preview === undefined) === (alarm === undefined)) throw new UsageError("give either --preview or --alarm");
  if (preview !== undefined) {
    if (stack === undefined) throw new UsageError("--preview needs --stack");
    return judge(readRecordedPreview(preview), stack);
  }
  try {
    return StoredAlarm.parse(JSON.parse(readText("--alarm", alarm!)));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--alarm ${alarm}: this file is not an output of this command`);
  }
}

function trackerOf({ tracker, workItemType: type, doneState }: DriftIssueOptions): Tracker {
  if (tracker === "github") return new GitHubIssues(process.env);
  return new WorkItems(azureDevOpsJob(process.env), { type, doneState });
}

export async function driftIssue(options: DriftIssueOptions): Promise<number> {
  const alarm = alarmOf(options);
  if (options.output !== undefined) fs.writeFileSync(options.output, `${encodeForJson(alarm, 2)}\n`);
  if (options.tracker !== undefined) {
    const tracker = trackerOf(options);
    const actions = decide(alarm, await tracker.open(alarm.stack));
    for (const action of actions) {
      await tracker.apply(action, alarm);
      announce(`${action.do} ${action.kind}${action.do === "open" ? "" : ` #${action.id}`}`);
    }
    if (actions.length === 0) announce("no issue was changed");
  }
  announce(alarm.title);
  if (options.json) printJson(alarm);
  else print(alarm.verdict);
  return EXIT.ok;
}
