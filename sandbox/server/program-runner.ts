/** What runs a bootstrap on an emulated server: the TypeScript stand-in, or the program itself under PowerShell 7. */
import * as fs from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import {
  parseBootstrap,
  PROGRAM_PATH,
  SHORT_PROGRAM_PATH,
  type Bootstrap,
  type ProgramCall,
} from "../../model/protocol/host-bootstrap";
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
import { Refusal } from "./program/refusal";
import type { PowerShell } from "./pwsh/processes";
import type { Windows } from "./windows";

export type { ProgramResult };

/** One bootstrap to run. */
interface ProgramRun {
  call: ProgramCall;
  stdin: string;
  windows: Windows;
  files: HostFiles;
  /** The effective execution policy of the server. */
  policy: string;
  /** What runs PowerShell, if it does. @default a process for each run */
  powershell?: PowerShell;
  /** Receives what the program prints on stderr while it runs. */
  stderr: (text: string) => void;
  /** Ends the run immediately, without waiting for its result. */
  signal: AbortSignal;
}

/** Execution policies that refuse what has no signature. */
const REFUSING_POLICIES = ["AllSigned", "Restricted"];

export type ProgramRunner = (run: ProgramRun) => Promise<ProgramResult>;

/** Runs the stand-in: what the call is decides, and its text is not run. */
export const runModel: ProgramRunner = async (run) => {
  const bootstrap = parseBootstrap(run.call);
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
  const { stdin, windows, files, stderr, policy } = run;
  if (!bootstrap) return unknownScript();
  const { kind, operation, argument } = bootstrap;
  if (kind === "remove-program" || operation === null) return removeProgram(files, windows);
  if (kind === "piped") {
    const parts = stdin.split(new RegExp(`^${STDIN_SEPARATOR}\\r?\\n`, "m"));
    if (REFUSING_POLICIES.includes(policy)) return refusedByPolicy(operation, stdin, policy);
    if (parts.length !== 3) return invalidStdin(operation, parts.length);
    return runHostProgram(operation, parts[2], windows, stderr);
  }
  const program = files.local(`${PROGRAM_FOLDER}/${PROGRAM_FILES[0]}`);
  const ended = "file" in run.call ? (refusedFile(policy) ?? unfitFile(program, kind)) : null;
  if (ended) return ended;
  if (kind === "installed" && !fs.existsSync(program)) return notInstalled();
  const installed = files.installedProgram();
  if (installed.problem !== null) return mismatch(operation, stdin, installed.problem);
  if (kind === "checked" && installed.sha256 !== argument) {
    return mismatch(operation, stdin, `program ${installed.sha256}`);
  }
  return runHostProgram(operation, stdin, windows, stderr);
}

/** Runs the program itself under PowerShell 7; loaded on first use, because most machines lack PowerShell. */
export const runPowerShell: ProgramRunner = async ({ files, ...run }) => {
  const { call, policy, windows } = run;
  const bootstrap = parseBootstrap(call);
  if (!bootstrap) return unknownScript();
  const refused = "file" in call ? refusedFile(policy) : null;
  if (refused) return refused;
  // PowerShell has a certificate drive on Windows only.
  if (bootstrap.kind === "remove-program" && holdsCertificates(windows)) return removeProgram(files, windows);
  const { runUnderPwsh } = await import("./pwsh/runner");
  return runUnderPwsh({ ...run, filesRoot: files.root });
};

/** The same on a host whose PowerShell takes some seconds to start. */
export function startedAfter(seconds: number, runner: ProgramRunner): ProgramRunner {
  return async (run) => {
    await delay(seconds * 1000, undefined, { signal: run.signal });
    return runner(run);
  };
}

/** The operation of a run and its result, for the journal: "register ok", "register CMDLET_FAILED". */
export function journalEntry(call: ProgramCall, result: ProgramResult | null): string {
  const bootstrap = parseBootstrap(call);
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

const ended = (stderr: string, exitCode: number): ProgramResult => ({ stdout: "", stderr: `${stderr}\r\n`, exitCode });

/** PowerShell's own end of a file without a signature, for both backends: the policy exists on Windows only. */
function refusedFile(policy: string): ProgramResult | null {
  if (!REFUSING_POLICIES.includes(policy)) return null;
  return ended(`File ${PROGRAM_PATH} cannot be loaded. The file is not digitally signed. UnauthorizedAccess`, 1);
}

/** How Windows PowerShell ends, with its own exit code, if there is no such file. */
export function fileNotFound(file: string): ProgramResult {
  return ended(`The argument '${file}' to the -File parameter does not exist.`, 0xfffd0000);
}

/** How PowerShell itself ends where there is no program that it can run with these parameters; null if there is. */
function unfitFile(program: string, kind: Bootstrap["kind"]): ProgramResult | null {
  if (!fs.existsSync(program)) return fileNotFound(SHORT_PROGRAM_PATH);
  const text = fs.readFileSync(program, "utf8");
  if (text.trim() === "") return { stdout: "", stderr: "", exitCode: EXIT_CODES.ok };
  // A copy that was cut off: the block that holds the whole program does not end.
  if (/^end \{$/m.test(text) && !/^\}\n\}$/m.test(text.replace(/\r\n/g, "\n")))
    return ended("Missing closing '}' in statement block or type definition.", 1);
  if (kind === "checked" && !/\$Manifest\b/.test(text))
    return ended(`${PROGRAM_PATH} : A parameter cannot be found that matches parameter name 'Manifest'.`, 1);
  return null;
}

function refusedByPolicy(operation: HostOperation, stdin: string, actual: string): ProgramResult {
  return failure(operation, serverOf(stdin), false, {
    code: "EXECUTION_POLICY",
    message: "The execution policy allows no unsigned program.",
    expected: "RemoteSigned",
    actual,
    remedy: "Install the signed host program (docs/application-control.md).",
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
  const refusal = new Refusal("PROGRAM_MISMATCH", { expected: "the files that manifest.json lists", actual });
  return failure(operation, serverOf(stdin), false, refusal.error);
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
