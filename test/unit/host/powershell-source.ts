/** What the static tests need of a PowerShell file: its text, its code without strings and comments, its functions. */
import * as fs from "node:fs";
import * as path from "node:path";

const ROOT = path.join(__dirname, "../../..");

export const PROGRAM = "host/ConnectSyncHost.ps1";
export const WINDOWS = "host/Windows.ps1";
/** How the functions of Windows reach the model, and what keeps a PowerShell for the next run. */
export const BRIDGE = "sandbox/server/pwsh/Bridge.ps1";
export const WARM = "sandbox/server/pwsh/warm.ps1";
/** Run once by an administrator at a server's console; not part of the program. */
export const SETUP = "host-program/Open-Ssh/Open-Ssh.ps1";
/** Run by whoever signs the program, on a machine of the organisation. */
export const SIGN = "host-program/Sign-HostProgram.ps1";
/** Files that must run under Windows PowerShell 5.1 as well as PowerShell 7. */
export const HOST_SCRIPTS = [PROGRAM, WINDOWS, SETUP, SIGN];
export const ALL_SCRIPTS = [...HOST_SCRIPTS, BRIDGE, WARM];

export function readScript(file: string): string {
  return fs.readFileSync(path.join(ROOT, file), "utf8");
}

/**
 * The code alone: comments vanish, strings become `''` or `""`. Expressions within double-quoted strings vanish with
 * them. Line breaks stay, so that line numbers do.
 */
export function codeOf(text: string): string {
  const token =
    /<#[\s\S]*?#>|#[^\n]*|'(?:[^']|'')*'|"(?:`[\s\S]|""|\$\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|[^"`])*"/g;
  return text.replace(token, (match) => {
    const lines = "\n".repeat(match.split("\n").length - 1);
    if (match.startsWith("#") || match.startsWith("<#")) return lines;
    return match[0] + match[0] + lines;
  });
}

export interface PowerShellFunction {
  name: string;
  parameters: string[];
  /** Its comment-based help, empty where there is none. */
  help: string;
  body: string;
}

/** The functions of a file. A function ends at the first line that is a closing brace alone. */
export function functionsOf(text: string): PowerShellFunction[] {
  return [...text.matchAll(/^function ([\w-]+) \{\n([\s\S]*?)^\}$/gm)].map(([, name, body]) => {
    const help = /^\s*<#([\s\S]*?)#>/.exec(body)?.[1] ?? "";
    const block = /^ {4}param\(([\s\S]*?)(?:^ {4}\)|\)$)/m.exec(body)?.[1] ?? "";
    const declared = block.replace(/\[[^[\]]*(?:\[[^[\]]*\][^[\]]*)*\]/g, "").replace(/=\s*\$?[\w@():]+/g, "");
    const parameters = [...declared.matchAll(/\$(\w+)/g)].map((match) => match[1]);
    return { name, parameters, help, body };
  });
}
