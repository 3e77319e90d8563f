/**
 * `npm run mutation`: tries each mutant in a private copy of the repository, and prints which of them the tests notice.
 *
 *     npm run mutation                     all, two at a time
 *     npm run mutation -- restore pause    those with one of these texts in id or file
 *     npm run mutation -- --jobs 1
 *
 * Ends with 1 if a mutant survives without a reason, is stale, or if the tests fail without any mutant.
 */
import { nameOf, runTest } from "./command";
import { mutate, type Mutant, type Test } from "./mutant";
import { MUTANTS } from "./mutants";
import { Workspace } from "./workspace";

type Outcome = "killed" | "survived" | "equivalent" | "not equivalent" | "stale";

interface Result {
  mutant: Mutant;
  outcome: Outcome;
  /** The test that noticed it. */
  by: string;
}

/** Outcomes that a person has to do something about. */
const BAD: readonly Outcome[] = ["survived", "not equivalent", "stale"];

/** Pester loads the tree itself, but what is generated from the model. */
const needsBuild = ({ file, tests }: Mutant) =>
  file.startsWith("model/") || (file.startsWith("host-program/") && tests.some((test) => !("pester" in test)));

async function tryMutant(workspace: Workspace, mutant: Mutant): Promise<Result> {
  const original = workspace.read(mutant.file);
  const changed = mutate(original, mutant);
  if (changed === null) return { mutant, outcome: "stale", by: "" };
  const builds = needsBuild(mutant);
  workspace.write(mutant.file, changed);
  try {
    if (builds) workspace.build();
    for (const test of mutant.tests) {
      const { passes } = await runTest(test, workspace.folder);
      if (!passes) return { mutant, outcome: mutant.equivalent ? "not equivalent" : "killed", by: nameOf(test) };
    }
    return { mutant, outcome: mutant.equivalent ? "equivalent" : "survived", by: "" };
  } finally {
    workspace.write(mutant.file, original);
    if (builds) workspace.build();
  }
}

/** Does the work in all workspaces side by side. */
async function sideBySide<T>(
  workspaces: Workspace[],
  items: readonly T[],
  work: (workspace: Workspace, item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const one = async (workspace: Workspace) => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(workspace, item);
  };
  await Promise.all(workspaces.map(one));
}

/** The tests that fail without any mutant, with the end of what they print: what they notice later means nothing. */
async function failingTests(workspaces: Workspace[], mutants: Mutant[]): Promise<string[]> {
  const tests = new Map<string, Test>(
    mutants.flatMap(({ tests }) => tests.map((test) => [nameOf(test), test] as const)),
  );
  const failing: string[] = [];
  await sideBySide(workspaces, [...tests], async (workspace, [name, test]) => {
    const { passes, output } = await runTest(test, workspace.folder);
    if (!passes) failing.push(`${name}\n${output}`);
  });
  return failing;
}

function table(results: Result[]): string {
  const rows = results.map(({ mutant: { id, file, meaning, equivalent }, outcome, by }) => {
    const cells = [outcome, id, file, meaning, by || equivalent || ""];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return ["| outcome | mutant | file | meaning | noticed by, or why by none |", "|---|---|---|---|---|", ...rows].join(
    "\n",
  );
}

async function main(args: string[]): Promise<number> {
  const jobs = args.includes("--jobs") ? Number(args.splice(args.indexOf("--jobs"), 2)[1]) : 2;
  const chosen = MUTANTS.filter(
    ({ id, file }) => args.length === 0 || args.some((word) => id.includes(word) || file.includes(word)),
  );
  const workspaces = Array.from({ length: Math.min(jobs, chosen.length) }, () => new Workspace());
  try {
    const failing = chosen.length > 0 ? await failingTests(workspaces, chosen) : ["no mutant with that text"];
    if (failing.length > 0) {
      console.error(`Without any mutant:\n${failing.join("\n")}`);
      return 1;
    }
    const results: Result[] = [];
    await sideBySide(workspaces, chosen, async (workspace, mutant) => {
      const result = await tryMutant(workspace, mutant);
      results.push(result);
      console.error(`${results.length}/${chosen.length} ${result.outcome}: ${mutant.id}`);
    });
    results.sort((a, b) => chosen.indexOf(a.mutant) - chosen.indexOf(b.mutant));
    console.log(table(results));
    const bad = results.filter(({ outcome }) => BAD.includes(outcome)).length;
    console.log(
      `\n${results.length} mutants, ${results.filter((one) => one.outcome === "killed").length} killed, ${bad} to look at`,
    );
    return bad > 0 ? 1 : 0;
  } finally {
    for (const workspace of workspaces) workspace.remove();
  }
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
