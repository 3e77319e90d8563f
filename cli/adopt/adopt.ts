/** Adoption: takes over what Entra and a server hold, if state does not know it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { CommandError, EXIT } from "../../console/errors";
import { announce, during } from "../../console/progress";
import type { Result } from "../../console/result";
import { diagnose, ProblemError } from "../../model/diagnostics/diagnostic";
import { operationLine, pulumiLine } from "../stack/next-steps";
import { observeServer } from "../stack/observe-server";
import type { StackContext } from "../stack/stack-context";
import { decideAdoption } from "./adopt-decision";
import { findDifferences, type Difference } from "./adopt-differences";
import { readAdoptionFacts, type AdoptionFacts } from "./adopt-facts";
import { changedFacts, hostFindings, recordHost } from "./adopt-host";
import { makeImportFile } from "./adopt-import-file";
import { planAdoption, type AdoptionPlan } from "./adopt-plan";
import { configArguments, configLines, differenceTable, takenOver } from "./adopt-report";
import { hasResource, resourceUrns } from "./adopt-resources";

export interface AdoptOptions {
  yes?: boolean;
  output?: string;
}

const IMPORT = ["--generate-code=false", "--protect=false", "--skip-preview", "--yes", "--non-interactive"];

function writeImportFile(facts: AdoptionFacts, plan: AdoptionPlan, given: string | undefined): string {
  const file = path.resolve(given ?? path.join("adopt", `${plan.server}.import.json`));
  const content = makeImportFile(plan, resourceUrns(facts), (urn) => hasResource(facts.state, urn));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  return file;
}

/** Runs Pulumi, silent if it succeeds. @throws CommandError with all that it said */
async function mustSucceed(context: StackContext, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await context.pulumi([...args, "--color", "never"]);
  if (code !== 0) throw new CommandError(`pulumi ${args[0]} failed:\n${`${stdout}\n${stderr}`.trim()}`);
}

/** What is run by hand without --yes. */
function whatToRun(context: StackContext, facts: AdoptionFacts, plan: AdoptionPlan, file: string): string[] {
  const { adoptSha256, server } = plan;
  const shown = path.relative(process.cwd(), file);
  const importing = pulumiLine(context.stack, "import", "--file", shown, "--generate-code=false", "--protect=false");
  return [
    `\nTo import it: ${operationLine(context.stack, "adopt", server, "--yes")}\n\nThis is equivalent to`,
    `  ${importing}`,
    ...(adoptSha256 ? [`and in the stack's configuration\n${configLines(facts.project, server, adoptSha256)}`] : []),
  ];
}

/** The server matches the declaration: only state lacks it. */
async function recordWhatIsThere(context: StackContext, facts: AdoptionFacts, differs: readonly Difference[]) {
  const tenantAsDeclared = differs.every(({ onHost }) => onHost);
  const { recorded, left } = await recordHost(context, facts, tenantAsDeclared);
  const after = await observeServer(context, facts.server.name, context.sshTarget(facts.server));
  const changed = changedFacts(facts.host, after);
  if (changed.length > 0) {
    const { name } = facts.server;
    const preview = pulumiLine(context.stack, "preview");
    throw new CommandError(`${name}: the server has changed in the meantime: ${changed.join(", ")}. See: ${preview}`);
  }
  if (recorded.length > 0) announce(`recorded in state, without a change on the server: ${recorded.join(", ")}`);
  if (left.length > 0) announce(`left for the next pulumi up, which records it without a change: ${left.join(", ")}`);
}

const LEFT = "the import may be incomplete; run the same command again to continue";

async function takeOver(context: StackContext, facts: AdoptionFacts, plan: AdoptionPlan, file: string): Promise<void> {
  const { stack } = context;
  await during(`importing into the state of stack ${stack}`, LEFT, () =>
    mustSucceed(context, ["import", "--file", file, ...IMPORT]),
  );
  announce(`imported the resources of ${plan.server} in Entra into the state of stack ${stack}`);
  if (plan.adoptSha256) {
    await mustSucceed(context, configArguments(facts.project, plan.server, plan.adoptSha256));
    announce(`configured: the certificate ${plan.adoptSha256} remains until the next rotation`);
  }
}

/** Reads the facts, writes the import file, and with `--yes` imports it. */
export async function adopt(
  context: StackContext,
  name: string,
  { yes = false, output }: AdoptOptions,
  result: Result,
): Promise<number> {
  const { stack } = context;
  const server = context.server(name);
  if (server.mode !== "byoa") throw new ProblemError([diagnose("ADOPTION_MODE", name, { mode: server.mode })]);
  const facts = await during(`reading ${name} and the tenant`, null, () => readAdoptionFacts(context, server));
  const plan = planAdoption(facts, decideAdoption(facts));
  const differs = findDifferences(facts, plan);
  const onHost = hostFindings(facts, plan);
  result.lines(takenOver(plan), differenceTable(differs), ...onHost);
  for (const [other, appId] of Object.entries(facts.neighbours)) {
    if (appId === null) announce(`note: ${other} is not reachable, so its application is unknown`);
  }
  const file = writeImportFile(facts, plan, output);
  announce(`written: ${path.relative(process.cwd(), file)}`);
  if (yes) {
    await takeOver(context, facts, plan, file);
    const inPlace = plan.kind === "marked" && onHost.length === 0 && !differs.some((difference) => difference.onHost);
    if (inPlace) await recordWhatIsThere(context, facts, differs);
    const preview = pulumiLine(stack, "preview", "--diff");
    result.lines(`\nNext: ${preview}, which shows the remaining differences; pulumi up resolves them.`);
  } else result.lines(...whatToRun(context, facts, plan, file));
  const { appId, displayName } = plan.application;
  const { adoptSha256: certificateSha256 } = plan;
  const application = { appId, displayName };
  result.object({ stack, server: name, imported: yes, file, application, certificateSha256, differences: differs });
  return EXIT.ok;
}
