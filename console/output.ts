/**
 * The one place that writes to stdout and stderr. Everything goes through the encoder of its reader: a terminal, a file,
 * or the log of a CI system, which takes some lines for commands.
 */
import { encodeForAzureLog } from "../model/text/encoders/azure-log";
import { encodeForGitHubLog } from "../model/text/encoders/github-log";
import { encodeForJson } from "../model/text/encoders/json";
import { encodeForTerminal } from "../model/text/encoders/terminal";

/** Where printed text goes: each has an encoder of its own. */
type Sink = "github" | "azure" | "terminal" | "plain";

const ENCODERS: Record<Sink, (text: string) => string> = {
  github: encodeForGitHubLog,
  azure: encodeForAzureLog,
  terminal: encodeForTerminal,
  plain: encodeForTerminal,
};

/** The sink of this process, by what CI systems set in every job. */
export function sinkOf(environment: NodeJS.ProcessEnv, isTerminal: boolean): Sink {
  if (environment.GITHUB_ACTIONS === "true") return "github";
  if (/^true$/i.test(environment.TF_BUILD ?? "")) return "azure";
  return isTerminal ? "terminal" : "plain";
}

/** A text as a stream of this process gets it. */
export function encoded(text: string, stream: object & { isTTY?: boolean }): string {
  return ENCODERS[sinkOf(process.env, stream.isTTY === true)](text);
}

/** Prints a line, or several, of a command's result. */
export function print(text: string): void {
  process.stdout.write(`${encoded(text, process.stdout)}\n`);
}

/** A colour of ours, or its end. */
const COLOUR = /(\u001b\[\d{1,2}m)/;

/** The same with colours of ours in it; what others wrote in it has been encoded before, or it could colour as well. */
export function printPainted(text: string): void {
  const pieces = text.split(COLOUR).map((piece) => (COLOUR.test(piece) ? piece : encoded(piece, process.stdout)));
  process.stdout.write(`${pieces.join("")}\n`);
}

/** Prints a result as JSON, with the same values. */
export function printJson(value: unknown): void {
  process.stdout.write(`${encodeForJson(value, 2)}\n`);
}

/** Prints what is not the result: progress, errors, announcements. */
export function printError(text: string): void {
  process.stderr.write(`${encoded(text, process.stderr)}\n`);
}

/** Resolves once all that was printed is through: a process that ends before cuts it off. */
export async function printed(): Promise<void> {
  const streams = [process.stdout, process.stderr];
  await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))));
}

/** A line that is still open is shown from here on without its end. */
const LONGEST_OPEN_LINE = 64 * 1024;

/**
 * Passes on what another program prints, in whole lines, so that no command comes together from two pieces.
 *
 * @returns takes pieces; `end` shows a last line that has no end
 */
export function passOn(stream: NodeJS.WritableStream & { isTTY?: boolean }): {
  write(piece: string): void;
  end(): void;
} {
  let open = "";
  const show = (text: string) => void stream.write(encoded(text, stream));
  return {
    write(piece) {
      const lines = `${open}${piece}`.split("\n");
      open = lines.pop()!;
      if (lines.length > 0) show(`${lines.join("\n")}\n`);
      if (open.length < LONGEST_OPEN_LINE) return;
      show(`${open}\n`);
      open = "";
    },
    end() {
      if (open !== "") show(open);
      open = "";
    },
  };
}
