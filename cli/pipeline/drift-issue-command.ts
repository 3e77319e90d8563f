/** `drift-issue`: judges a preview that no person asked for, and keeps at most one issue of each kind about it. */
import { Option } from "commander";
import type { CommandSpec } from "../command";
import type { DriftIssueOptions } from "./drift-issue";

export const driftIssueCommand: CommandSpec<DriftIssueOptions> = {
  name: "drift-issue",
  description: "Evaluate a scheduled preview, and open, update or close the issue about drift",
  on: "files",
  changing: false,
  examples: [
    "drift-issue --preview preview.json --stack prod --output alarm.json",
    "drift-issue --alarm alarm.json --tracker github",
  ],
  define: (command) =>
    void command
      .option(
        "--preview <file>",
        "output of pulumi preview --json --expect-no-changes; the exit code is in <file>.code",
      )
      .option("--stack <name>", "the stack, with --preview")
      .option("--output <file>", "write the result to this file, for another job")
      .option("--alarm <file>", "result of another job (its --output), instead of --preview")
      .addOption(
        new Option("--tracker <name>", "open, update and close issues there").choices(["github", "azure-devops"]),
      )
      .option("--work-item-type <name>", "type of a new work item in Azure DevOps", "Issue")
      .option("--done-state <name>", "state of a closed work item in Azure DevOps", "Done")
      .option("--json", "print the result as one JSON object, instead of one word"),
  run: async (_args, options) => (await import("./drift-issue")).driftIssue(options),
};
