/** A row of docs/coverage.md, and how the files of rows beside this one write it. */

/** What a row of a document is. */
export type Kind = "procedure" | "step" | "requirement" | "limit" | "event" | "warning" | "fact";

/** A file below test/, a title in it, and the case of that title if it has several. */
export type Test = readonly [file: string, title: string, of?: string];

/** What becomes of a row here. Texts are Markdown. */
export type Standing =
  | { is: "done"; by: string; tests: readonly Test[] }
  | { is: "person"; why: string }
  /** `said` is a page with the words by which a reader finds it there. */
  | { is: "outside"; why: string; said: readonly [page: string, words: string] };

export type Row = Standing & {
  kind: Kind;
  /** In our words: nothing is copied from the document. */
  what: string;
  /** The numbered steps of the section that the row is about, from and to. */
  steps?: readonly [from: number, to: number];
  /** Where documents disagree: what is followed here, and why. */
  followed?: string;
};

/** The part of a document below one heading. */
export interface Section {
  /** As the document has it. */
  heading: string;
  /** How many numbered steps it has; none if absent. */
  steps?: number;
  rows: readonly Row[];
}

export interface Coverage {
  /** The number by which the document is known. */
  number: string;
  /** What it is, in our words. */
  title: string;
  /** Its headings are marked as such, or lines among others. */
  form: "marked" | "plain";
  sections: readonly Section[];
}

type More = Pick<Row, "steps" | "followed">;

/** Done here, by `by`, as the tests show. */
export function done(kind: Kind, what: string, by: string, tests: readonly Test[], more: More = {}): Row {
  return { kind, what, is: "done", by, tests, ...more };
}

/** A person's work, for a reason. */
export function person(kind: Kind, what: string, why: string, more: More = {}): Row {
  return { kind, what, is: "person", why, ...more };
}

/** Not this project's job, which is said at `said`. */
export function outside(kind: Kind, what: string, why: string, said: readonly [string, string], more: More = {}): Row {
  return { kind, what, is: "outside", why, said, ...more };
}

/** The one step `from`, or the steps up to `to`. */
export const steps = (from: number, to = from): More => ({ steps: [from, to] });
