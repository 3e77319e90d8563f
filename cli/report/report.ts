/** The report: reads servers and tenant of a stack, and writes the result. */
import { CommandError, EXIT, UsageError } from "../../console/errors";
import { interruptTaken } from "../../console/interrupts";
import { announce, during } from "../../console/progress";
import type { Result } from "../../console/result";
import type { StackContext } from "../stack/stack-context";
import { buildReport } from "./report-build";
import { secretsOf } from "./report-clean";
import { defaultFolder, makeFolder, newestReport, readReport, wordPath, writeReport, writeWhole } from "./report-files";
import { gather } from "./report-gather";
import { reportMarkdown } from "./report-markdown";
import { reportPage } from "./report-page";
import { shortMarkdown } from "./report-short";

export interface ReportOptions {
  output?: string;
  since?: string;
  short?: string;
}

/** Refuses what cannot be written or read, before anything is started. @throws UsageError */
export function checkReportOptions({ output, since }: ReportOptions): void {
  if (output !== undefined) wordPath(output);
  if (since !== undefined) readReport(since);
}

/** The report to compare with. @throws UsageError if the one that was asked for is of another tenant */
function earlierReport(folder: string, { stack, tenantAccess }: StackContext, since: string | undefined) {
  const { tenantId } = tenantAccess;
  if (since === undefined) return newestReport(folder, stack, tenantId);
  const chosen = readReport(since);
  if (chosen.tenantId === tenantId) return chosen;
  throw new UsageError(`${since} is of tenant ${chosen.tenantId}, and stack ${stack} of ${tenantId}`);
}

export async function report(context: StackContext, options: ReportOptions, result: Result): Promise<number> {
  const folder = wordPath(options.output ?? defaultFolder(context.stack));
  makeFolder(folder);
  // Read before anything is observed: a wrong file is reported at once.
  const before = earlierReport(folder, context, options.since);
  const facts = await during("reading every server, the tenant and the state", null, () => gather(context));
  // While Pulumi reads for it, an interrupt is passed on to Pulumi.
  if (interruptTaken() !== undefined) throw new CommandError("interrupted; no report was written");
  const document = buildReport(facts, before, [...context.secrets, ...secretsOf(process.env)]);
  const page = writeReport(folder, document, { html: reportPage(document), markdown: reportMarkdown(document) });
  if (options.short !== undefined) {
    writeWhole(options.short, shortMarkdown(document));
    announce(`written: ${options.short}`);
  }
  announce(`${document.stack}: ${document.sentence}`);
  result.lines(wordPath(page));
  result.object({ ...document, page: wordPath(page) });
  return document.healthy ? EXIT.ok : EXIT.failed;
}
