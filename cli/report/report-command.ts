/** `npm run report`: who is who, what differs, who else may synchronise, as a page, as JSON and as Markdown. */
import { announce } from "../../console/run-command";
import { interruptTaken } from "../../console/interrupts";
import { EXIT, CommandError, UsageError } from "../../console/errors";
import { runOperation, type CommonOptions } from "../stack/operation";
import type { StackContext } from "../stack/stack-context";
import { buildReport } from "./report-build";
import { secretsOf } from "./report-clean";
import { defaultFolder, makeFolder, newestReport, readReport, wordPath, writeReport, writeWhole } from "./report-files";
import { gather } from "./report-gather";
import { reportMarkdown } from "./report-markdown";
import { reportPage } from "./report-page";
import { shortMarkdown } from "./report-short";
import { print } from "../../console/output";

interface ReportOptions extends CommonOptions {
  output?: string;
  since?: string;
  short?: string;
}

const folderOf = ({ output, stack }: Pick<ReportOptions, "output" | "stack">) => output ?? defaultFolder(stack);

/** The report to compare with. @throws UsageError where the one that was asked for is of another tenant */
function earlierReport(folder: string, { stack, tenantAccess }: StackContext, since: string | undefined) {
  const { tenantId } = tenantAccess;
  if (since === undefined) return newestReport(folder, stack, tenantId);
  const chosen = readReport(since);
  if (chosen.tenantId === tenantId) return chosen;
  throw new UsageError(`${since} is of tenant ${chosen.tenantId}, and stack ${stack} of ${tenantId}`);
}

async function report(context: StackContext, _: readonly string[], options: ReportOptions): Promise<number> {
  const folder = wordPath(folderOf(options));
  makeFolder(folder);
  // Read before anything is observed: a wrong file is told at once.
  const before = earlierReport(folder, context, options.since);
  const facts = await gather(context);
  // While Pulumi reads for it, an interrupt is passed on to Pulumi.
  if (interruptTaken() !== undefined) throw new CommandError("stopped; no report was written");
  const document = buildReport(facts, before, [...context.secrets, ...secretsOf(process.env)]);
  const page = writeReport(folder, document, { html: reportPage(document), markdown: reportMarkdown(document) });
  if (options.short !== undefined) {
    writeWhole(options.short, shortMarkdown(document));
    announce(`written: ${options.short}`);
  }
  announce(`${document.stack}: ${document.sentence}`);
  print(wordPath(page));
  return document.healthy ? EXIT.ok : EXIT.failed;
}

void runOperation<ReportOptions>({
  name: "report",
  file: __filename,
  description: "Look at servers and tenant of a stack, change nothing, and write down what is there",
  define: (command) =>
    void command
      .allowExcessArguments(false)
      .option("--output <folder>", "where the files go; a path without spaces (default: reports/<stack>)")
      .option("--since <report.json>", "the report to compare with (default: the newest one in the folder)")
      .option("--short <file.md>", "also a short form for the comment of a pull request")
      .addHelpText("after", "\nThe last line on stdout is the path of the page, where one was made.")
      .addHelpText("after", "Exit code 0: as declared; 1: findings, or no report; 2: wrong use. See docs/report.md."),
  check: (_, options) => {
    wordPath(folderOf(options));
    if (options.since !== undefined) readReport(options.since);
  },
  run: report,
});
