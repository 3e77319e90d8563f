/**
 * The way through a bastion. All servers behind one share a single login to it, as a bastion turns away clients that come
 * at once (MaxStartups), and forwarded connections do not count as its sessions.
 */
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { diagnose, ProblemError, type Diagnostic } from "../model/diagnostics/diagnostic";
import { encodeText } from "../model/text/encoders/text";
import { CONNECT_SECONDS, repeated } from "./ssh-attempt";
import { agentMissing, login, type Login } from "./ssh-login";
import type { BastionTarget } from "./ssh-target";
import type { SshPlace } from "./ssh-trouble";

interface Shared {
  login: Promise<Login>;
  users: number;
}

/** Logins that are in use, by what they were made with. */
const open = new Map<string, Shared>();

/** A problem of a login, as one of the bastion's: who reads it must not look for it on the server. */
function asBastion(server: string, { host, port }: BastionTarget, problem: Diagnostic): Diagnostic {
  const { code, actual, expected } = problem;
  const bastion = `bastion ${host}:${port}`;
  switch (code) {
    case "HOST_UNREACHABLE":
      return diagnose("BASTION_UNREACHABLE", server, { actual });
    case "HOST_KEY_MISMATCH":
      return diagnose("BASTION_KEY_MISMATCH", server, { bastion, actual, pinned: expected });
    case "SSH_KEY_REFUSED":
      return diagnose("BASTION_KEY_REFUSED", server, { actual });
    default:
      return { ...problem, subject: server, property: `${problem.property} of the ${bastion}` };
  }
}

async function logIn(server: string, target: BastionTarget): Promise<Login> {
  const named = { ...target, server };
  try {
    if (!target.privateKey && !target.agentSocketPath) throw new ProblemError([agentMissing(named)]);
    return await repeated(() => login(named));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError([asBastion(server, target, error.problems[0])], { cause: error });
  }
}

/** The login that is under way or in use, else a new one; one that failed is forgotten. */
function share(server: string, target: BastionTarget): { login: Promise<Login>; release: () => void } {
  const { host, port, user, hostKey, publicKey, privateKey, agentSocketPath, asPlugin } = target;
  const key = JSON.stringify([host, port, user, hostKey, publicKey, privateKey, agentSocketPath, asPlugin]);
  const forget = () => void (open.get(key) === shared && open.delete(key));
  const shared = open.get(key) ?? { login: logIn(server, target), users: 0 };
  if (shared.users === 0) {
    open.set(key, shared);
    shared.login.then(({ client }) => client.once("close", forget), forget);
  }
  shared.users += 1;
  let released = false;
  const release = () => {
    if (released) return;
    released = true;
    shared.users -= 1;
    if (shared.users > 0) return;
    forget();
    shared.login.then(
      ({ client }) => client.end(),
      () => undefined,
    );
  };
  return { login: shared.login, release };
}

/** RFC 4254, section 5.1: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED. */
const PROHIBITED = 1;

/** A connection from the bastion to the server. */
function forward(client: Client, { server, host, port }: SshPlace, bastion: BastionTarget): Promise<Duplex> {
  const values = { bastion: `${bastion.host}:${bastion.port}`, target: `${host}:${port}` };
  return new Promise((resolve, reject) => {
    const cannotReach = (reason: string) =>
      reject(new ProblemError([diagnose("BASTION_CANNOT_REACH", server, { ...values, reason: encodeText(reason) })]));
    const timer = setTimeout(() => cannotReach(`no answer within ${CONNECT_SECONDS} s`), CONNECT_SECONDS * 1000);
    client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
      clearTimeout(timer);
      if (!error) return resolve(channel);
      const { reason, message } = error as Error & { reason?: number };
      if (reason !== PROHIBITED) return cannotReach(message);
      reject(new ProblemError([diagnose("BASTION_FORBIDS", server, { ...values, user: bastion.user })]));
    });
  });
}

/**
 * Connects to a server through its bastion, whose login ends with the last connection through it.
 *
 * @param connect connects over what the bastion forwards
 * @throws ProblemError that names the bastion if the way ends there
 */
export async function throughBastion<T>(
  target: SshPlace,
  bastion: BastionTarget,
  connect: (sock: Duplex, login: Login) => Promise<T>,
): Promise<T> {
  const { login, release } = share(target.server, bastion);
  let sock: Duplex;
  let made: Login;
  try {
    made = await login;
    sock = await forward(made.client, target, bastion);
  } catch (error) {
    release();
    // Who else waits for the same login: the problem names the server that asks.
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError(
      error.problems.map((problem) => ({ ...problem, subject: target.server })),
      { cause: error },
    );
  }
  sock.once("close", release);
  // What writes to a connection that the bastion has closed learns of it from its own end.
  sock.on("error", () => undefined);
  return connect(sock, made).catch((error: unknown) => {
    sock.destroy();
    release();
    throw error;
  });
}
