/** Observes a server: one SSH session, the installed program where it is ours, else the program over stdin. */
import { observeCommand, pipedCommand, pipedStdin } from "../model/host-bootstrap";
import {
  PROTOCOL_VERSION,
  parseAnswer,
  type HostAnswer,
  type HostError,
  type HostObservation,
  type ObserveRequest,
} from "../model/host-protocol";
import { labelPrefix, type ServerIdentity } from "../model/labels";
import { ProblemError, type Problem } from "../model/problem";
import type { HostProgramFiles } from "./host-program-files";
import { SshConnection, type SshTarget } from "./ssh";

/** Seconds that an observation may take on the host; it reads an event log and opens keys in a TPM. */
const OBSERVE_SECONDS = 120;
/** How far back the event log is read. */
const EVENT_HOURS = 24;

/** A host's own error as a problem of that server. */
export function fromHostError(server: string, operation: string, error: HostError): Problem {
  return {
    code: error.code,
    server,
    property: operation,
    actual: error.actual,
    expected: error.expected,
    remedy: [error.message, error.remedy].filter((part) => part !== "").join(" "),
  };
}

function answerOf(server: string, stdout: string, stderr: string): HostAnswer<"observe"> {
  try {
    return parseAnswer("observe", stdout);
  } catch (error) {
    const said = stderr
      .replace(/#< CLIXML[\s\S]*/, "")
      .trim()
      .split(/\r?\n/)[0]
      .slice(0, 200);
    const problem: Problem = {
      code: "HOST_ANSWER_INVALID",
      server,
      property: "host program",
      actual: `${(error as Error).message}${said ? ` (the host said: ${said})` : ""}`,
      expected: "an answer of the host program",
      remedy: "Check that Windows PowerShell 5.1 starts for this user over SSH.",
    };
    throw new ProblemError([problem], { cause: error });
  }
}

/**
 * Observes one server. Changes nothing there and installs nothing.
 * @throws ProblemError where the host cannot be reached or does not answer
 */
export async function observeHost(
  target: SshTarget,
  identity: ServerIdentity,
  program: HostProgramFiles,
): Promise<HostObservation> {
  const request: ObserveRequest = {
    protocol: PROTOCOL_VERSION,
    server: identity.server,
    labelPrefix: labelPrefix(identity),
    eventHours: EVENT_HOURS,
  };
  const json = JSON.stringify(request);
  const connection = await SshConnection.open(target);
  try {
    const installed = await connection.run(observeCommand(program.sha256), `${json}\n`, OBSERVE_SECONDS);
    let answer = answerOf(identity.server, installed.stdout, installed.stderr);
    if (!answer.ok && answer.error.code === "PROGRAM_MISMATCH") {
      const stdin = pipedStdin(program.windows, program.program, json);
      const piped = await connection.run(pipedCommand("observe"), stdin, OBSERVE_SECONDS);
      answer = answerOf(identity.server, piped.stdout, piped.stderr);
    }
    if (!answer.ok) throw new ProblemError([fromHostError(identity.server, "observation", answer.error)]);
    return answer.result;
  } finally {
    connection.close();
  }
}
