/** One command over SSH: standard input in, output and exit status out. */
import * as os from "node:os";
import type { Client, ClientChannel } from "ssh2";
import type { Call } from "../provider";
import type { Connection } from "./connection";
import { dial } from "./dial";
import { requestEnvironment, type Variable } from "./environment";

export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

export interface CommandRun {
  connection: Connection;
  command: string;
  stdin?: string;
  variables: Variable[];
  logging: Logging;
}

export interface CommandOutput {
  stdout: string;
  stderr: string;
}

interface Ended extends CommandOutput {
  /** Both streams, in the order of arrival. */
  combined: string;
  /** Why the command counts as failed. */
  failure?: string;
}

/** Passes lines on as they arrive, without line ends; the last one, which may have none, at the end. */
function lineLogger(call: Call): { add: (chunk: string) => void; end: () => void } {
  let rest = "";
  const log = (line: string) => call.log.status("info", line.replace(/\r$/, ""), call.urn);
  return {
    add: (chunk) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop()!;
      lines.forEach(log);
    },
    end: () => {
      if (rest !== "") log(rest);
    },
  };
}

/** Listens from the callback on: what has no input may have ended within the packet that opened the channel. */
function execute(client: Client, run: CommandRun, call: Call): Promise<Ended> {
  return new Promise((resolve, reject) => {
    client.once("close", () => reject(new Error("EOF")));
    client.exec(run.command, (error, channel) => (error ? reject(error) : resolve(finish(channel, run, call))));
  });
}

/** Waits until the channel has closed: the exit status arrives before the last output. */
function finish(channel: ClientChannel, run: CommandRun, call: Call): Promise<Ended> {
  return new Promise((resolve) => {
    const [stdout, stderr, combined]: Buffer[][] = [[], [], []];
    let failure: string | undefined = "wait: remote command exited without exit status or exit signal";
    const log = lineLogger(call);
    const collect = (into: Buffer[], logged: boolean) => (chunk: Buffer) => {
      into.push(chunk);
      combined.push(chunk);
      if (logged) log.add(chunk.toString("utf8"));
    };
    channel.on("data", collect(stdout, run.logging === "stdout" || run.logging === "stdoutAndStderr"));
    channel.stderr.on("data", collect(stderr, run.logging === "stderr" || run.logging === "stdoutAndStderr"));
    channel.on("exit", (code: number | null, signal?: string) => {
      if (code === 0) failure = undefined;
      else if (code !== null) failure = `Process exited with status ${code}`;
      else failure = killed(signal ?? "");
    });
    channel.on("close", () => {
      log.end();
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString("utf8");
      resolve({ stdout: text(stdout), stderr: text(stderr), combined: text(combined), failure });
    });
    channel.on("error", () => undefined);
    channel.end(run.stdin ?? "");
  });
}

/**
 * Runs a command and returns its output streams, each without one final line end.
 *
 * @throws if the host cannot be reached, or for an exit status other than 0; the error repeats command and output.
 */
export async function runCommand(run: CommandRun, call: Call, environment: NodeJS.ProcessEnv): Promise<CommandOutput> {
  const client = await dial(run.connection, call, environment);
  try {
    requestEnvironment(client, run.variables, call);
    const ended = await execute(client, run, call);
    if (ended.failure) throw new Error(`${ended.failure}: running ${quoted(run.command)}:\n${ended.combined}`);
    return { stdout: ended.stdout.replace(/\n$/, ""), stderr: ended.stderr.replace(/\n$/, "") };
  } finally {
    client.end();
  }
}

/** A command that a signal ended; shells report it as status 128 plus the signal's number. */
function killed(signal: string): string {
  const number = os.constants.signals[signal as NodeJS.Signals] ?? 0;
  return `Process exited with status ${128 + number} from signal ${signal.replace(/^SIG/, "")}`;
}

const ESCAPES: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** As the real plugin quotes a command: escapes for characters that cannot be printed, other text unchanged. */
function quoted(text: string): string {
  const escaped = text.replace(/["\\]|[^\P{C}]|[^\P{Z} ]/gu, (character) => {
    const known = ESCAPES[character];
    if (known) return known;
    const code = character.codePointAt(0)!.toString(16);
    if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
    return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
  });
  return `"${escaped}"`;
}
