/** What a mutant is: one small change to a decision, and the tests that have to notice it. */

/** Tests by how they are started. */
export type Test =
  /** A Pester file below host-program/Tests, and optionally a part of the titles that count. */
  | { pester: string; title?: string }
  /** Contract cases whose title matches, against the program or the stand-in. */
  | { contract: string; host: "pwsh" | "model" }
  /** A mocha file below test/unit. */
  | { unit: string; title?: string };

export interface Mutant {
  /** What it breaks, in a few words. */
  id: string;
  /** Path from the root of the repository. */
  file: string;
  /** Exact text; it occurs once in the file. */
  before: string;
  after: string;
  /** What the mutant means for a server. */
  meaning: string;
  tests: Test[];
  /** Why no test can notice it, where that is so. */
  equivalent?: string;
}

type Change = Omit<Mutant, "file" | "tests">;

/** Mutants of one file that the same tests have to notice. */
export function mutantsOf(file: string, tests: Test[], changes: Change[]): Mutant[] {
  return changes.map((change) => ({ ...change, file, tests }));
}

/** How often a text occurs in another. */
export function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** The file with the mutant in it; null if the text that it replaces does not occur exactly once. */
export function mutate(text: string, { before, after }: Mutant): string | null {
  return occurrences(text, before) === 1 ? text.replace(before, () => after) : null;
}
