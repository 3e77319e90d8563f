/** `npm run pull-request-comment`: a preview as a comment that a person understands; with `--post` it is posted as well. */
import * as fs from "node:fs";
import { announce } from "../../console/run-command";
import { EXIT } from "../../console/errors";
import { azureDevOpsJob, postComment } from "./azure-devops";
import { commentMarker, formatComment } from "./comment";
import { makeCommand, readOptional, readRecordedPreview, runPipelineCommand } from "./pipeline-command";

interface Options {
  stack: string;
  preview: string;
  report?: string;
  output: string;
  commit?: string;
  run?: string;
  post?: boolean;
}

const command = makeCommand("pull-request-comment", "Say what a preview found and what pulumi up would do, as Markdown")
  .requiredOption("--stack <name>", "the stack")
  .requiredOption("--preview <file>", "what pulumi preview --json wrote; its exit code is in <file>.code")
  .requiredOption("--output <file>", "where the comment goes")
  .option("--report <file>", "a summary of the stack (npm run report -- --short), where it is there")
  .option("--commit <sha>", "the commit that was looked at")
  .option("--run <url>", "address of the run's log")
  .option("--post", "adds it to the pull request of this Azure DevOps job, or updates it there");

async function run({ preview, output, report, post, ...options }: Options): Promise<number> {
  const comment = formatComment(readRecordedPreview(preview), { ...options, report: readOptional(report) });
  fs.writeFileSync(output, comment);
  announce(`${output}: ${comment.length} characters`);
  if (post)
    announce(`comment ${await postComment(azureDevOpsJob(process.env), commentMarker(options.stack), comment)}`);
  return EXIT.ok;
}

void runPipelineCommand<Options>(command, run);
