/** What `pulumi preview --json` wrote: parsed as far as needed, with a clear error for anything else. */
import { z } from "zod";
import { kindOf } from "../../model/resources/resource-types";

const State = z.looseObject({
  type: z.string().default(""),
  inputs: z.record(z.string(), z.unknown()).nullish(),
});

const Step = z.looseObject({
  op: z.string(),
  urn: z.string(),
  oldState: State.nullish(),
  newState: State.nullish(),
  diffReasons: z.array(z.string()).nullish(),
});

const Diagnostic = z.looseObject({
  urn: z.string().nullish(),
  message: z.string().default(""),
  severity: z.string().default("info"),
});

const Output = z.looseObject({
  steps: z.array(Step).nullish(),
  diagnostics: z.array(Diagnostic).nullish(),
});

/** One step of a preview. */
export interface PreviewStep {
  /** `create`, `update`, `replace`, `delete`, `import`, ... */
  op: string;
  urn: string;
  type: string;
  /** Name of the resource, such as `sync01-certificate`. */
  name: string;
  before: Record<string, unknown>;
  after: Record<string, unknown>;
  diffReasons: string[];
}

interface PreviewDiagnostic {
  message: string;
  severity: string;
}

export interface PreviewOutput {
  /** Steps that change something. */
  steps: PreviewStep[];
  diagnostics: PreviewDiagnostic[];
}

/** Steps that only say that nothing changes, or that a resource is read. */
const IDLE = ["same", "read", "refresh", "read-discard"];

/** Marks, colours and control characters that a terminal, or a reader's eye, would obey. */
const HIDDEN =
  /\u001b\[[0-9;]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

function stepOf({ op, urn, oldState, newState, diffReasons }: z.infer<typeof Step>): PreviewStep {
  const [, , chain = "", ...name] = urn.split("::");
  return {
    op,
    urn,
    type: kindOf(chain.split("$").at(-1)!),
    name: name.join("::"),
    before: oldState?.inputs ?? {},
    after: newState?.inputs ?? {},
    diffReasons: diffReasons ?? [],
  };
}

/**
 * Parses the output of a preview.
 *
 * @returns null if it is no such output: the preview ended before it wrote any
 */
export function parsePreview(text: string): PreviewOutput | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const { success, data } = Output.safeParse(json);
  if (!success) return null;
  return {
    steps: (data.steps ?? []).map(stepOf).filter(({ op }) => !IDLE.includes(op)),
    diagnostics: (data.diagnostics ?? []).map(({ message, severity }) => ({
      message: message.replaceAll(HIDDEN, "").trim(),
      severity,
    })),
  };
}
