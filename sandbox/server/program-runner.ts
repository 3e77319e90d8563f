/** What runs a bootstrap on an emulated server: the TypeScript stand-in, or the program itself under PowerShell 7. */
import * as fs from "node:fs";
import { parseBootstrap, type Bootstrap } from "../../model/protocol/host-bootstrap";
import { parseAnswer } from "../../model/protocol/host-answer";
import {
  EXIT_CODES,
  LABEL_PREFIX,
  PROGRAM_FILES,
  PROGRAM_FOLDER,
  STDIN_SEPARATOR,
  type HostOperation,
} from "../../model/protocol/host-protocol";
import { DATA_FOLDER, type HostFiles } from "./host-files";
import { frame, nonceOf, unframe } from "./program/answer-frame";
import { failure, runHostProgram, serverOf, type ProgramResult } from "./program/host-program";
import type { PowerShell } from "./pwsh/processes";
import type { Windows } from "./windows";

export type { ProgramResult };

/** One bootstrap to run. */
interface ProgramRun {
  /** The decoded script. */
  script: string;
  stdin: string;
  windows: Windows;
  files: HostFiles;
  /** What runs PowerShell, if it does. @default a process for each run */
  powershell?: PowerShell;
  /** Receives what the program prints on stderr while it runs. */
  stderr: (text: string) => void;
  /** Ends the run immediately, without waiting for its result. */
  signal: AbortSignal;
}

export type ProgramRunner = (run: ProgramRun) => Promise<ProgramResult>;

/** Runs the stand-in. Only the first line of the script is read. */
export const runModel: ProgramRunner = async (run) => {
  const bootstrap = parseBootstrap(run.script);
  const result = await answered(run, bootstrap);
  // When Pulumi runs it, the program reports a failure only in its message.
  return bootstrap?.kind === "installed" && result.exitCode !== 0 ? { ...result, stdout: "" } : result;
};

/** The result, whose answer repeats the nonce of its request. */
async function answered(run: ProgramRun, bootstrap: Bootstrap | null): Promise<ProgramResult> {
  const result = await runBootstrap(run, bootstrap);
  const found = unframe(result.stdout);
  if (!found) return result;
  return { ...result, stdout: `${found.before}${frame(found.json, nonceOf(run.stdin))}${found.after}` };
}

async function runBootstrap(run: ProgramRun, bootstrap: Bootstrap | null): Promise<ProgramResult> {
  const { stdin, windows, files, stderr } = run;
  if (!bootstrap) return unknownScript();
  const { kind, operation, argument } = bootstrap;
  if (kind === "remove-program" || operation === null) return removeProgram(files, windows);
  if (kind === "piped") {
    const parts = stdin.split(new RegExp(`^${STDIN_SEPARATOR}\\r?\\n`, "m"));
    if (parts.length !== 3) return invalidStdin(operation, parts.length);
    return runHostProgram(operation, parts[2], windows, stderr);
  }
  if (kind === "installed" && !fs.existsSync(files.local(`${PROGRAM_FOLDER}/${PROGRAM_FILES[0]}`)))
    return notInstalled();
  const installed = files.installedProgram();
  if (installed.problem !== null) return mismatch(operation, stdin, installed.problem);
  if (kind === "checked" && installed.sha256 !== argument) {
    return mismatch(operation, stdin, `program ${installed.sha256}`);
  }
  return runHostProgram(operation, stdin, windows, stderr);
}

/** Runs the program itself under PowerShell 7; loaded on first use, because most machines lack PowerShell. */
export const runPowerShell: ProgramRunner = async ({ files, ...run }) => {
  const { script, windows } = run;
  const bootstrap = parseBootstrap(script);
  if (!bootstrap) return unknownScript();
  // PowerShell has a certificate drive on Windows only.
  if (bootstrap.kind === "remove-program" && holdsCertificates(windows)) return removeProgram(files, windows);
  const { runUnderPwsh } = await import("./pwsh/runner");
  return runUnderPwsh({ ...run, filesRoot: files.root });
};

/** The operation of a run and its result, for the journal: "register ok", "register CMDLET_FAILED". */
export function journalEntry(script: string, result: ProgramResult | null): string {
  const bootstrap = parseBootstrap(script);
  if (!bootstrap) return "unknown command refused";
  const { kind, operation } = bootstrap;
  if (result === null) return `${operation ?? kind} killed`;
  if (operation === null) return `${kind} ${result.exitCode === 0 ? "ok" : "refused"}`;
  try {
    const answer = parseAnswer(operation, result.stdout);
    return `${operation} ${answer.ok ? "ok" : answer.error.code}`;
  } catch {
    return `${operation} ${/: ([A-Z][A-Z_]+): /.exec(result.stderr)?.[1] ?? "without an answer"}`;
  }
}

function unknownScript(): ProgramResult {
  return { stdout: "", stderr: "This stand-in runs only this project's bootstraps.\n", exitCode: 1 };
}

function invalidStdin(operation: HostOperation, parts: number): ProgramResult {
  return failure(operation, "", false, {
    code: "INVALID_REQUEST",
    message: "Stdin does not hold a program.",
    expected: "Windows.ps1, ConnectSyncHost.ps1 and a request",
    actual: `${parts} part(s)`,
    remedy: 'Run "pulumi preview" again.',
    operatorCommand: null,
  });
}

/** PowerShell's own message if there is nothing to run; the exit code is the bootstrap's. */
function notInstalled(): ProgramResult {
  const stderr =
    "& : The term 'ConnectSyncHost.ps1' is not recognized as the name of a cmdlet, function or script file.\r\n";
  return { stdout: "", stderr, exitCode: EXIT_CODES.programMismatch };
}

function mismatch(operation: HostOperation, stdin: string, actual: string): ProgramResult {
  return failure(operation, serverOf(stdin), false, {
    code: "PROGRAM_MISMATCH",
    message: "The installed host program is not the expected one.",
    expected: "the files that manifest.json lists",
    actual,
    remedy: 'Run "pulumi up": it copies the program again.',
    operatorCommand: null,
  });
}

const holdsCertificates = (windows: Windows) =>
  windows.getCertificates().some(({ label }) => label.startsWith(`${LABEL_PREFIX} `));

function removeProgram(files: HostFiles, windows: Windows): ProgramResult {
  if (fs.existsSync(files.local(`${DATA_FOLDER}/pause.json`))) {
    const stderr = "The scheduler is still paused by an interrupted run; its restore task needs this program.\n";
    return { stdout: "", stderr, exitCode: EXIT_CODES.refused };
  }
  if (holdsCertificates(windows)) return { stdout: "still needed\n", stderr: "", exitCode: EXIT_CODES.ok };
  files.removeProgram();
  return { stdout: "", stderr: "", exitCode: EXIT_CODES.ok };
}
