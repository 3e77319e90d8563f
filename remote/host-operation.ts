/** Runs one operation of the host program on a server: the installed program if it is current, else from stdin. */
import { checkedCommand, pipedCommand, pipedStdin } from "../model/protocol/host-bootstrap";
import { isStepLine } from "../model/protocol/host-progress";
import { parseAnswer } from "../model/protocol/host-answer";
import { ANSWER_MARKER, type HostAnswer, type HostError, type HostOperation } from "../model/protocol/host-protocol";
import { asciiJson, newNonce, requestText } from "../model/protocol/request-text";
import { tokenErrorIn } from "../model/tenant/token-errors";
import { diagnose, ProblemError, type Diagnostic } from "../model/diagnostics/diagnostic";
import type { Remedy } from "../model/diagnostics/remedy";
import { registrationOf } from "../model/diagnostics/registry";
import type { HostProgramFiles } from "./host-program-files";
import { tryPluginLogin } from "./plugin-login";
import { SshConnection, type CommandResult } from "./ssh";
import type { SshTarget } from "./ssh-target";

/** An answer that reports success. */
export type HostSuccess<O extends HostOperation> = Extract<HostAnswer<O>, { ok: true }>;

export interface HostOperationOptions {
  /** Name of the operation in messages. @default its name in the protocol */
  property?: string;
  /** Maximum seconds until the answer; longer than the sum of the program's own limits. */
  limitSeconds: number;
  /** Parts of the request that no message may repeat, whatever the host prints. @default none */
  secrets?: readonly string[];
  /**
   * Whether the plugin's own ways to the server are tried as well: its login, and SFTP always or only before the program
   * has to be copied. @default neither
   */
  plugin?: "with-sftp" | "sftp-before-a-copy";
  /** Receives each line of progress as the host prints it. @default none */
  onStep?: (line: string) => void;
}

/** The sentences of a host's error, with the command for the server's desktop as a command. */
function hostRemedy({ message, remedy, operatorCommand }: HostError): Remedy {
  const text = [message, remedy].filter((part) => part !== "").join(" ");
  if (operatorCommand === null || operatorCommand === "") return text === "" ? [] : [text];
  const command = { kind: "shell", shell: "powershell", text: operatorCommand } as const;
  const [before, ...after] = text.split(operatorCommand);
  if (after.length === 0) return [`${text} `, command];
  return [before, command, after.join(operatorCommand)].filter((part) => part !== "");
}

/** What helps against a refusal of Entra's that does not pass by waiting, which the host cannot know; null for all others. */
function refusedForGood({ code, message, actual }: HostError): Remedy | null {
  const known = code === "TOKEN_REFUSED" ? tokenErrorIn(actual) : null;
  if (known?.kind !== "permanent") return null;
  return [`${message} ${known.code}: ${known.meaning}. ${known.remedy} Waiting does not help.`];
}

/** A host's own error as a problem of that server: its code is registered, its sentences are the server's. */
export function fromHostError(server: string, property: string, error: HostError): Diagnostic {
  const { code, actual, expected } = error;
  const { severity, cure } = registrationOf(code);
  return {
    code,
    severity,
    subject: server,
    property,
    expected,
    actual,
    cure,
    remedy: refusedForGood(error) ?? hostRemedy(error),
  };
}

/** A line that a host printed, safe to show on a terminal. */
const printable = (line: string) => line.replace(/[^ -~]/g, "?").slice(0, 100);

/** The same problem without the secrets that a host may have repeated, as they are or as JSON escapes them. */
function withoutSecrets(problem: Diagnostic, secrets: readonly string[]): Diagnostic {
  const forms = secrets
    .filter((secret) => secret !== "")
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), asciiJson(secret).slice(1, -1)]);
  const clean = (text: string) => forms.reduce((rest, form) => rest.replaceAll(form, "[secret]"), text);
  const { actual, expected, remedy } = problem;
  const cleaned = remedy.map((part) => {
    if (typeof part === "string") return clean(part);
    return part.kind === "shell" ? { ...part, text: clean(part.text) } : { ...part, args: part.args.map(clean) };
  });
  return { ...problem, actual: clean(actual), expected: clean(expected), remedy: cleaned };
}

