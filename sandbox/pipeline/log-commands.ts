/**
 * What the CI systems read out of a step's log, as rudely as they do it: a GitHub runner takes `::name::` at the beginning of
 * a line, blanks before it or not, and `##[name]` anywhere in one, until `::stop-commands::<token>`; an agent of Azure DevOps
 * takes `##vso[` anywhere, in whatever is printed, and nothing stops it.
 */

/** A command that was taken out of a log. */
export interface LogCommand {
  name: string;
  /** What comes between the name and the data, as it is. */
  properties: string;
  data: string;
}

/** Takes one line; answers the command in it, null if it is only shown. */
export type LineReader = (line: string) => LogCommand | null;

/** Cuts what a stream prints into lines, at every end of line that .NET knows, and hands each to the reader. */
export class LogStream {
  private open = "";

  constructor(private readonly onLine: (line: string) => void) {}

  write(piece: string): void {
    const lines = `${this.open}${piece}`.split(/\r\n|\n|\r/);
    this.open = lines.pop()!;
    lines.forEach(this.onLine);
  }

  end(): void {
    if (this.open !== "") this.onLine(this.open);
    this.open = "";
  }
}

const GITHUB_COMMANDS = new Set([
  ...["add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice", "remove-matcher"],
  ...["save-state", "set-env", "set-output", "stop-commands", "warning", "internal-set-repo-path"],
]);

/** One step of a job: what stops commands stops them in this step only. */
export function githubReader(): LineReader {
  let stopped: string | null = null;
  return (line) => {
    const modern = /^\s*::([^\s:]+)(?:\s+(.*?))?::(.*)$/s.exec(line);
    const ancient = /##\[([^\s\]]+)(?:\s+([^\]]*))?\](.*)$/s.exec(line);
    if (stopped !== null) {
      if (modern?.[1] === stopped || ancient?.[1] === stopped) stopped = null;
      return null;
    }
    const [, name, properties = "", data] = modern ?? ancient ?? [];
    if (name === undefined || !GITHUB_COMMANDS.has(name.toLowerCase())) return null;
    if (name.toLowerCase() !== "stop-commands") return { name, properties, data };
    // A token that is easy to guess does not stop anything for long.
    if (data.length < 16) throw new Error(`::stop-commands:: with the token "${data}", which is too short`);
    stopped = data;
    return null;
  };
}

/** A step on an agent of Azure DevOps. */
export const azureReader: LineReader = (line) => {
  const match = /##vso\[([\w.]+)(?:\s+([^\]]*))?\](.*)$/is.exec(line) ?? /##\[(\w+)( *)\](.*)$/s.exec(line);
  if (!match) return null;
  const [, name, properties = "", data] = match;
  return { name, properties, data };
};
