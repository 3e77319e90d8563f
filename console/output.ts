/**
 * The one place that writes to stdout and stderr. Everything goes through the encoder of whoever reads: a terminal, a file,
 * or the log of a CI system, which takes some lines for commands.
 */
import { encodeForAzureLog } from "../model/text/encoders/azure-log";
import { encodeForGitHubLog } from "../model/text/encoders/github-log";
import { encodeForJson } from "../model/text/encoders/json";
import { encodeForTerminal } from "../model/text/encoders/terminal";

/** Who reads what is printed. */
export type Reader = "github" | "azure" | "terminal" | "plain";

const ENCODERS: Record<Reader, (text: string) => string> = {
  github: encodeForGitHubLog,
  azure: encodeForAzureLog,
  terminal: encodeForTerminal,
  plain: encodeForTerminal,
};

/** Who reads, by what CI systems set in every job. */
export function readerOf(environment: NodeJS.ProcessEnv, isTerminal: boolean): Reader {
  if (environment.GITHUB_ACTIONS === "true") return "github";
  if (/^true$/i.test(environment.TF_BUILD ?? "")) return "azure";
  return isTerminal ? "terminal" : "plain";
}

/** A text as a stream of this process gets it. */
export function encoded(text: string, stream: { isTTY?: boolean }): string {
  return ENCODERS[readerOf(process.env, stream.isTTY === true)](text);
}

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => stream.write(text, () => resolve()));
}

/** Prints a line, or several, of a command's result; resolves once they are written. */
export function print(text: string): Promise<void> {
  return write(process.stdout, `${encoded(text, process.stdout)}\n`);
}

/** Prints a result as JSON, with the same values. */
export function printJson(value: unknown): Promise<void> {
  return write(process.stdout, `${encodeForJson(value, 2)}\n`);
}

/** Prints what is not the result: progress, errors, announcements. */
export function printError(text: string): Promise<void> {
  return write(process.stderr, `${encoded(text, process.stderr)}\n`);
}

/** A question, whose answer is typed on the same line. */
export function printQuestion(text: string, stream: NodeJS.WritableStream & { isTTY?: boolean }): void {
  stream.write(encoded(text, stream));
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
