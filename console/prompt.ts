/**
 * Questions of a command: a name to type again, a credential. Questions go to stderr, so that stdout holds results
 * only; a password is never shown, kept or passed on in an argument.
 */
import * as readline from "node:readline";
import { Writable, type Readable } from "node:stream";
import { CommandError, UsageError } from "./errors";
import { encoded } from "./output";

/** The streams of a conversation. */
export interface Terminal {
  input: Readable & { isTTY?: boolean };
  /** The stream on which questions are shown. */
  output: Writable;
}

/** A user of the tenant with the password. Lives as long as the command. */
export interface Credential {
  userName: string;
  password: string;
}

const STANDARD: Terminal = { input: process.stdin, output: process.stderr };

/** More than any user name or password of Entra has; a longer input is refused. */
const MAX_INPUT_CHARACTERS = 4096;

/** One line, typed at a terminal. @throws CommandError if the person gives up */
function typedLine({ input, output }: Terminal, question: string, echo: boolean): Promise<string> {
  // Readline shows what is typed by writing it to its output, which is the only output of it.
  const shown = new Writable({
    write(chunk, encoding, done) {
      if (echo) output.write(chunk as Buffer, encoding);
      done();
    },
  });
  output.write(encoded(question, output));
  return new Promise((resolve, reject) => {
    const lines = readline.createInterface({ input, output: shown, terminal: true, historySize: 0 });
    const giveUp = () => {
      lines.close();
      reject(new CommandError("cancelled; nothing was changed"));
    };
    lines.once("SIGINT", giveUp);
    lines.once("close", giveUp);
    lines.once("line", (line) => {
      lines.off("close", giveUp);
      lines.close();
      if (!echo) output.write("\n");
      resolve(line);
    });
  });
}

/** All that is piped in, to its end. @throws CommandError if it is more than a credential has */
async function pipedLines(input: Readable): Promise<string[]> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of input) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk as Buffer, { stream: true });
    if (text.length > MAX_INPUT_CHARACTERS)
      throw new CommandError("stdin contains more than a user name and a password");
  }
  return text.split(/\r?\n/);
}

interface Confirmation {
  /** The name from an option, or true to skip the question. */
  given: string | true | undefined;
  option: string;
  terminal?: Terminal;
}

/**
 * Asks for a name as confirmation of a change.
 *
 * @throws UsageError if the option gives another name, or no question can be asked; CommandError if another name was typed
 */
export async function confirmName(
  name: string,
  { given, option, what, terminal = STANDARD }: Confirmation & { what: string },
): Promise<void> {
  if (given === true || given === name) return;
  if (given !== undefined) throw new UsageError(`${option} is "${given}", but the ${what} is "${name}"`);
  if (!terminal.input.isTTY) {
    throw new UsageError(`stdin is not a terminal, so no question can be asked; give ${option}`);
  }
  const typed = await typedLine(terminal, `Type the ${what}'s name to continue (${name}): `, true);
  if (typed.trim() !== name) throw new CommandError(`"${typed.trim()}" is not "${name}"; nothing was changed`);
}

/** The same for a server. */
export const confirmServer = (server: string, confirmation: Confirmation): Promise<void> =>
  confirmName(server, { ...confirmation, what: "server" });

/**
 * Asks for an administrator's credential: at a terminal, the password without echo; else stdin holds two lines, user
 * name and password.
 *
 * @throws UsageError if stdin holds something else; CommandError if the person gives up or leaves one empty
 */
export async function promptCredential(purpose: string, terminal: Terminal = STANDARD): Promise<Credential> {
  const { input, output } = terminal;
  if (!input.isTTY) {
    const [userName = "", password = "", ...rest] = await pipedLines(input);
    if (userName.trim() === "" || password === "" || rest.some((line) => line !== "")) {
      throw new UsageError(
        "stdin is not a terminal; it must contain two lines, an administrator's user name and password",
      );
    }
    return { userName: userName.trim(), password };
  }
  output.write(encoded(`${purpose}\n`, output));
  const userName = (await typedLine(terminal, "User name: ", true)).trim();
  const password = await typedLine(terminal, "Password (not shown): ", false);
  if (userName === "" || password === "") throw new CommandError("user name or password is empty; nothing was changed");
  return { userName, password };
}
