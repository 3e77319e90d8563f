/** The report: reads servers and tenant of a stack, and writes the result. */
import * as path from "node:path";
import { readingCloud, readingStack } from "../../console/current-reader";
import { CommandError, EXIT, UsageError } from "../../console/errors";
import { interruptTaken } from "../../console/interrupts";
import { announce, during } from "../../console/progress";
import type { Result } from "../../console/result";
import type { StackContext } from "../stack/stack-context";
import { buildReport } from "./report-build";
import { secretsOf } from "./report-clean";
import {
  defaultFolder,
  folderName,
  makeFolder,
  newestReport,
  readReport,
  wordPath,
  writeReport,
  writeWhole,
  STACKS_FOLDER,
} from "./report-files";
import type { FormatName } from "./formats/format-names";
import { writeFormats } from "./formats/formats";
import { reportPlace } from "./formats/report-place";
import { verify } from "./origin/report-hash";
import { gather } from "./report-gather";
import { reportMarkdown } from "./report-markdown";
import { reportPage } from "./report-page";
import { shortMarkdown } from "./report-short";
import { buildStacksReport, type ReportedStack } from "./stacks-build";
import { stacksMarkdown } from "./stacks-markdown";
import { stacksPage } from "./stacks-page";
import { dataOf } from "./verify/verify-report";

export interface ReportOptions {
  output?: string;
  since?: string;
  short?: string;
  format?: FormatName[];
  stack?: string | string[];
}

/** Refuses what cannot be written or read, before anything is started. @throws UsageError */
export function checkReportOptions({ output, since, short, stack }: ReportOptions): void {
  const alone = since !== undefined ? "--since" : short !== undefined ? "--short" : null;
  if (alone !== null && Array.isArray(stack) && stack.length > 1) {
    throw new UsageError(`${alone} is for one stack, and several are named`);
  }
  if (output !== undefined) wordPath(output);
  if (since !== undefined) refuseChanged(since);
}

/** @throws UsageError if a file is no report, or is not as it was written; an older one has no hash to tell by */
function refuseChanged(since: string): void {
  readReport(since);
  if (verify(dataOf(since)).state !== "changed") return;
  throw new UsageError(`${since} was changed after it was written: its SHA-256 is another one than it names`);
}

/** The report to compare with. @throws UsageError if the one that was asked for is of another tenant */
function earlierReport(folder: string, { stack, tenantAccess }: StackContext, since: string | undefined) {
  const { tenantId } = tenantAccess;
  if (since === undefined) return newestReport(folder, stack, tenantId);
  const chosen = readReport(since);
  if (chosen.tenantId === tenantId) return chosen;
  throw new UsageError(`${since} is of tenant ${chosen.tenantId}, and stack ${stack} of ${tenantId}`);
}

/** Reads and writes the report of one stack. */
async function reportOn(context: StackContext, folder: string, options: ReportOptions): Promise<ReportedStack> {
  makeFolder(folder);
  // Read before anything is observed: a wrong file is reported at once.
  const before = earlierReport(folder, context, options.since);
  const facts = await during("reading every server, the tenant and the state", null, () => gather(context));
  // While Pulumi reads for it, an interrupt is passed on to Pulumi.
  if (interruptTaken() !== undefined) throw new CommandError("interrupted; no report was written");
  const document = buildReport(facts, before, [...context.secrets, ...secretsOf(process.env)]);
  const page = writeReport(folder, document, { html: reportPage(document), markdown: reportMarkdown(document) });
  const place = reportPlace(context, Object.keys(facts.servers), process.env);
  const written = writeFormats(folder, options.format ?? [], document, place);
  for (const file of Object.values(written)) announce(`written: ${file}`);
  announce(`${document.stack}: ${document.sentence}`);
  return { report: document, page: wordPath(page) };
}

function writeShort(file: string | undefined, text: string): void {
  if (file === undefined) return;
  writeWhole(file, text);
  announce(`written: ${file}`);
}

export async function report(context: StackContext, options: ReportOptions, result: Result): Promise<number> {
  const folder = wordPath(options.output ?? defaultFolder(context.stack));
  const { report: document, page } = await reportOn(context, folder, options);
  writeShort(options.short, shortMarkdown(document));
  result.lines(page);
  result.object({ ...document, page });
  return document.healthy ? EXIT.ok : EXIT.failed;
}

/** The reports of several stacks, and one on all of them. */
export async function reportStacks(
  contexts: readonly StackContext[],
  options: ReportOptions,
  result: Result,
): Promise<number> {
  const folder = wordPath(options.output ?? STACKS_FOLDER);
  makeFolder(folder);
  const reported: ReportedStack[] = [];
  for (const context of contexts) {
    const { stack, tenantAccess } = context;
    readingStack(stack);
    readingCloud(tenantAccess.cloud);
    const own = options.output === undefined ? defaultFolder(stack) : path.join(folder, folderName(stack));
    reported.push(await reportOn(context, wordPath(own), options));
  }
  const document = buildStacksReport(reported);
  const markdown = stacksMarkdown(document);
  const page = wordPath(writeReport(folder, document, { html: stacksPage(document), markdown }));
  announce(document.sentence);
  result.lines(page);
  result.object({ ...document, page });
  return document.healthy ? EXIT.ok : EXIT.failed;
}
