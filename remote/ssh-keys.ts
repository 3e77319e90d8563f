/** The keys that a login offers: the declared private key, or what the agent holds, one at a time and counted. */
import * as net from "node:net";
import {
  BaseAgent,
  createAgent,
  type AnyAuthMethod,
  type IdentityCallback,
  type ParsedKey,
  type SignCallback,
  type SigningRequestOptions,
} from "ssh2";
import type { KeySource } from "./ssh-target";
import { fingerprint, parseHostKey } from "../model/server/host-key";

/** What there is to offer. */
export interface OfferedKeys {
  /** In the order of the offers. */
  methods: AnyAuthMethod[];
  /** Usable keys of the agent that are not the declared one. */
  others: number;
  /** Entries of the agent that this client cannot offer, such as user certificates. */
  unusable: number;
}

/** An agent of which one key is offered; reports that it was asked to sign. */
class OneKeyAgent extends BaseAgent {
  constructor(
    private readonly agent: BaseAgent,
    private readonly key: ParsedKey,
    private readonly onSign: () => void,
  ) {
    super();
  }

  override getIdentities(answer: IdentityCallback<ParsedKey>): void {
    answer(null, [this.key]);
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    answer?: SignCallback,
  ): void {
    this.onSign();
    if (typeof options === "function") this.agent.sign(key, data, options);
    else this.agent.sign(key, data, options, answer);
  }
}

function identities(agent: BaseAgent<ParsedKey>): Promise<ParsedKey[]> {
  return new Promise((resolve, reject) => {
    agent.getIdentities((error, keys) => {
      if (error) reject(error);
      else resolve((keys ?? []) as ParsedKey[]);
    });
  });
}

const COUNT_MILLISECONDS = 5000;

/**
 * The number of entries that an agent holds, as the library leaves out those that it cannot use (the agent's protocol:
 * draft-ietf-sshm-ssh-agent, SSH_AGENTC_REQUEST_IDENTITIES).
 * @returns null if the agent gives no answer
 */
function countEntries(socketPath: string): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath);
    const end = (count: number | null) => (resolve(count), socket.destroy());
    let answer = Buffer.alloc(0);
    socket.setTimeout(COUNT_MILLISECONDS, () => end(null));
    socket.once("error", () => end(null));
    socket.once("close", () => end(null));
    socket.once("connect", () => socket.write(Buffer.from([0, 0, 0, 1, 11])));
    socket.on("data", (part: Buffer) => {
      // Length, type 12, number of entries; the entries themselves are the library's.
      answer = Buffer.concat([answer, part]);
      if (answer.length >= 9) end(answer[4] === 12 ? answer.readUInt32BE(5) : null);
    });
  });
}

function isDeclared(key: ParsedKey, declared: string): boolean {
  const blob = key.getPublicSSH();
  const line = parseHostKey(declared);
  return line ? line.blob.equals(blob) : fingerprint(blob) === declared.trim();
}

/**
 * @param onSign called as soon as the server has asked for a signature, so it knows the key
 * @throws Error if the agent does not answer
 */
export async function offeredKeys(source: KeySource, onSign: () => void): Promise<OfferedKeys> {
  const { user: username, privateKey, agentSocketPath = "", publicKey } = source;
  if (privateKey) return { methods: [{ type: "publickey", username, key: privateKey }], others: 0, unusable: 0 };
  const agent = createAgent(agentSocketPath) as BaseAgent<ParsedKey>;
  const [usable, entries] = await Promise.all([identities(agent), countEntries(agentSocketPath)]);
  const chosen = publicKey ? usable.filter((key) => isDeclared(key, publicKey)) : usable;
  return {
    methods: chosen.map((key) => ({ type: "agent", username, agent: new OneKeyAgent(agent, key, onSign) })),
    others: usable.length - chosen.length,
    unusable: Math.max(0, (entries ?? usable.length) - usable.length),
  };
}
