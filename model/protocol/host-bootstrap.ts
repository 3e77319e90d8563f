/**
 * The command lines that start the host program over SSH, and what goes with them on stdin.
 *
 * A command line must survive cmd.exe and PowerShell as sshd's default shell and stay below cmd's 8,191 characters, so
 * each is a short `-EncodedCommand`: it holds only letters, digits and `+ / = - .`. No `-ExecutionPolicy` is given: what
 * an administrator set for the machine (AllSigned, say) applies to this program too, and if it refuses the program
 * the answer says so instead of the program slipping past it.
 *
 * `$input` rather than the raw stream: Windows PowerShell 5.1 starts to read a redirected stdin for `$input` by itself,
 * and a second reader would race with it. Everything that travels is ASCII, so the code page does not matter.
 */
import { createHash } from "node:crypto";
import {
  ANSWER_MARKER,
  EXIT_CODES,
  HOST_OPERATIONS,
  type HostOperation,
  MANIFEST_FILE,
  PROGRAM_FILES,
  PROTOCOL_VERSION,
  STDIN_SEPARATOR,
} from "./host-protocol";

/** Stands in the first line of every bootstrap; raised when their shape changes. */
const BOOTSTRAP_VERSION = 1;

/** Longest command line that is sent. cmd.exe takes 8,191 characters. */
export const MAX_COMMAND_LENGTH = 8000;

const POWERSHELL = "powershell.exe -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand ";
const INSTALLED_BEGIN = `$LASTEXITCODE=${EXIT_CODES.programMismatch};&"$env:ProgramFiles/ConnectSyncIdentity/ConnectSyncHost.ps1" `;
/** Stdin as one text. Without a cmdlet: what is bound to one is written to the event log if module logging is on. */
const STDIN = '(@($input)-join"`n")';
const INSTALLED_END = ` ${STDIN};exit $LASTEXITCODE`;
const FIRST_LINE = /^# ConnectSyncHost bootstrap 1 (checked|piped|remove-program) (\S+)(?: (\S+))?$/;

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
 * depends on the operation alone, so that a new program changes no command resource; and it is as short as can be, as
 * state holds it several times for each server. A failure is one sentence on stderr and no answer, as the plugin that
 * runs this repeats in its error whatever was printed. A program that is absent, or cut off so that it never says how it
 * ended, ends with the exit code of PROGRAM_MISMATCH.
 */
export function installedCommand(operation: HostOperation): string {
  return encodeCommand([`${INSTALLED_BEGIN}${operation}${INSTALLED_END}`]);
}

/**
 * Runs the installed program if it is the expected one, else answers PROGRAM_MISMATCH.
 *
 * @param expectedManifestSha256 the program's hash, see {@link programManifest}
 */
export function checkedCommand(operation: HostOperation, expectedManifestSha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(expectedManifestSha256)) {
    throw new Error(`"${expectedManifestSha256}" is no SHA-256 in lower-case hexadecimal digits`);
  }
  return encodeCommand([
    ...head("checked", operation, expectedManifestSha256),
    ...checkInstalled(expectedManifestSha256),
    ...runInstalled(operation),
  ]);
}

/** {@link checkedCommand} of an observation. */
export function observeCommand(expectedManifestSha256: string): string {
  return checkedCommand("observe", expectedManifestSha256);
}

