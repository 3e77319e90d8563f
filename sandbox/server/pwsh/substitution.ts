/**
 * Lets a run of the host program use functions on the sandbox's model instead of the repository's Windows.ps1, with
 * nothing else changed: if the installed or piped file differs from the repository's, it remains, and the bootstrap judges it.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  parseBootstrap,
  PROGRAM_PATH,
  SHORT_PROGRAM_PATH,
  type ProgramCall,
} from "../../../model/protocol/host-bootstrap";
import { MANIFEST_FILE, STDIN_SEPARATOR } from "../../../model/protocol/host-protocol";
import { withoutSignature } from "../../../model/protocol/host-signature";
import { standInText } from "./stand-in";

const WINDOWS_FILE = "Windows.ps1";
const FOLDER = "ConnectSyncIdentity";

/** The two versions of Windows.ps1. */
export interface WindowsScripts {
  /** The repository's own, which is installed. */
  real: string;
  /** The one that uses the model. */
  replacement: string;
}

/** The command to run, and its environment. */
export interface PreparedRun {
  call: ProgramCall;
  stdin: string;
  /** The folder that replaces %ProgramFiles% and %ProgramData%. */
  programFiles: string;
  programData: string;
  /** Restores the real hashes in the output of the run. */
  restoreHashes: (text: string) => string;
}

export function readWindowsScripts(): WindowsScripts {
  const read = (file: string) => fs.readFileSync(path.join(__dirname, file), "utf8");
  const real = read(`../../../host/${WINDOWS_FILE}`);
  return { real, replacement: standInText(read("Bridge.ps1"), real) };
}

/**
 * @param run call and stdin as they came over SSH, and the server's execution policy
 * @param filesRoot the emulated server's drives: `C:/x` is `<filesRoot>/C/x`
 * @param folder a folder for this run, which the caller removes
 */
export function prepareRun(
  run: { call: ProgramCall; stdin: string; policy: string },
  filesRoot: string,
  folder: string,
  scripts: WindowsScripts,
): PreparedRun {
  const drive = path.join(filesRoot, "C");
  const prepared: PreparedRun = {
    call: run.call,
    stdin: run.stdin,
    programFiles: path.join(drive, "Program Files"),
    programData: path.join(drive, "ProgramData"),
    restoreHashes: (text) => text,
  };
  const kind = parseBootstrap(run.call)?.kind;
  if (kind === "remove-program") return prepared;
  if (kind === "piped") {
    return { ...prepared, call: underPolicy(run.call, run.policy), stdin: replacePart(run.stdin, scripts) };
  }
  const programFiles = path.join(folder, "Program Files");
  const hashes = copyProgram(path.join(prepared.programFiles, FOLDER), path.join(programFiles, FOLDER), scripts);
  const call = withProgramAt(path.join(programFiles, FOLDER), run.call);
  if (!hashes) return { ...prepared, programFiles, call };
  return {
    ...prepared,
    programFiles,
    call: mapTexts(call, (text) => text.replaceAll(hashes.real, hashes.substituted)),
    restoreHashes: (text) => text.replace(new RegExp(hashes.substituted, "gi"), hashes.real),
  };
}

const mapTexts = (call: ProgramCall, map: (text: string) => string): ProgramCall =>
  "file" in call ? { file: map(call.file), args: call.args.map(map) } : { script: map(call.script) };

/** The same call of the program in another folder. */
function withProgramAt(folder: string, call: ProgramCall): ProgramCall {
  if (!("file" in call) || ![PROGRAM_PATH, SHORT_PROGRAM_PATH].includes(call.file)) return call;
  return { ...call, file: path.join(folder, path.win32.basename(call.file)) };
}

/** The same script where `Get-ExecutionPolicy` answers this. */
function underPolicy(call: ProgramCall, policy: string): ProgramCall {
  if ("file" in call) return call;
  const [first, ...rest] = call.script.split("\n");
  return { script: [first, `function Get-ExecutionPolicy{'${policy}'}`, ...rest].join("\n") };
}

/** Replaces the first part of a piped program if it is the repository's own. */
function replacePart(stdin: string, scripts: WindowsScripts): string {
  const end = stdin.indexOf(`${STDIN_SEPARATOR}\n`);
  if (end < 0 || withoutSignature(stdin.slice(0, end)) !== withoutSignature(scripts.real)) return stdin;
  return `${scripts.replacement.trimEnd()}\n${stdin.slice(end)}`;
}

/**
 * Copies the installed program with Windows.ps1 replaced and an adjusted manifest.
 *
 * @returns the manifest's SHA-256 before and after; null if nothing was replaced
 */
function copyProgram(
  installed: string,
  copy: string,
  scripts: WindowsScripts,
): { real: string; substituted: string } | null {
  fs.mkdirSync(copy, { recursive: true });
  if (!fs.existsSync(installed)) return null;
  for (const entry of fs.readdirSync(installed, { withFileTypes: true })) {
    if (entry.isFile()) fs.copyFileSync(path.join(installed, entry.name), path.join(copy, entry.name));
  }
  const windowsFile = path.join(copy, WINDOWS_FILE);
  const manifestFile = path.join(copy, MANIFEST_FILE);
  if (!fs.existsSync(windowsFile) || !fs.existsSync(manifestFile)) return null;
  const windows = fs.readFileSync(windowsFile, "utf8");
  if (withoutSignature(windows) !== withoutSignature(scripts.real)) return null;
  const manifest = fs.readFileSync(manifestFile, "utf8");
  const substituted = manifest.replaceAll(sha256(windows), sha256(scripts.replacement));
  if (substituted === manifest) return null;
  fs.writeFileSync(windowsFile, scripts.replacement);
  fs.writeFileSync(manifestFile, substituted);
  return { real: sha256(manifest), substituted: sha256(substituted) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
