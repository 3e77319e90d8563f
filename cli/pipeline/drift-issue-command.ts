/** `drift-issue`: judges a preview that no person asked for, and keeps at most one issue of each kind about it. */
import { Option } from "commander";
import type { CommandSpec } from "../command";
import type { DriftIssueOptions } from "./drift-issue";

export const driftIssueCommand: CommandSpec<DriftIssueOptions> = {
  name: "drift-issue",
  description: "Judge a scheduled preview, and open, update or close the issue about it",
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
        "what pulumi preview --json --expect-no-changes wrote; its exit code is in <file>.code",
      )
      .option("--stack <name>", "the stack, with --preview")
      .option("--output <file>", "where the judgement goes, for another job")
      .option("--alarm <file>", "a judgement that another job wrote, in place of --preview")
      .addOption(new Option("--tracker <where>", "open, update and close there").choices(["github", "azure-devops"]))
      .option("--work-item-type <name>", "of Azure DevOps", "Issue")
      .option("--done-state <name>", "the work item's last state", "Done")
      .option("--json", "print the judgement as one JSON object, in place of one word"),
  run: async (_args, options) => (await import("./drift-issue")).driftIssue(options),
};