/** Runs the program that arrives on stdin (see {@link pipedStdin}); nothing is written on the host. */
export function pipedCommand(operation: HostOperation): string {
  return encodeCommand([
    ...head("piped", operation),
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
 * server goes on under another name, which shares the program.
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

/** The script within a command line made here, null if it is none. */
export function decodeCommand(commandLine: string): string | null {
  const match = /^powershell\.exe(?: -[A-Za-z]+(?: Text)?)* -EncodedCommand ([A-Za-z0-9+/]+={0,2})$/.exec(commandLine);
  return match ? Buffer.from(match[1], "base64").toString("utf16le") : null;
}

/** What a decoded bootstrap says it is, null if it is none of ours. */
export function parseBootstrap(script: string): Bootstrap | null {
  const installed = HOST_OPERATIONS.find((name) => script === `${INSTALLED_BEGIN}${name}${INSTALLED_END}`);
  if (installed) return { kind: "installed", operation: installed, argument: null };
  const match = FIRST_LINE.exec(script.split("\n", 1)[0]);
  if (!match) return null;
  const kind = match[1] as BootstrapKind;
  const operation = HOST_OPERATIONS.find((name) => name === match[2]) ?? null;
  if (operation === null && kind !== "remove-program") return null;
  return { kind, operation, argument: match[3] ?? null };
}

/** Turns a script into a command line. */
function encodeCommand(lines: string[]): string {
  const command = POWERSHELL + Buffer.from(lines.join("\n"), "utf16le").toString("base64");
  if (command.length > MAX_COMMAND_LENGTH) {
    throw new Error(`a bootstrap of ${command.length} characters is longer than ${MAX_COMMAND_LENGTH}`);
  }
  return command;
}

/**
 * First lines of every bootstrap that answers: stdin, how a refusal is answered, and the language mode. `Deny` uses
 * nothing that Constrained Language Mode forbids, and takes the server's name from the request's text.
 */
function head(kind: BootstrapKind, operation: HostOperation, argument?: string): string[] {
  // One literal, as -f binds tighter than + and would format its last part only.
  const answer =
    `{{"protocol":${PROTOCOL_VERSION},"operation":"${operation}","server":{5},"ok":false,"changed":false,` +
    `"result":null,"error":{{"code":{0},"message":{1},"expected":{2},"actual":{3},"remedy":{4},"operatorCommand":null}}}}`;
  return [
    `# ConnectSyncHost bootstrap ${BOOTSTRAP_VERSION} ${kind} ${operation}${argument === undefined ? "" : ` ${argument}`}`,
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
    // An encoded command is never signed, so it is constrained even if the signed program is not: only a piped program
    // needs the full language here, the installed one looks for itself.
    ...(kind === "piped"
      ? [
          `if(-not $full){Deny ${EXIT_CODES.refused} LANGUAGE_MODE 'PowerShell is restricted.' 'FullLanguage' ` +
            "\"$($ExecutionContext.SessionState.LanguageMode)\" 'Allow the signed host program in the application control policy.'}",
        ]
      : []),
  ];
}

/** Refuses if the installed files are not what the manifest beside them says, or the manifest is another one. */
function checkInstalled(manifestSha256: string): string[] {
  const files = PROGRAM_FILES.map((name) => `'${name}'`).join(",");
  return [
    "$folder=\"$env:ProgramFiles/ConnectSyncIdentity\";$why=''",
    `try{$list=(Get-Content -Raw -LiteralPath "$folder/${MANIFEST_FILE}"|ConvertFrom-Json).files`,
    `foreach($file in ${files}){if((Get-FileHash -ErrorAction Stop -LiteralPath "$folder/$file").Hash -ne $list.$file){$why="another $file"}}`,
    `$hash=(Get-FileHash -LiteralPath "$folder/${MANIFEST_FILE}").Hash;` +
      `if($hash -ne '${manifestSha256}'){$why="program $hash"}`,
    '}catch{$why="$_"}',
    `if($why){Deny ${EXIT_CODES.programMismatch} PROGRAM_MISMATCH 'The installed host program is not the expected one.' ` +
      `'the files that ${MANIFEST_FILE} lists' $why 'Run "pulumi up": it copies the program again.'}`,
  ];
}

/** Runs the installed program, which answers failures too, and passes its exit code on. */
function runInstalled(operation: HostOperation): string[] {
  return [
    `try{& "$folder/ConnectSyncHost.ps1" -Operation ${operation} -Request $text -Full}`,
    `catch{Deny ${EXIT_CODES.failed} UNEXPECTED 'The host program did not run.' 'a program that this host may run' "$_" ` +
      `'Where the execution policy wants signed scripts, sign the host program.'}`,
    "exit $LASTEXITCODE}",
  ];
}

function sha256(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}
