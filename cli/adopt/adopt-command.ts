/** `npm run adopt -- <server>`: takes over what Entra and a server hold, where state does not know it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { announce } from "../../console/run-command";
import { EXIT, SandboxError } from "../../console/errors";
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
import type { Workbench } from "../stack/stack-context";

interface AdoptOptions extends CommonOptions {
  yes?: boolean;
  file?: string;
}

const IMPORT = ["--generate-code=false", "--protect=false", "--skip-preview", "--yes", "--non-interactive"];

const print = (text: string) => void process.stdout.write(`${text}\n`);

function writeImportFile(facts: AdoptionFacts, plan: AdoptionPlan, given: string | undefined): string {
  const file = path.resolve(given ?? path.join("adopt", `${plan.server}.import.json`));
  const content = makeImportFile(plan, resourceUrns(facts), (urn) => hasResource(facts.state, urn));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  return file;
}

/** Runs Pulumi, silent where it succeeds. @throws SandboxError with all that it said */
async function mustSucceed(bench: Workbench, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await bench.pulumi([...args, "--color", "never"]);
  if (code !== 0) throw new SandboxError(`pulumi ${args[0]} failed:\n${`${stdout}\n${stderr}`.trim()}`);
}

/** What is run by hand where nobody said --yes. */
function sayWhatToRun(bench: Workbench, facts: AdoptionFacts, plan: AdoptionPlan, file: string): void {
  const { adoptSha256, server } = plan;
  const shown = path.relative(process.cwd(), file);
  print(`\nTo take it over: ${operationLine(bench.stack, "adopt", server, "--yes")}\n\nThat is the same as`);
  print(`  pulumi import --file ${shown} --generate-code=false --protect=false --stack ${bench.stack}`);
  if (adoptSha256) print(`and in the stack's configuration\n${configLines(facts.project, server, adoptSha256)}`);
}

/** The server is as the declaration says: state lacks nothing but the word. */
async function recordWhatIsThere(bench: Workbench, facts: AdoptionFacts, differs: readonly Difference[]) {
  const tenantAsDeclared = differs.every(({ onHost }) => onHost);
  const { recorded, left } = await recordHost(bench, facts, tenantAsDeclared);
  const target = bench.sshTarget(facts.server);
  const after = await observeHost(target, bench.identity(facts.server.name), bench.program);
  const changed = changedFacts(facts.host, after);
  if (changed.length > 0) {
    const { name } = facts.server;
    throw new SandboxError(`${name}: the server is not as it was before: ${changed.join(", ")}. See: pulumi preview`);
  }
  if (recorded.length > 0) announce(`recorded, with nothing changed on the server: ${recorded.join(", ")}`);
  if (left.length > 0) announce(`left for the next pulumi up, which finds it in place: ${left.join(", ")}`);
}

async function takeOver(bench: Workbench, facts: AdoptionFacts, plan: AdoptionPlan, file: string): Promise<void> {
  await mustSucceed(bench, ["import", "--file", file, ...IMPORT]);
  announce(`imported what Entra holds of ${plan.server} into the state of stack ${bench.stack}`);
  if (plan.adoptSha256) {
    await mustSucceed(bench, configArguments(facts.project, plan.server, plan.adoptSha256));
    announce(`configured: the certificate ${plan.adoptSha256} stays until the next rotation`);
  }
}

async function adopt(bench: Workbench, [name]: readonly string[], { yes, file: given }: AdoptOptions): Promise<number> {
  const facts = await readAdoptionFacts(bench, bench.server(name));
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
    sayWhatToRun(bench, facts, plan, file);
    return EXIT.ok;
  }
  await takeOver(bench, facts, plan, file);
  const inPlace = plan.kind === "marked" && onHost.length === 0 && !differs.some((difference) => difference.onHost);
  if (inPlace) await recordWhatIsThere(bench, facts, differs);
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
