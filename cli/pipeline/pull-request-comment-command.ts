/** `pull-request-comment`: a preview as a comment that a person understands; with `--post` it is posted as well. */
import type { CommandSpec } from "../command";
import type { PullRequestCommentOptions } from "./pull-request-comment";

export const pullRequestCommentCommand: CommandSpec<PullRequestCommentOptions> = {
  name: "pull-request-comment",
  description: "Write what a preview found and what pulumi up would do, as Markdown",
  on: "files",
  changing: false,
  examples: ["pull-request-comment --stack prod --preview preview.json --output comment.md"],
  define: (command) =>
    void command
      .requiredOption("--stack <name>", "the stack")
      .requiredOption("--preview <file>", "output of pulumi preview --json; the exit code is in <file>.code")
      .requiredOption("--output <file>", "path of the comment file")
      .option("--report <file>", "a summary of the stack (report --short), if there is one")
      .option("--commit <sha>", "the commit of the preview")
      .option("--run <url>", "address of the run's log")
      .option("--post", "post the comment on the pull request of this Azure DevOps job, or update it")
      .option("--json", "print what was written and posted as one JSON object"),
  run: async (_args, options) => (await import("./pull-request-comment")).pullRequestComment(options),
};
