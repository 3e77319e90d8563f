/**
 * How sshd's default shell parses a command line before powershell.exe receives it. This is not a shell: it does just
 * enough to make a fragile command line fail here as it would there.
 */
import type { ProgramCall } from "../../model/protocol/host-bootstrap";

/**
 * `quotes-dropped`: PowerShell, started by OpenSSH before 7.9 (the one of Server 2019), which does not escape the quotes in
 * a command line when it passes it on (Win32-OpenSSH issue 1082).
 */
export type DefaultShell = "cmd" | "powershell" | "quotes-dropped";

/** Longest command line of cmd.exe, in characters. */
const COMMAND_LIMIT = 8191;

/** A command line that the shell does not pass on as intended; the message is the shell's. */
export class ShellError extends Error {}

/** Variables that both shells expand. */
const VARIABLES: Record<string, string> = {
  programfiles: "C:\\Program Files",
  programdata: "C:\\ProgramData",
  systemroot: "C:\\Windows",
  windir: "C:\\Windows",
  systemdrive: "C:",
  temp: "C:\\Windows\\Temp",
};

const FOREIGN = "This stand-in runs only this project's bootstraps, through powershell.exe.";

/**
 * What a command line starts through powershell.exe.
 *
 * @throws ShellError if the shell breaks the line, or it starts another program
 */
export function startedBy(commandLine: string, shell: DefaultShell): ProgramCall {
  if (commandLine.length > COMMAND_LIMIT) throw new ShellError("The command line is too long.");
  const [program, ...options] = words(commandLine, shell);
  if (!/^powershell(\.exe)?$/i.test(program ?? "")) throw new ShellError(FOREIGN);
  const index = options.findIndex((option) => /^[-/](e|ec|en[a-z]*|f|fi[a-z]*|c|co[a-z]*)$/i.test(option));
  const [option, value, ...rest] = index < 0 ? [] : options.slice(index);
  if (option === undefined || value === undefined) throw new ShellError(FOREIGN);
  if (/^.f/i.test(option)) return { file: value, args: rest };
  if (/^.c/i.test(option)) return { script: [value, ...rest].join(" ") };
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) throw new ShellError(FOREIGN);
  return { script: Buffer.from(value, "base64").toString("utf16le") };
}

function words(commandLine: string, shell: DefaultShell): string[] {
  if (shell === "cmd") return cmdWords(commandLine);
  return powershellWords(shell === "powershell" ? commandLine : commandLine.replaceAll('"', ""));
}

/** cmd.exe: %VARIABLE% first, then operators outside quotes break the line, ^ escapes the next character. */
function cmdWords(commandLine: string): string[] {
  const expanded = commandLine.replace(/%([^%\s]+)%/g, (all, name: string) => VARIABLES[name.toLowerCase()] ?? all);
  let quoted = false;
  let line = "";
  for (let index = 0; index < expanded.length; index += 1) {
    const char = expanded[index];
    if (char === '"') quoted = !quoted;
    if (!quoted && "|&<>".includes(char)) throw new ShellError(`cmd.exe breaks the command line at "${char}".`);
    if (!quoted && char === "^") index += 1;
    line += expanded[index] ?? "";
  }
  return splitWords(line);
}

/** Windows PowerShell: $ expands outside single quotes, ` escapes the next character, operators break the line. */
function powershellWords(commandLine: string): string[] {
  let quote = "";
  let line = "";
  for (let index = 0; index < commandLine.length; index += 1) {
    const char = commandLine[index];
    if (quote === "" && "|&<>;(){}@#,".includes(char)) {
      throw new ShellError(`PowerShell breaks the command line at "${char}".`);
    }
    if (char === "`" && quote !== "'") {
      index += 1;
      line += commandLine[index] ?? "";
    } else if (char === "$" && quote !== "'") {
      const match = /^\$(?:env:)?\w*/i.exec(commandLine.slice(index))!;
      line += /^\$env:/i.test(match[0]) ? (VARIABLES[match[0].slice(5).toLowerCase()] ?? "") : "";
      index += match[0].length - 1;
    } else {
      if (char === quote) quote = "";
      else if (quote === "" && (char === '"' || char === "'")) quote = char;
      line += char === "'" && quote !== '"' ? '"' : char;
    }
  }
  return splitWords(line);
}

/** Words as a Windows program receives them: blanks separate, double quotes group. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)].map(([word]) => word.replace(/"/g, ""));
}
