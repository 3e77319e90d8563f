/** The comment of a pull request, out of a recorded preview. */
import * as fs from "node:fs";
import { EXIT } from "../../console/errors";
import { printJson } from "../../console/output";
import { announce } from "../../console/progress";
import { azureDevOpsJob, postComment } from "./azure-devops";
import { commentMarker, formatComment } from "./comment";
import { readOptional, readRecordedPreview } from "./recorded-preview";

export interface PullRequestCommentOptions {
  stack: string;
  preview: string;
  report?: string;
  output: string;
  commit?: string;
  run?: string;
  post?: boolean;
  json?: boolean;
}

export async function pullRequestComment(given: PullRequestCommentOptions): Promise<number> {
  const { preview, output, report, post, json, ...options } = given;
  const comment = formatComment(readRecordedPreview(preview), { ...options, report: readOptional(report) });
  fs.writeFileSync(output, comment);
  announce(`${output}: ${comment.length} characters`);
  const posted = post ? await postComment(azureDevOpsJob(process.env), commentMarker(options.stack), comment) : null;
  if (posted !== null) announce(`comment ${posted}`);
  if (json) printJson({ stack: options.stack, output, posted });
  return EXIT.ok;
}
