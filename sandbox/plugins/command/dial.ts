/** SSH connections with the real plugin's retries: a failed dial is repeated, whatever the reason. */
import * as net from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, utils, type AnyAuthMethod, type ConnectConfig } from "ssh2";
import { loopbackAddress } from "../loopback";
import type { Call } from "../provider";
import { OFFERED } from "./algorithms";
import type { Connection, Endpoint } from "./connection";
import { dialError, openError } from "./dial-error";
import { parseHostKey, type HostKey } from "./host-key";

/** What the real plugin's library offers, as far as the one here has it. */
const PLUGIN_ALGORITHMS = {
  kex: OFFERED.kex.filter((name) => name !== "mlkem768x25519-sha256"),
  cipher: OFFERED.cipher,
  hmac: OFFERED.mac,
} as ConnectConfig["algorithms"];

const FIRST_DELAY_MS = 100;
const BACKOFF = 1.5;
const LONGEST_DELAY_MS = 5000;

/** Repeats an attempt until it succeeds, the maximum of failures is exceeded, or the run is cancelled. */
async function withRetries<T>(title: string, limit: number, call: Call, attempt: () => Promise<T>): Promise<T> {
  let delay = FIRST_DELAY_MS;
  for (let tries = 0; ; tries++) {
    call.signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      const failed = tries + 1;
      if (limit > -1 && failed > limit) {
        throw new Error(`after ${tries} failed attempts: ${(error as Error).message}`);
      }
      call.log.status("info", `${title} ${failed}/${limit === -1 ? "inf" : limit} failed: retrying`, call.urn);
    }
    await sleep(delay, undefined, { signal: call.signal });
    delay = Math.min(delay * BACKOFF, LONGEST_DELAY_MS);
  }
}

/** Connects to the agent once, so that a missing agent is reported as such instead of ten attempts. */
async function probeAgent(path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = net.connect(path);
    socket.once("connect", () => resolve(socket.destroy() && undefined));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new Error(`dial unix ${path}: connect: ${error.code === "ENOENT" ? "no such file or directory" : error.code}`),
      ),
    );
  });
}

/** Key before password before agent, each kind once: after a refused private key, the agent is not tried. */
async function authMethods(endpoint: Endpoint, environment: NodeJS.ProcessEnv): Promise<AnyAuthMethod[]> {
  const { user: username, privateKey, privateKeyPassword, password } = endpoint;
  const methods: AnyAuthMethod[] = [{ type: "none", username }];
  if (privateKey) methods.push({ type: "publickey", username, key: privateKey, passphrase: privateKeyPassword });
  if (password) {
    methods.push({ type: "password", username, password });
    methods.push({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
    });
  }
  const agent = endpoint.agentSocketPath ?? (environment.SSH_AUTH_SOCK || undefined);
  if (agent) {
    await probeAgent(agent);
    if (!privateKey) methods.push({ type: "agent", username, agent });
  }
  return methods;
}

/** Fails if the private key cannot be read, before anything is dialled. */
function checkPrivateKey({ privateKey, privateKeyPassword }: Endpoint): void {
  if (privateKey === undefined) return;
  const parsed = utils.parseKey(privateKey, privateKeyPassword);
  if (!(parsed instanceof Error)) return;
  if (/no passphrase given/i.test(parsed.message)) throw new Error("ssh: this private key is passphrase protected");
  throw new Error(privateKeyPassword ? "x509: decryption password incorrect" : "ssh: no key found");
}

/** Offers one method after another, as far as the server accepts them, and remembers which. */
class AuthSequence {
  readonly attempted: string[] = [];
  private readonly left: AnyAuthMethod[];

  constructor(methods: AnyAuthMethod[]) {
    this.left = [...methods];
  }

  next(accepted: readonly string[] | null): AnyAuthMethod | false {
    const index = this.left.findIndex(({ type }) => type === "none" || accepted?.includes(protocolName(type)));
    if (index < 0) return false;
    const [method] = this.left.splice(index, 1);
    if (!this.attempted.includes(protocolName(method.type))) this.attempted.push(protocolName(method.type));
    return method;
  }
}

/** To the server, an agent's keys are public keys like any other. */
function protocolName(type: string): string {
  return type === "agent" ? "publickey" : type;
}

interface Dialling {
  endpoint: Endpoint;
  pinned: HostKey | undefined;
  methods: AnyAuthMethod[];
}

