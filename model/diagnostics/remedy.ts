/**
 * Remedies: what a person does, as data. A command keeps its words apart until the exit, as only there is it known which
 * stack it is, where its folder is, and who reads. Pure.
 */
import { inCloud, type Cloud } from "../tenant/clouds";
import { quotePosix, quotePowerShell } from "./quoting";

/** The shell that a command is pasted into: the reader's own, or PowerShell at the server. */
export type Shell = "posix" | "powershell";

/** A command of this project, such as `adopt sync01`; the stack is added at the exit. */
export interface OwnCommand {
  /** One of this project's own. */
  kind: "own";
  /** The subcommand of `connect-sync-identity`. */
  command: string;
  /** Arguments and options, without the stack. */
  args: readonly string[];
  /** Another stack than the reader's. */
  stack?: string;
}

/** A command of Pulumi's on the stack, such as `up --refresh`. */
export interface PulumiCommand {
  /** One of Pulumi's. */
  kind: "pulumi";
  /** Subcommand, arguments and options, without the stack. */
  args: readonly string[];
}

/** A command of another tool's, quoted for its shell. */
export interface ShellCommand {
  /** One of another tool. */
  kind: "shell";
  /** The shell that it is quoted for. */
  shell: Shell;
  /** The whole line. */
  text: string;
}

/** A command of a remedy. */
export type CommandPart = OwnCommand | PulumiCommand | ShellCommand;
/** Plain sentences, or a command. */
export type RemedyPart = string | CommandPart;
/** What a person does about a diagnostic; empty if nothing has to be done. */
export type Remedy = readonly RemedyPart[];

/** Who reads, and where: what a command needs to be pasted as it is. */
export interface Reader {
  /** Null if no stack is known. */
  stack: string | null;
  /** Whether the stack is the sandbox's. */
  sandbox: boolean;
  /** The project's folder as the reader types it; null if the reader is in it. */
  folder: string | null;
  /** The project that the sandbox runs, as the reader types its folder. @default this repository's own */
  project?: string;
  /** The cloud of the reader's tenant, which decides about addresses of Microsoft Graph. @default "global" */
  cloud?: Cloud;
}

/** A reader of whom nothing is known: commands name the stack as a placeholder. */
export const ANY_READER: Reader = { stack: null, sandbox: false, folder: null };

/** The name of the one command. */
export const PROGRAM = "connect-sync-identity";
const BINARY = ["npx", PROGRAM];

/** A command line as the reader's shell takes it. */
export function renderCommand(part: CommandPart, reader: Reader): string {
  const { stack, sandbox, folder, project, cloud = "global" } = reader;
  if (part.kind === "shell") return inCloud(part.text, cloud);
  const there = folder === null ? [] : ["--cwd", quotePosix(folder)];
  const words = (list: readonly string[]) => list.map(quotePosix);
  const ofStack = ["--stack", stack === null ? "<stack>" : quotePosix(stack)];
  if (part.kind === "own") {
    const named = part.stack === undefined ? ofStack : ["--stack", quotePosix(part.stack)];
    const inProject = project === undefined || folder !== null ? there : ["--cwd", quotePosix(project)];
    return [...BINARY, ...inProject, ...words([part.command, ...part.args]), ...named].join(" ");
  }
  if (sandbox) {
    const ofProject = project === undefined || folder !== null ? [] : ["--project", quotePosix(project)];
    return [...BINARY, ...there, "sandbox", "pulumi", ...ofProject, "--", ...words(part.args)].join(" ");
  }
  return ["pulumi", ...there, ...words(part.args), ...ofStack].join(" ");
}

/**
 * A remedy in words.
 *
 * @param mark how the exit shows a command: as it is in a terminal, as code in Markdown and HTML
 */
export function renderRemedy(remedy: Remedy, reader: Reader, mark = (command: string) => command): string {
  return remedy.map((part) => (typeof part === "string" ? part : mark(renderCommand(part, reader)))).join("");
}

/** The same remedy with other sentences; commands stay as they are. */
export function mapSentences(remedy: Remedy, change: (sentence: string) => string): Remedy {
  return remedy.map((part) => (typeof part === "string" ? change(part) : part));
}

// ---------------------------------------------------------------- templates

/** A command of another tool's before its values are known: its words, each quoted when the values are. */
interface ShellTemplate {
  kind: "shell";
  shell: Shell;
  words: readonly string[];
}

/** A command that a server gives as a whole, quoted by it already. */
interface GivenTemplate {
  kind: "given";
  shell: Shell;
  text: string;
}

/** A part of a remedy with `{name}` for each value. */
export type RemedyTemplatePart = string | OwnCommand | PulumiCommand | ShellTemplate | GivenTemplate;
export type RemedyTemplate = readonly RemedyTemplatePart[];

export const own = <const C extends string, const A extends readonly string[]>(command: C, ...args: A) =>
  ({ kind: "own", command, args }) as const;
export const ownElsewhere = <const S extends string, const A extends readonly string[]>(
  stack: S,
  command: string,
  ...args: A
) => ({ kind: "own", command, args, stack }) as const;
export const pulumi = <const A extends readonly string[]>(...args: A) => ({ kind: "pulumi", args }) as const;
export const posix = <const W extends readonly string[]>(...words: W) =>
  ({ kind: "shell", shell: "posix", words }) as const;
export const powershell = <const W extends readonly string[]>(...words: W) =>
  ({ kind: "shell", shell: "powershell", words }) as const;
export const given = <const T extends string>(shell: Shell, text: T) => ({ kind: "given", shell, text }) as const;

export type Values = Record<string, string | number>;

/** A template with its values. @throws Error for a value that is missing: a mistake of this project's own */
export function fill(template: string, values: Values): string {
  return template.replace(/\{([A-Za-z]\w*)\}/g, (_, name: string) => {
    if (!Object.hasOwn(values, name)) throw new Error(`no value for {${name}} in "${template}"`);
    return String(values[name]);
  });
}

export function fillRemedy(template: RemedyTemplate, values: Values): Remedy {
  const filled = (list: readonly string[]) => list.map((word) => fill(word, values));
  const parts = template.map((part): RemedyPart => {
    if (typeof part === "string") return fill(part, values);
    if (part.kind === "own") {
      const elsewhere = part.stack === undefined ? {} : { stack: fill(part.stack, values) };
      return { ...part, args: filled(part.args), ...elsewhere };
    }
    if (part.kind === "pulumi") return { ...part, args: filled(part.args) };
    if (part.kind === "given") return { kind: "shell", shell: part.shell, text: fill(part.text, values) };
    const quote = part.shell === "posix" ? quotePosix : quotePowerShell;
    return { kind: "shell", shell: part.shell, text: filled(part.words).map(quote).join(" ") };
  });
  return parts.filter((part) => part !== "");
}
