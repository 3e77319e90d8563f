/**
 * What Pulumi's command plugin does at a login otherwise than this project's own client, tried before an `up` depends on it:
 * it connects to the agent even if a private key is given, offers each of the agent's keys in its order, and has other
 * algorithms.
 */
import * as net from "node:net";
import { diagnose, ProblemError } from "../model/diagnostics/diagnostic";
import { pluginAlgorithmProblem } from "./ssh-trouble";
import { SshConnection } from "./ssh";
import type { SshTarget } from "./ssh-target";

const AGENT_MILLISECONDS = 5000;

/** @returns why the agent cannot be reached; null if it can */
function agentTrouble(socketPath: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath);
    const end = (reason: string | null) => (socket.destroy(), resolve(reason));
    socket.setTimeout(AGENT_MILLISECONDS, () => end("no answer"));
    socket.once("connect", () => end(null));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}

/**
 * @param connection our own login, which the plugin's would follow
 * @throws ProblemError SSH_NO_ALGORITHM, SSH_AGENT_MISSING or what a login with every key of the agent ends with
 */
export async function tryPluginLogin(
  target: SshTarget,
  { otherKeys, hops }: Pick<SshConnection, "otherKeys" | "hops">,
): Promise<void> {
  const { server, privateKey, agentSocketPath } = target;
  const missing = hops.flatMap(({ place, proposals }) => pluginAlgorithmProblem(place, proposals) ?? []);
  if (missing.length > 0) throw new ProblemError(missing.slice(0, 1));
  if (privateKey && agentSocketPath) {
    const reason = await agentTrouble(agentSocketPath);
    if (reason === null) return;
    const actual = `sshPrivateKey, and an agent at SSH_AUTH_SOCK that does not answer: ${reason}`;
    throw new ProblemError([diagnose("SSH_AGENT_MISSING", server, { actual }, { remedy: "stale" })]);
  }
  if (otherKeys === 0) return;
  const proxy = target.proxy && { ...target.proxy, publicKey: null, asPlugin: true };
  (await SshConnection.open({ ...target, publicKey: null, asPlugin: true, proxy })).close();
}