async function prepare(endpoint: Endpoint, environment: NodeJS.ProcessEnv): Promise<Dialling> {
  const pinned = endpoint.hostKey === undefined ? undefined : parseHostKey(endpoint.hostKey);
  checkPrivateKey(endpoint);
  return { endpoint, pinned, methods: await authMethods(endpoint, environment) };
}

/** A TCP connection within the limit for one. */
function tcp(host: string, { port, perDialTimeout }: Endpoint): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    // Without delay, as Go does it.
    const socket = net.connect({ port, host, noDelay: true });
    socket.setTimeout(perDialTimeout * 1000, () => {
      socket.destroy();
      reject(Object.assign(new Error("i/o timeout"), { code: "ETIMEDOUT" }));
    });
    socket.once("error", reject);
    socket.once("connect", () => resolve(socket.setTimeout(0).off("error", reject)));
  });
}

async function connect(dialling: Dialling, host: string): Promise<Client> {
  const { endpoint } = dialling;
  const socket = await tcp(host, endpoint).catch((error: Error) => {
    throw dialError(error, { endpoint: `${endpoint.host}:${endpoint.port}`, attempted: [] });
  });
  return logIn(dialling, socket);
}

function logIn({ endpoint, pinned, methods }: Dialling, sock: Duplex): Promise<Client> {
  const sequence = new AuthSequence(methods);
  const offered: Record<string, string[]> = {};
  const config: ConnectConfig = {
    sock,
    port: endpoint.port,
    username: endpoint.user,
    authHandler: (accepted, _partial, answer) => answer(sequence.next(accepted) as AnyAuthMethod),
    // As the real plugin: its limit is for the TCP connection alone. A server that is silent after that holds it for ever.
    readyTimeout: 0,
    algorithms: { ...PLUGIN_ALGORITHMS, ...(pinned && { serverHostKey: [pinned.type as never] }) },
    ...(pinned && { hostVerifier: (key: Buffer) => key.equals(pinned.blob) }),
    debug: (line) => {
      const [, kind, list] = /^Handshake: \(remote\) ([^:]+): (.*)$/.exec(line) ?? [];
      if (kind) offered[kind] = list.split(",");
    },
  };
  return new Promise((resolve, reject) => {
    const client = new Client();
    const fail = (error: Error) => {
      client.destroy();
      const shown = `${endpoint.host}:${endpoint.port}`;
      const { attempted } = sequence;
      reject(dialError(error, { endpoint: shown, hostKeyType: pinned?.type, attempted, offered }));
    };
    client.once("ready", () => {
      client.removeListener("error", fail);
      // A later failure of the connection closes its channels, which report it.
      client.on("error", () => undefined);
      resolve(client);
    });
    client.once("error", fail);
    client.once("close", () => fail(new Error("EOF")));
    client.connect(config);
  });
}

function forward(proxy: Client, host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, host, port, (error, channel) =>
      error ? reject(openError(error)) : resolve(channel),
    );
  });
}

/**
 * Dials the connection's host, through its proxy if there is one.
 *
 * @throws for any host other than this machine, for an invalid hostKey, and when the retries are exhausted.
 */
export async function dial(connection: Connection, call: Call, environment: NodeJS.ProcessEnv): Promise<Client> {
  const host = await loopbackAddress("command", connection.host);
  const prepared = await prepare(connection, environment);
  const { proxy, dialErrorLimit } = connection;
  if (!proxy) return withRetries("Dial", dialErrorLimit, call, () => connect(prepared, host));
  const through = await dialProxy(proxy, call, environment);
  try {
    const sock = await withRetries("Dial from proxy", dialErrorLimit, call, () =>
      forward(through, host, connection.port),
    );
    // As the real plugin: each attempt is over the same forwarded connection, which the first failure has closed.
    let used = false;
    const client = await withRetries("Dial", dialErrorLimit, call, () => {
      if (used) throw new Error("ssh: handshake failed: EOF");
      used = true;
      return logIn(prepared, sock);
    });
    client.once("close", () => through.end());
    return client;
  } catch (error) {
    through.end();
    throw new Error(`proxy: ${(error as Error).message}`);
  }
}

async function dialProxy(proxy: Endpoint, call: Call, environment: NodeJS.ProcessEnv): Promise<Client> {
  const host = await loopbackAddress("command", proxy.host);
  try {
    const prepared = await prepare(proxy, environment);
    return await withRetries("Dial proxy", proxy.dialErrorLimit, call, () => connect(prepared, host));
  } catch (error) {
    throw new Error(`proxy: ${(error as Error).message}`);
  }
}
