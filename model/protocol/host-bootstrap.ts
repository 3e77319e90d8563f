/**
 * The command lines that start the host program over SSH, and what goes with them on stdin.
 *
 * The installed program is started as a file and in clear text: application control judges the file rather than the
 * console, and the log of processes (event 4688) shows what ran. A path with a blank would need quotes, which an older
 * OpenSSH drops if PowerShell is its default shell. So the path is the short one, which every default shell passes on alike
 * (`docs/decisions/0017-how-the-program-is-started.md`). No `-ExecutionPolicy` is given: what an administrator set for the
 * machine (AllSigned, say) applies to this program too.
 *
 * Three command lines stay encoded, as they hold characters that one shell or the other expands: the one that runs a
 * program from stdin, which is no file; that of `release`, which must not end with 0 if the program did not run; and the
 * removal of the program, which must succeed if there is none.
 *
 * Everything that travels is ASCII, so the code page does not matter. It is read from `$input` rather than the raw stream:
 * PowerShell starts to read a redirected stdin for `$input` by itself, and a second reader would race with it.
 */
import { createHash } from "node:crypto";
import {
  ANSWER_MARKER,
  EXIT_CODES,
  HOST_OPERATIONS,
  type HostOperation,
  PROGRAM_FILES,
  PROGRAM_FOLDER,
  PROTOCOL_VERSION,
  STDIN_SEPARATOR,
} from "./host-protocol";

/** Stands in the first line of every bootstrap that has one; raised when their shape changes. */
const BOOTSTRAP_VERSION = 1;

/** Longest command line that is sent. cmd.exe takes 8,191 characters. */
export const MAX_COMMAND_LENGTH = 8000;

/** The installed program on the server. */
export const PROGRAM_PATH = `${PROGRAM_FOLDER}/${PROGRAM_FILES[0]}`.replaceAll("/", "\\");
/** The same as a command line names it: by the short name of Program Files, which Windows gives it on its own drive. */
export const SHORT_PROGRAM_PATH = PROGRAM_PATH.replace("Program Files", "PROGRA~1");

const ENCODED = "powershell.exe -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand ";
/** As earlier versions wrote every command: states of today hold these texts, and `release` still is one. */
const GUARDED_BEGIN = `$LASTEXITCODE=${EXIT_CODES.programMismatch};&"$env:ProgramFiles/ConnectSyncIdentity/ConnectSyncHost.ps1" `;
/** Stdin as one text. Without a cmdlet: what is bound to one is written to the event log if module logging is on. */
const STDIN = '(@($input)-join"`n")';
const GUARDED_END = ` ${STDIN};exit $LASTEXITCODE`;
const FIRST_LINE = /^# ConnectSyncHost bootstrap 1 (checked|piped|remove-program) (\S+)(?: (\S+))?$/;

/** What a command line starts: a file with its arguments, or a script that it holds in clear text or encoded. */
export type ProgramCall = { file: string; args: string[] } | { script: string };

type BootstrapKind = "installed" | "checked" | "piped" | "remove-program";

/** What a bootstrap is, by its first line, or for `installed` by its whole text. */
export interface Bootstrap {
  kind: BootstrapKind;
  /** Null for `remove-program`, which is no operation of the host protocol. */
  operation: HostOperation | null;
  /** With `checked` the expected SHA-256 of the manifest, else null. */
  argument: string | null;
}

/**
 * Runs the installed program, which checks itself against the manifest beside it before it does anything else. The text
 * depends on the operation alone, so that a new program changes no command resource. A failure is one sentence on stderr
 * and no answer, as the plugin that runs this repeats in its error whatever was printed.
 *
 * `release` is what keeps a certificate in use from being deleted, so its command ends with the exit code of
 * PROGRAM_MISMATCH unless the program itself ends it. PowerShell ends an empty file, which a copy that was cut off at its
 * start leaves, with 0.
 */
export function installedCommand(operation: HostOperation): string {
  if (operation === "release") return encodeCommand([`${GUARDED_BEGIN}${operation}${GUARDED_END}`]);
  return fileCommand(`-Operation ${operation}`);
}

/**
 * Runs the installed program if it is the expected one. A program that is absent, of an older version or cut off gives no
 * answer; any other answers PROGRAM_MISMATCH itself.
 *
 * @param expectedManifestSha256 the program's hash, see {@link programManifest}
 */