/** What a host printed on stderr that is neither a step of the program nor PowerShell's own records. */
function saidBy(server: string, { stderr }: CommandResult): string {
  const lines = stderr
    .replace(/#< CLIXML[\s\S]*/, "")
    .trim()
    .split(/\r?\n/);
  return lines.find((line) => !isStepLine(server, line))?.slice(0, 200) ?? "";
}

/** The exit codes with which PowerShell itself ends where it does not run a file: 5.1, the same as a signed number, 7. */
const NOT_RUN = [1, 0xfffd0000, -0x30000, 64];

/**
 * Whether PowerShell did not run the program at all: it is absent, cut off, refused by a policy, or so old that it does not
 * know the parameters. A program that runs answers, and reports each step that changes something.
 */
function didNotRun(server: string, { stdout, stderr, exitCode }: CommandResult): boolean {
  if (exitCode === null || !NOT_RUN.includes(exitCode) || stdout.includes(ANSWER_BEGINS)) return false;
  return !stderr.split(/\r?\n/).some((line) => isStepLine(server, line));
}

const ANSWER_BEGINS = `-----BEGIN ${ANSWER_MARKER}`;

/** What the host said where the installed program was not run, as a problem. */
function notStarted(server: string, result: CommandResult): ProblemError {
  const said = saidBy(server, result) || `exit code ${result.exitCode}`;
  return new ProblemError([diagnose("PROGRAM_NOT_STARTED", server, { actual: printable(said) })]);
}

/** Whether an observation by the piped program found exactly the program that did not start. */
function foundInstalled(answer: HostAnswer<HostOperation>, sha256: string): boolean {
  return answer.ok && answer.operation === "observe" && answer.result.program.sha256 === sha256;
}

function answerOf<O extends HostOperation>(
  server: string,
  operation: O,
  nonce: string,
  result: CommandResult,
): HostAnswer<O> {
  const { stdout, exitCode } = result;
  try {
    return parseAnswer(operation, stdout, { server, nonce, exitCode });
  } catch (error) {
    const said = saidBy(server, result);
    const actual = `${(error as Error).message}${said ? ` (the host said: ${said})` : ""}`;
    throw new ProblemError([diagnose("HOST_ANSWER_INVALID", server, { actual })], { cause: error });
  }
}

/**
 * Calls the installed program if it is exactly the given one; else sends the given program along without installing it.
 * Uses one SSH session and sends a request at most twice.
 *
 * @returns the answer, which reports success
 * @throws ProblemError if the host cannot be reached, does not answer, or answers with an error, whose code is kept
 */
export async function runHostOperation<O extends HostOperation>(
  target: SshTarget,
  operation: O,
  request: object,
  program: HostProgramFiles,
  { property = operation, limitSeconds, secrets = [], plugin, onStep }: HostOperationOptions,
): Promise<HostSuccess<O>> {
  const { server } = target;
  const nonce = newNonce();
  const text = requestText({ ...request, nonce });
  const connection = await SshConnection.open(target);
  const run = (command: string, stdin: string) => connection.run(command, stdin, limitSeconds, steps);
  const steps = onStep && ((line: string) => isStepLine(server, line) && onStep(printable(line)));
  try {
    const installed = await run(checkedCommand(operation, program.sha256), text);
    const unrun = didNotRun(server, installed);
    let answer = unrun ? null : answerOf(server, operation, nonce, installed);
    const copies = answer === null || (!answer.ok && answer.error.code === "PROGRAM_MISMATCH");
    if (answer === null || copies) {
      const stdin = pipedStdin(program.windows, program.program, text);
      answer = answerOf(server, operation, nonce, await run(pipedCommand(operation), stdin));
      if (unrun && foundInstalled(answer, program.sha256)) throw notStarted(server, installed);
    }
    if (!answer.ok) throw new ProblemError([fromHostError(server, property, answer.error)]);
    if (plugin) await tryPluginLogin(target, connection);
    if (plugin === "with-sftp" || (plugin && copies)) await connection.trySftp();
    return answer as HostSuccess<O>;
  } catch (error) {
    if (!(error instanceof ProblemError) || secrets.length === 0) throw error;
    // Omits the cause, which may contain text that the host printed.
    throw new ProblemError(error.problems.map((problem) => withoutSecrets(problem, secrets)));
  } finally {
    connection.close();
  }
}
