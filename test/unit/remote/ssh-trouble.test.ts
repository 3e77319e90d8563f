/** What an sshd does at each stage of a connection, and what a person reads of it. The host is one on loopback. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { utils, type AuthContext, type ParsedKey } from "ssh2";
import { SshConnection } from "../../../remote/ssh";
import { fingerprint, parseHostKey } from "../../../model/server/host-key";
import { tryPluginLogin } from "../../../remote/plugin-login";
import { SshAgent } from "../../../sandbox/agent/ssh-agent";
import { disconnect } from "../../../sandbox/server/disconnect";
import { makeHostKey } from "../../helpers/host-keys";
import { problemOf } from "../../helpers/problems";
import { reply, startSshHost, type Rudeness, type SshHost } from "../../helpers/ssh-host";
import { words } from "../../helpers/remedies";
import type { SshTarget } from "../../../remote/ssh-target";

const isKey = (attempt: AuthContext): attempt is AuthContext & { method: "publickey" } =>
  attempt.method === "publickey";

const publicKeyOf = (privateKey: string) => fingerprint((utils.parseKey(privateKey) as ParsedKey).getPublicSSH());

/** A login that offered every key, of which nothing is known. */
const NO_OTHERS = { otherKeys: 0, hops: [] };

describe("trouble with SSH", () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  async function host(rude: Rudeness = {}): Promise<SshHost> {
    const started = await startSshHost(({ channel }) => reply(channel, "done"), rude);
    stops.push(started.stop);
    return started;
  }

  async function agent(...privateKeys: string[]): Promise<string> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "agent-"));
    const started = new SshAgent(...privateKeys);
    const socket = path.join(folder, "s");
    await started.listen(socket);
    stops.push(async () => {
      await started.close();
      fs.rmSync(folder, { recursive: true });
    });
    return socket;
  }

  async function use(target: SshTarget): Promise<string> {
    const connection = await SshConnection.open(target);
    try {
      return (await connection.run("command", "", 20)).stdout;
    } finally {
      connection.close();
    }
  }

  async function problem(target: SshTarget, code: string): Promise<string> {
    const found = await problemOf(use(target));
    assert.equal(found.code, code, found.actual);
    assert.equal(found.subject, "sync01");
    assert.notEqual(words(found.remedy), "");
    return found.actual;
  }

  /** A host that ends the login after so many keys, and how to reach it with the right key as the last of four. */
  async function impatient(most: number) {
    const tried = new Map<unknown, number>();
    const authentication: Rudeness["authentication"] = (attempt, connection) => {
      if (!isKey(attempt) || attempt.signature) return false;
      tried.set(connection, (tried.get(connection) ?? 0) + 1);
      if (tried.get(connection)! <= most) return false;
      disconnect(connection, "Too many authentication failures");
      return true;
    };
    const { target } = await host({ authentication });
    const { privateKey, ...rest } = target;
    const others = [1, 2, 3].map(() => makeHostKey().privateKey);
    return { target: { ...rest, agentSocketPath: await agent(...others, privateKey!) }, privateKey: privateKey! };
  }

  it("a server that ends the login after several keys must be reported with their number, and not as a firewall", async () => {
    const { target } = await impatient(3);
    const actual = await problem(target, "SSH_TOO_MANY_KEYS");
    assert.match(actual, /ended the login after 4 of 4 keys: too many authentication failures$/);
  });

  it("a login that only Pulumi's plugin would make must be tried with every key of the agent, and refused before it matters", async () => {
    const { target, privateKey } = await impatient(3);
    const publicKey = publicKeyOf(privateKey);
    assert.equal(await use({ ...target, publicKey }), "done");
    const found = await problemOf(tryPluginLogin({ ...target, publicKey }, { otherKeys: 3, hops: [] }));
    assert.equal(found.code, "SSH_TOO_MANY_KEYS");
    assert.match(words(found.remedy), /command plugin offers every key of the agent/);
    await tryPluginLogin({ ...target, publicKey }, NO_OTHERS);
  });

  it("an agent that does not answer must be reported beside a private key, as Pulumi's plugin connects to it all the same", async () => {
    const { target } = await host();
    const agentSocketPath = path.join(os.tmpdir(), "no-agent-here.sock");
    assert.equal(await use({ ...target, agentSocketPath }), "done");
    const found = await problemOf(tryPluginLogin({ ...target, agentSocketPath }, NO_OTHERS));
    assert.equal(found.code, "SSH_AGENT_MISSING");
    assert.match(found.actual, /sshPrivateKey, and an agent at SSH_AUTH_SOCK that does not answer: ENOENT/);
    assert.match(words(found.remedy), /Unset SSH_AUTH_SOCK/);
    await tryPluginLogin({ ...target, agentSocketPath: await agent() }, NO_OTHERS);
  });

  it("the declared public key, or its fingerprint, must be the only one that is offered", async () => {
    const own = makeHostKey();
    const offered: string[] = [];
    const authentication: Rudeness["authentication"] = (attempt) => {
      if (!isKey(attempt)) return false;
      offered.push(fingerprint(attempt.key.data));
      attempt.accept();
      return true;
    };
    const { target } = await host({ authentication });
    const agentSocketPath = await agent(makeHostKey().privateKey, own.privateKey, makeHostKey().privateKey);
    const print = fingerprint(parseHostKey(own.line)!.blob);
    for (const publicKey of [own.line, `${own.line} a comment`, print]) {
      offered.length = 0;
      assert.equal(await use({ ...target, privateKey: undefined, agentSocketPath, publicKey }), "done");
      assert.deepEqual([...new Set(offered)], [print]);
    }
  });

  it("an agent without a key, or without the declared one, must be reported before a login", async () => {
    const { target } = await host();
    const empty = await problem({ ...target, privateKey: undefined, agentSocketPath: await agent() }, "SSH_NO_KEY");
    assert.match(empty, /^no key was offered to 127\.0\.0\.1:\d+$/);
    const agentSocketPath = await agent(makeHostKey().privateKey, makeHostKey().privateKey);
    const publicKey = makeHostKey().line;
    const other = await problem({ ...target, privateKey: undefined, agentSocketPath, publicKey }, "SSH_NO_KEY");
    assert.match(other, /; the agent holds 2 other keys$/);
  });

  it("a server that wants more than the key must be reported with what it wants", async () => {
    const authentication: Rudeness["authentication"] = (attempt) => {
      if (!isKey(attempt) || !attempt.signature) return false;
      attempt.reject(["keyboard-interactive"], true);
      return true;
    };
    const { target } = await host({ authentication });
    const actual = await problem(target, "SSH_LOGIN_INCOMPLETE");
    assert.match(
      actual,
      /accepts the key for user "Administrator", but not the login and asks for keyboard-interactive$/,
    );
    const { privateKey, ...rest } = target;
    await problem({ ...rest, agentSocketPath: await agent(privateKey!) }, "SSH_LOGIN_INCOMPLETE");
  });

  it("a server that hangs up after a key was offered must be reported with the account's rights, and its words if it said any", async () => {
    for (const said of [null, "logon type not granted"]) {
      const authentication: Rudeness["authentication"] = (attempt, connection) => {
        if (!isKey(attempt)) return false;
        if (said === null) (connection as unknown as { _sock: net.Socket })._sock.destroy();
        else disconnect(connection, said);
        return true;
      };
      const { target } = await host({ authentication });
      const actual = await problem(target, "SSH_LOGIN_CLOSED");
      assert.ok(actual.includes(said === null ? "without a reason" : `with "${said}"`), actual);
    }
  });

  it("a server without a common algorithm must be reported with its kind and what both sides offer", async () => {
    const kinds = {
      kex: ["key exchange algorithm", "diffie-hellman-group1-sha1"],
      cipher: ["C->S cipher", "3des-cbc"],
    } as const;
    for (const [kind, [name, offer]] of Object.entries(kinds)) {
      const { target } = await host({ algorithms: { [kind]: [offer] } });
      const found = await problemOf(use(target));
      assert.equal(found.code, "SSH_NO_ALGORITHM", found.actual);
      assert.ok(found.expected.startsWith(`a ${name} that this project has: `), found.expected);
      assert.ok(found.expected.includes(kind === "kex" ? "curve25519-sha256" : "aes256-gcm@openssh.com"));
      assert.match(found.actual, new RegExp(`offers ${offer}`));
      assert.match(words(found.remedy), kind === "kex" ? /KexAlgorithms \+curve25519-sha256/ : /Ciphers \+aes128-gcm@/);
    }
  });

  it("a server that only this project's client can talk to must be refused before Pulumi's plugin meets it", async () => {
    const lacking: [Rudeness["algorithms"], string, string][] = [
      [{ kex: ["diffie-hellman-group16-sha512"] }, "key exchange algorithm", "KexAlgorithms"],
      [{ cipher: ["aes256-ctr"], hmac: ["hmac-sha1-etm@openssh.com"] }, "MAC", "MACs"],
    ];
    for (const [algorithms, name, option] of lacking) {
      const { target } = await host({ algorithms });
      const connection = await SshConnection.open(target);
      const found = await problemOf(tryPluginLogin(target, connection).finally(() => connection.close()));
      assert.equal(found.code, "SSH_NO_ALGORITHM");
      assert.ok(found.expected.startsWith(`a ${name} that Pulumi's command plugin has: `), found.expected);
      assert.match(words(found.remedy), new RegExp(`${option} \\+`));
    }
    const { target } = await host({
      algorithms: { hmac: ["hmac-sha1-etm@openssh.com"], cipher: ["aes128-gcm@openssh.com"] },
    });
    const connection = await SshConnection.open(target);
    await tryPluginLogin(target, connection).finally(() => connection.close());
  });

  it("a server that accepts no command must be reported apart from a session that was lost", async () => {
    const { target } = await host({ refusesCommands: true });
    await problem(target, "SSH_SESSION_REFUSED");
  });

  /** A port that hangs up on the first connections and passes the others on. */
  async function busy(port: number, drops: number) {
    let connections = 0;
    const sockets = new Set<net.Socket>();
    const server = net.createServer((socket) => {
      connections += 1;
      sockets.add(socket.on("error", () => undefined));
      if (connections <= drops) return void socket.resetAndDestroy();
      const through = net.connect(port, "127.0.0.1").on("error", () => undefined);
      sockets.add(through);
      socket.pipe(through).pipe(socket);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    stops.push(async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((closed) => server.close(closed));
    });
    return { port: (server.address() as net.AddressInfo).port, connections: () => connections };
  }

  it("a connection that ends before the host key was shown must be tried again, at most twice", async () => {
    const { target } = await host();
    const twice = await busy(target.port, 2);
    assert.equal(await use({ ...target, port: twice.port }), "done");
    assert.equal(twice.connections(), 3);
    const always = await busy(target.port, 100);
    await problem({ ...target, port: always.port }, "HOST_UNREACHABLE");
    assert.equal(always.connections(), 3);
  });

  it("a login that was refused must not be tried again", async () => {
    const { target } = await host();
    const through = await busy(target.port, 0);
    await problem({ ...target, port: through.port, user: "no-one" }, "SSH_KEY_REFUSED");
    assert.equal(through.connections(), 1);
  });

  it("SFTP must be tried, and a server without it be reported before anything is copied", async () => {
    const good = await SshConnection.open((await host()).target);
    await good.trySftp().finally(() => good.close());
    const connection = await SshConnection.open((await host({ noSftp: true })).target);
    try {
      const found = await problemOf(connection.trySftp());
      assert.equal(found.code, "SFTP_REFUSED");
      assert.match(words(found.remedy), /ForceCommand/);
    } finally {
      connection.close();
    }
  });
});
