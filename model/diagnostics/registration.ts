/** What is registered of a diagnostic: all of it in one place, as data with `{name}` for each value. */
import type { RemedyTemplate } from "./remedy";

/** An `error` stops the work, a `finding` makes a drift alarm red, a `notice` only informs. */
export type Severity = "error" | "finding" | "notice";

/**
 * What a plain `pulumi up` does about it:
 * - `certificate`: a new generation of key and certificate, uploaded and switched to;
 * - `registration`: the registration runs again on the server;
 * - `program`: the host program is copied again;
 * - `removal`: the credential is removed under `credentialPolicy: enforce`; under `report` nothing is;
 * - `repetition`: an entry beside the declared one is removed, under both policies: a second one of its certificate, or the
 *   one that it replaced;
 * - `lock`: the app instance property lock is switched on;
 * - `nothing`: a person has to act, as the remedy says.
 */
export type Cure = "certificate" | "registration" | "program" | "removal" | "repetition" | "lock" | "nothing";

export interface Registration {
  severity: Severity;
  /** One sentence: what is so. */
  title: string;
  /** One or two sentences: why it matters. */
  why: string;
  cure: Cure;
  property: string;
  /** Empty for a notice. */
  expected: string;
  /** Of a notice a whole sentence. */
  actual: string;
  /** One remedy, or several by name of which the case chooses one. */
  remedy: RemedyTemplate | Readonly<Record<string, RemedyTemplate>>;
  /** A page of docs/ that says more than the entry of the code itself. */
  guide?: string;
  /** The version that had it first. */
  since: string;
}

export type Registrations = Readonly<Record<string, Registration>>;

/** The names between braces in a text. */
type Names<T extends string> = T extends `${string}{${infer N}}${infer Rest}` ? N | Names<Rest> : never;
type NamesIn<T> = T extends string ? Names<T> : never;
type PartNames<P> = P extends string
  ? Names<P>
  : P extends { args: readonly (infer A)[] }
    ? NamesIn<A> | (P extends { stack: infer S } ? NamesIn<S> : never)
    : P extends { words: readonly (infer W)[] }
      ? NamesIn<W>
      : P extends { text: infer T }
        ? NamesIn<T>
        : never;
type TemplateNames<R> = R extends readonly (infer P)[] ? PartNames<P> : never;

/** Names of a registration's remedies; never if it has one without a name. */
export type RemedyName<R extends Registration> = R["remedy"] extends readonly unknown[]
  ? never
  : keyof R["remedy"] & string;

type ChosenRemedy<R extends Registration, V> = R["remedy"] extends readonly unknown[]
  ? R["remedy"]
  : V extends keyof R["remedy"]
    ? R["remedy"][V]
    : never;

/** The values that a case has to give. */
export type ValuesFor<R extends Registration, V> = Record<
  NamesIn<R["property"] | R["expected"] | R["actual"]> | TemplateNames<ChosenRemedy<R, V>>,
  string | number
>;
