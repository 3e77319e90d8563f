/**
 * Environment variables of a command.
 *
 * A server accepts only the variables in its AcceptEnv. SSH can request an answer for each variable, but the library's
 * own option does not: so the requests are sent here, one protocol level below, and the command waits for the answers.
 */
import type { Client } from "ssh2";
import type { Call } from "../provider";

export interface Variable {
  name: string;
  value: string;
  /** Whether the command needs it. */
  required: boolean;
}

/** The parts of the SSH library's client that are used below its documented functions (version pinned). */
interface Internals {
  _chanMgr: {
    get(id: number): { _callbacks: ((refused: boolean) => void)[]; close(): void; outgoing: { id: number } };
  };
  _protocol: {
    env(channel: number, name: string, value: string, wantReply: boolean): void;
    exec(channel: number, command: string, wantReply: boolean): void;
  };
}

function warn(name: string, required: boolean, call: Call): void {
  const text =
    `Unable to set '${name}'. This only works if your SSH server is configured to accept these variables via AcceptEnv. ` +
    "Alternatively, if a Bash-like shell runs the command on the remote host, you could prefix the command itself with " +
    "the variables in the form 'VAR=value command'";
  call.log.message(required ? "error" : "warning", text, call.urn);
}

/** Makes the next command of this client request its variables first; it does not run if a required one is refused. */
export function requestEnvironment(client: Client, variables: Variable[], call: Call): void {
  if (variables.length === 0) return;
  const { _protocol: protocol, _chanMgr: channels } = client as unknown as Internals;
  const exec = protocol.exec.bind(protocol);
  protocol.exec = (remote, command, wantReply) => {
    protocol.exec = exec;
    const channel = findChannel(channels, remote);
    // The library has queued the handler of the command's answer; the variables' answers arrive before it.
    const execAnswer = channel._callbacks.pop()!;
    let refused: string | undefined;
    const ask = (index: number): void => {
      if (index === variables.length) {
        channel._callbacks.push(execAnswer);
        exec(remote, command, wantReply);
        return;
      }
      const { name, value, required } = variables[index];
      channel._callbacks.push((failed) => {
        if (failed) warn(name, required, call);
        if (failed && required) refused = name;
        if (refused === undefined) return ask(index + 1);
        channel.close();
        execAnswer(new Error(`could not set environment variable "${refused}": ssh: setenv failed`) as never);
      });
      protocol.env(remote, name, value, true);
    };
    ask(0);
  };
}

/** Channels are found by their local number, requests carry the server's; a fresh client has few of them. */
function findChannel(channels: Internals["_chanMgr"], remote: number) {
  for (let local = 0; local < 16; local++) {
    const channel = channels.get(local);
    if (typeof channel === "object" && channel?.outgoing?.id === remote) return channel;
  }
  throw new Error("the command's channel no longer exists");
}
