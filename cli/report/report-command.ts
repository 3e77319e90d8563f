/** `report`: who is who, what differs, who else may synchronise, as a page, as JSON and as Markdown. */
import { Option } from "commander";
import { stackCommand } from "../stack/stack-command";
import { FORMAT_NAMES } from "./formats/format-names";
import type { ReportOptions } from "./report";

export const reportCommand = stackCommand<ReportOptions>({
  name: "report",
  description: "Write a report on a stack's servers and tenant (changes nothing)",
  changing: false,
  several: true,
  examples: [
    "report --stack prod",
    "report --stack emea --stack apac",
    "report --stack prod --output /srv/reports/prod --short comment.md",
    "report --stack prod --format sarif junit openmetrics icalendar",
  ],
  define: (command) =>
    void command
      .option(
        "--output <folder>",
        "folder of the report; a path without spaces (default: reports/<stack>; of several stacks, reports/stacks)",
      )
      .option("--since <report.json>", "the report to compare with (default: the newest one in the folder)")
      .addOption(
        new Option("--format <names...>", "also write latest.* in formats of other programs").choices(FORMAT_NAMES),
      )
      .option("--short <file.md>", "also write a short form, for the comment of a pull request")
      .addHelpText(
        "after",
        "\nThe last line on stdout is the path of the page; for the sandbox's stack, the last but one.",
      )
      .addHelpText("after", "Exit code 0: as declared; 1: findings, or no report was written. See docs/report.md."),
  check: async (_args, options) => (await import("./report")).checkReportOptions(options),
  async run(run) {
    const [{ report, reportStacks }, { openStackContext }] = await Promise.all([
      import("./report"),
      import("../stack/stack-context"),
    ]);
    if (run.others.length === 0) return report(await openStackContext(run), run.options, run.result);
    const contexts = [await openStackContext(run)];
    for (const other of run.others) contexts.push(await openStackContext(other));
    return reportStacks(contexts, run.options, run.result);
  },
});