export function checkedCommand(operation: HostOperation, expectedManifestSha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(expectedManifestSha256)) {
    throw new Error(`"${expectedManifestSha256}" is no SHA-256 in lower-case hexadecimal digits`);
  }
  return fileCommand(`-Operation ${operation} -Manifest ${expectedManifestSha256} -Full`);
}

/** {@link checkedCommand} of an observation. */
export function observeCommand(expectedManifestSha256: string): string {
  return checkedCommand("observe", expectedManifestSha256);
}

/**
 * Runs the program that arrives on stdin (see {@link pipedStdin}); nothing is written on the host. No file is judged here,
 * so it refuses by itself where the organisation would refuse the unsigned file.
 */
export function pipedCommand(operation: HostOperation): string {
  return encodeCommand([
    ...head(operation),
    `$part=$text -split '(?m)^${STDIN_SEPARATOR}\\r?\\n'`,
    `if($part.Count -ne 3){Deny ${EXIT_CODES.invalidRequest} INVALID_REQUEST 'Stdin does not hold a program.' ` +
      `'Windows.ps1, ConnectSyncHost.ps1 and a request' "$($part.Count) part(s)" 'Run "pulumi preview" again.'}`,
    ". ([scriptblock]::Create($part[0]))",
    `& ([scriptblock]::Create($part[1])) -Operation ${operation} -Request $part[2] -Full}`,
  ]);
}

/**
 * Removes the program's folder and the one that it keeps its records in. Refuses while a pause record exists there: the
 * restore task needs the program to put the scheduler back. Leaves everything if one of our certificates still exists: this
 * server goes on under another name, which shares the program. With cmdlets alone, which a restricted language allows: it
 * must also succeed if there is no program.
 */
export function removeProgramCommand(): string {
  return encodeCommand([
    `# ConnectSyncHost bootstrap ${BOOTSTRAP_VERSION} remove-program -`,
    "$d='ConnectSyncIdentity'",
    `if(Test-Path "$env:ProgramData/$d/pause.json"){'still paused; the restore task needs this program';exit ${EXIT_CODES.refused}}`,
    "if(Get-ChildItem Cert:/LocalMachine/My -EA 0|Where-Object FriendlyName -like \"$d *\"){'still needed';exit 0}",
    '"$env:ProgramFiles/$d","$env:ProgramData/$d"|Where-Object{Test-Path $_}|Remove-Item -Recurse -Force -EA Stop',
  ]);
}

/**
 * The stdin of {@link pipedCommand}.
 *
 * @throws Error if a part is not ASCII or holds the separator: the host would read something else than was sent
 */
export function pipedStdin(windowsText: string, programText: string, requestJson: string): string {
  const parts = [windowsText, programText, requestJson].map((part) =>
    part.replace(/\r\n/g, "\n").replace(/\n*$/, "\n"),
  );
  for (const [index, part] of parts.entries()) {
    const name = ["Windows.ps1", "ConnectSyncHost.ps1", "the request"][index];
    if (/[^\t\n -~]/.test(part)) throw new Error(`${name} holds characters other than ASCII`);
    if (part.split("\n").includes(STDIN_SEPARATOR)) throw new Error(`${name} holds the line ${STDIN_SEPARATOR}`);
  }
  return parts.join(`${STDIN_SEPARATOR}\n`);
}

/**
 * The manifest beside the program.
 *
 * @param files the program's files by name, as they will be stored on the host
 * @returns its text, with names sorted and two spaces of indentation so that equal files give equal bytes, and the
 *   text's SHA-256, which is what "the program's hash" means everywhere
 */
export function programManifest(files: Record<string, Buffer | string>): { text: string; sha256: string } {
  const hashes = Object.keys(files)
    .sort()
    .map((name) => [name, sha256(files[name])] as const);
  const text = `${JSON.stringify({ files: Object.fromEntries(hashes) }, null, 2)}\n`;
  return { text, sha256: sha256(text) };
}

