/** `npm run adopt -- <server>`: takes over what Entra and a server hold, where state does not know it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { announce } from "../../console/run-command";
import { EXIT, CommandError } from "../../console/errors";
import { observeHost } from "../../remote/observe-host";
import { decideAdoption } from "./adopt-decision";
import { findDifferences, type Difference } from "./adopt-differences";
import { readAdoptionFacts, type AdoptionFacts } from "./adopt-facts";
import { changedFacts, hostFindings, recordHost } from "./adopt-host";
import { makeImportFile } from "./adopt-import-file";
import { planAdoption, type AdoptionPlan } from "./adopt-plan";
import { configArguments, configLines, differenceTable, takenOver } from "./adopt-report";
import { hasResource, resourceUrns } from "./adopt-resources";
import { operationLine } from "../stack/next-steps";
import { runOperation, type CommonOptions } from "../stack/operation";
import type { StackContext } from "../stack/stack-context";
import { print } from "../../console/output";

interface AdoptOptions extends CommonOptions {
  yes?: boolean;
  file?: string;
}

const IMPORT = ["--generate-code=false", "--protect=false", "--skip-preview", "--yes", "--non-interactive"];

function writeImportFile(facts: AdoptionFacts, plan: AdoptionPlan, given: string | undefined): string {
  const file = path.resolve(given ?? path.join("adopt", `${plan.server}.import.json`));
  const content = makeImportFile(plan, resourceUrns(facts), (urn) => hasResource(facts.state, urn));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  return file;
}

/** Runs Pulumi, silent where it succeeds. @throws CommandError with all that it said */
async function mustSucceed(context: StackContext, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await context.pulumi([...args, "--color", "never"]);
  if (code !== 0) throw new CommandError(`pulumi ${args[0]} failed:\n${`${stdout}\n${stderr}`.trim()}`);
}

/** What is run by hand where nobody said --yes. */
function sayWhatToRun(context: StackContext, facts: AdoptionFacts, plan: AdoptionPlan, file: string): void {
  const { adoptSha256, server } = plan;
  const shown = path.relative(process.cwd(), file);
  print(`\nTo take it over: ${operationLine(context.stack, "adopt", server, "--yes")}\n\nThat is the same as`);
  print(`  pulumi import --file ${shown} --generate-code=false --protect=false --stack ${context.stack}`);
  if (adoptSha256) print(`and in the stack's configuration\n${configLines(facts.project, server, adoptSha256)}`);
}

/** The server is as the declaration says: state lacks nothing but the word. */
async function recordWhatIsThere(context: StackContext, facts: AdoptionFacts, differs: readonly Difference[]) {
  const tenantAsDeclared = differs.every(({ onHost }) => onHost);
  const { recorded, left } = await recordHost(context, facts, tenantAsDeclared);
  const target = context.sshTarget(facts.server);
  const after = await observeHost(target, context.identity(facts.server.name), context.program);
  const changed = changedFacts(facts.host, after);
  if (changed.length > 0) {
    const { name } = facts.server;
    throw new CommandError(`${name}: the server is not as it was before: ${changed.join(", ")}. See: pulumi preview`);
  }
  if (recorded.length > 0) announce(`recorded, with nothing changed on the server: ${recorded.join(", ")}`);
  if (left.length > 0) announce(`left for the next pulumi up, which finds it in place: ${left.join(", ")}`);
}

async function takeOver(context: StackContext, facts: AdoptionFacts, plan: AdoptionPlan, file: string): Promise<void> {
  await mustSucceed(context, ["import", "--file", file, ...IMPORT]);
  announce(`imported what Entra holds of ${plan.server} into the state of stack ${context.stack}`);
  if (plan.adoptSha256) {
    await mustSucceed(context, configArguments(facts.project, plan.server, plan.adoptSha256));
    announce(`configured: the certificate ${plan.adoptSha256} stays until the next rotation`);
  }
}

async function adopt(
  context: StackContext,
  [name]: readonly string[],
  { yes, file: given }: AdoptOptions,
): Promise<number> {
  const facts = await readAdoptionFacts(context, context.server(name));
  const plan = planAdoption(facts, decideAdoption(facts));
  const differs = findDifferences(facts, plan);
  const onHost = hostFindings(facts, plan);
  print(takenOver(plan));
  print(differenceTable(differs));
  for (const line of onHost) print(line);
  for (const [other, appId] of Object.entries(facts.neighbours)) {
    if (appId === null) announce(`note: ${other} could not be asked which application it uses`);
  }
  const file = writeImportFile(facts, plan, given);
  announce(`written: ${path.relative(process.cwd(), file)}`);
  if (!yes) {
    sayWhatToRun(context, facts, plan, file);
    return EXIT.ok;
  }
  await takeOver(context, facts, plan, file);
  const inPlace = plan.kind === "marked" && onHost.length === 0 && !differs.some((difference) => difference.onHost);
  if (inPlace) await recordWhatIsThere(context, facts, differs);
  print("\nNext: pulumi preview --diff, which shows what still differs; pulumi up makes it as declared.");
  return EXIT.ok;
}

void runOperation<AdoptOptions>({
  name: "adopt",
  file: __filename,
  description: "Take over an application and certificate that Entra and a server hold and that state does not know",
  define: (command) =>
    void command
      .argument("<server>", "a server of the stack's configuration")
      .option("--yes", "import it and set the configuration; without it nothing but the import file is written")
      .option("--file <file>", "where the import file goes", undefined)
      .addHelpText("after", "\nNothing changes on the server. See docs/situations/state-lost.md."),
  run: adopt,
});
