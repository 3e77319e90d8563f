/** A diagnostic: one thing that is wrong or worth knowing, in one form for all that find and all that show. */
import { type DIAGNOSTICS, registrationOf, type DiagnosticCode } from "./registry";
import type { Cure, Registration, RemedyName, Severity, ValuesFor } from "./registration";
import { harmless } from "../text/encoders/harmless";
import { encodeText, LONGEST_LINE } from "../text/encoders/text";
import { ANY_READER, fill, fillRemedy, renderRemedy } from "./remedy";
import type { Reader, Remedy, RemedyTemplate, Values } from "./remedy";

export type { DiagnosticCode } from "./registry";
export type { Cure, Severity } from "./registration";

/** One thing that is wrong or worth knowing. */
export interface Diagnostic {
  /** Stable, for scripts and documentation: a key of the registry. */
  code: DiagnosticCode;
  /** Whether it stops the work, makes a drift alarm red, or only informs. */
  severity: Severity;
  /** Name of a declared server; null if the stack or the tenant is meant. */
  subject: string | null;
  /** Path of the property in the configuration, or the thing on the server or in Entra. */
  property: string;
  /** What should be there; empty for a notice, whose `actual` is a whole sentence. */
  expected: string;
  /** What was found there. Never a secret. */
  actual: string;
  /** What a plain `pulumi up` does about it. */
  cure: Cure;
  /** What a person does; empty if nothing has to be done. */
  remedy: Remedy;
}

type Of<C extends DiagnosticCode> = (typeof DIAGNOSTICS)[C];

/** What a case chooses: one of several remedies, another cure than the registered one. */
type Choice<C extends DiagnosticCode, V> = [RemedyName<Of<C>>] extends [never]
  ? [choice?: { cure?: Cure }]
  : [choice: { remedy: V; cure?: Cure }];

function templateOf({ remedy }: Registration, name: string | undefined): RemedyTemplate {
  if (Array.isArray(remedy)) return remedy as RemedyTemplate;
  return (remedy as Readonly<Record<string, RemedyTemplate>>)[name!];
}

/**
 * A diagnostic out of its registration and the values of the case.
 *
 * @param subject name of the server; null for the stack or the tenant
 */
export function diagnose<C extends DiagnosticCode, V extends RemedyName<Of<C>>>(
  code: C,
  subject: string | null,
  values: ValuesFor<Of<C>, V>,
  ...[choice]: Choice<C, V>
): Diagnostic {
  const registration = registrationOf(code);
  // Values are texts of others as often as not.
  const given: Values = harmless<Values>(values);
  const { remedy, cure = registration.cure } = (choice ?? {}) as { remedy?: string; cure?: Cure };
  return {
    code,
    severity: registration.severity,
    subject,
    property: fill(registration.property, given),
    expected: fill(registration.expected, given),
    actual: fill(registration.actual, given),
    cure,
    remedy: fillRemedy(templateOf(registration, remedy), given),
  };
}

const LONGEST_NAME = 80;

/** A name as people may have written it, so that a message stays one short line: quoted if it could not be read. */
function readable(name: string): string {
  const quoted = name === "" || /[\u0000-\u001f\u007f-\u009f]/.test(name) ? JSON.stringify(name) : name;
  return quoted.length > LONGEST_NAME ? `${quoted.slice(0, LONGEST_NAME - 3)}...` : quoted;
}

/** What a line without a server begins with. */
export const TENANT = "tenant";

/** What was found, without what helps. */
function sentence({ expected, actual }: Diagnostic): string {
  return expected === "" ? actual : `expected ${expected}, found ${actual}.`;
}

/**
 * One line for one diagnostic. An error names its property and ends with its code; others begin with theirs.
 *
 * @param reader who reads it; left out, commands name the stack as a placeholder
 */
export function formatDiagnostic(diagnostic: Diagnostic, reader: Reader = ANY_READER): string {
  const { severity, subject, code, property, remedy } = diagnostic;
  const helps = renderRemedy(remedy, reader);
  const text = `${sentence(diagnostic)}${helps === "" ? "" : ` ${helps}`}`;
  const line =
    severity === "error"
      ? `${subject === null ? "" : `${readable(subject)}: `}${readable(property)}: ${text} [${code}]`
      : `${subject ?? TENANT}: ${code}: ${text}`;
  return encodeText(line, LONGEST_LINE);
}

/** One line of so many characters at most, without the remedy; the code is shown in any case. */
export function formatBriefly(diagnostic: Diagnostic, width: number): string {
  const code = ` [${diagnostic.code}]`;
  const text = formatDiagnostic({ ...diagnostic, remedy: [] }).slice(0, -code.length);
  return `${text.length + code.length > width ? `${text.slice(0, width - code.length - 3)}...` : text}${code}`;
}

/**
 * The one error class for what a user can fix. Its message has all problems for a reader of whom nothing is known; what
 * shows the error and knows the reader formats `problems` itself. `code` is that of the first.
 */
export class ProblemError extends Error {
  /** Code of the first problem, for scripts. */
  readonly code: string;

  /** @param problems what is wrong, each with its remedy */
  constructor(
    /** What is wrong. */
    readonly problems: readonly Diagnostic[],
    options?: { cause?: unknown },
  ) {
    super(problems.map((problem) => formatDiagnostic(problem)).join("\n"), options);
    this.name = "ProblemError";
    this.code = problems[0]?.code ?? "UNKNOWN";
  }
}