/** What a call is, null if it is none of ours; also of the commands that earlier versions wrote into states. */
export function parseBootstrap(call: ProgramCall): Bootstrap | null {
  if ("file" in call) return parseFileCall(call.file, call.args);
  const { script } = call;
  const installed = HOST_OPERATIONS.find((name) => script === `${GUARDED_BEGIN}${name}${GUARDED_END}`);
  if (installed) return { kind: "installed", operation: installed, argument: null };
  const match = FIRST_LINE.exec(script.split("\n", 1)[0]);
  if (!match) return null;
  const kind = match[1] as BootstrapKind;
  const operation = HOST_OPERATIONS.find((name) => name === match[2]) ?? null;
  if (operation === null && kind !== "remove-program") return null;
  return { kind, operation, argument: match[3] ?? null };
}

function parseFileCall(file: string, args: string[]): Bootstrap | null {
  const match = /^-Operation (\S+)(?: -Manifest ([0-9a-f]{64}) -Full)?$/.exec(args.join(" "));
  const operation = HOST_OPERATIONS.find((name) => name === match?.[1]);
  if (![PROGRAM_PATH, SHORT_PROGRAM_PATH].includes(file) || !match || !operation) return null;
  return { kind: match[2] === undefined ? "installed" : "checked", operation, argument: match[2] ?? null };
}

const fileCommand = (args: string) => `powershell.exe -NoProfile -NonInteractive -File ${SHORT_PROGRAM_PATH} ${args}`;

/** Turns a script into a command line. */
function encodeCommand(lines: string[]): string {
  const command = ENCODED + Buffer.from(lines.join("\n"), "utf16le").toString("base64");
  if (command.length > MAX_COMMAND_LENGTH) {
    throw new Error(`a bootstrap of ${command.length} characters is longer than ${MAX_COMMAND_LENGTH}`);
  }
  return command;
}

/**
 * First lines of a piped program: stdin, how a refusal is answered, language mode and execution policy. `Deny` uses
 * nothing that Constrained Language Mode forbids, and takes the server's name from the request's text.
 */
function head(operation: HostOperation): string[] {
  // One literal, as -f binds tighter than + and would format its last part only.
  const answer =
    `{{"protocol":${PROTOCOL_VERSION},"operation":"${operation}","server":{5},"ok":false,"changed":false,` +
    `"result":null,"error":{{"code":{0},"message":{1},"expected":{2},"actual":{3},"remedy":{4},"operatorCommand":null}}}}`;
  return [
    `# ConnectSyncHost bootstrap ${BOOTSTRAP_VERSION} piped ${operation}`,
    // The scope of its own keeps the preferences below from the ADSync module, which sees the global ones.
    `$ProgressPreference='SilentlyContinue';$text=${STDIN};&{$ErrorActionPreference='Stop'`,
    "$name='';if($text -cmatch '\"server\":\\s*\"([A-Za-z0-9_ .-]*)\"'){$name=$Matches[1]}",
    '$n=\'\';if($text -cmatch \'"nonce":\\s*"([0-9a-f]{32})"\'){$n=" $($Matches[1])"}',
    "$full=$ExecutionContext.SessionState.LanguageMode -eq 'FullLanguage'",
    "function Deny($Exit,$Code,$Message,$Expected,$Actual,$Remedy){" +
      'if($full){[Console]::Error.WriteLine("${name}: ${Code}: $Message Expected $Expected; found $Actual. $Remedy")}',
    "$json=@($Code,$Message,$Expected,$Actual,$Remedy,$name|ForEach-Object{\"$_\" -creplace '[^ -~]','?'|ConvertTo-Json})",
    `$line='${answer}' -f $json;$length='';if($n){$length=" $($line.Length)"}`,
    `Write-Output "-----BEGIN ${ANSWER_MARKER}$n$length-----" $line "-----END ${ANSWER_MARKER}$n-----";exit $Exit}`,
    `if(-not $full){Deny ${EXIT_CODES.refused} LANGUAGE_MODE 'PowerShell is restricted.' 'FullLanguage' ` +
      "\"$($ExecutionContext.SessionState.LanguageMode)\" 'Allow the signed host program in the application control policy.'}",
    // A program on stdin is no file, which the policy would refuse without a signature or altogether.
    `$policy="$(Get-ExecutionPolicy)";if('AllSigned','Restricted' -contains $policy){Deny ${EXIT_CODES.refused} ` +
      "EXECUTION_POLICY 'The execution policy allows no unsigned program.' 'RemoteSigned' $policy " +
      "'Install the signed host program (docs/application-control.md).'}",
  ];
}

function sha256(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}
