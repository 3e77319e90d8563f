/** A diagnostic as a program reads it: what `doctor --json` and `report.json` carry as `diagnostics`. */
import { z } from "zod";
import type { Diagnostic } from "./diagnostic";
import { pageOf, registrationOf } from "./registry";
import { renderCommand, renderRemedy, type Reader } from "./remedy";

export const DiagnosticDocument = z.strictObject({
  code: z.string(),
  /** Name of a declared server; null if the stack or the tenant is meant. */
  server: z.string().nullable(),
  severity: z.enum(["error", "finding", "notice"]),
  /** One sentence: what is so. */
  title: z.string(),
  property: z.string(),
  /** Empty for a notice. */
  expected: z.string(),
  actual: z.string(),
  /** What a plain `pulumi up` does about it. */
  cure: z.enum(["certificate", "registration", "program", "removal", "repetition", "lock", "nothing"]),
  /** What a person does, in words; empty if nothing has to be done. */
  remedy: z.string(),
  /** The commands of the remedy, each as it is pasted into a shell. */
  commands: z.array(z.strictObject({ shell: z.enum(["posix", "powershell"]), command: z.string() })),
  /** The page of this project that explains the code. */
  page: z.string(),
});
export type DiagnosticDocument = z.infer<typeof DiagnosticDocument>;

export function documentOf(diagnostic: Diagnostic, reader: Reader): DiagnosticDocument {
  const { code, subject, severity, property, expected, actual, cure, remedy } = diagnostic;
  const commands = remedy.flatMap((part) =>
    typeof part === "string"
      ? []
      : [{ shell: part.kind === "shell" ? part.shell : ("posix" as const), command: renderCommand(part, reader) }],
  );
  return {
    ...{ code, server: subject, severity, title: registrationOf(code).title, property, expected, actual, cure },
    ...{ remedy: renderRemedy(remedy, reader), commands, page: pageOf(code) },
  };
}
