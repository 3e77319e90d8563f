import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { OpenSSHAgent, utils, type ParsedKey } from "ssh2";
import { SshAgent } from "../../../sandbox/agent/ssh-agent";

const parse = (text: string) => utils.parseKey(text) as ParsedKey;

/** A pair that the library itself can read again. */
function makePair(): { private: string; public: string } {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const pair = utils.generateKeyPairSync("ed25519");
    if (!(utils.parseKey(pair.private) instanceof Error)) return pair;
  }
  throw new Error("no readable key in 10 attempts");
}

describe("SSH agent", () => {
  let folder: string;
  let socket: string;
  let agent: SshAgent;
  const pair = makePair();

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "csi-agent-"));
    socket = path.join(folder, "agent.sock");
    agent = new SshAgent(pair.private);
  });
  afterEach(async () => {
    await agent.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const identities = () =>
    new Promise<ParsedKey[]>((resolve, reject) =>
      new OpenSSHAgent(socket).getIdentities((error, keys) => (error ? reject(error) : resolve(keys as ParsedKey[]))),
    );
  const sign = (key: ParsedKey, data: Buffer) =>
    new Promise<Buffer>((resolve, reject) =>
      new OpenSSHAgent(socket).sign(key, data, {}, (error, signature) => (error ? reject(error) : resolve(signature!))),
    );

  it("the SSH agent must list its one key and sign with it", async () => {
    await agent.listen(socket);
    const [key, ...others] = await identities();
    assert.equal(others.length, 0);
    assert.ok(key.getPublicSSH().equals(parse(pair.public).getPublicSSH()));
    const data = Buffer.from("data");
    assert.equal(parse(pair.public).verify(data, await sign(key, data)), true);
  });

  it("the SSH agent must not sign for another key", async () => {
    await agent.listen(socket);
    await assert.rejects(sign(parse(makePair().public), Buffer.from("data")));
  });

  it("the SSH agent's socket must be accessible to its owner only", async () => {
    const mask = process.umask();
    await agent.listen(socket);
    assert.equal(fs.statSync(socket).mode & 0o777, 0o600);
    assert.equal(process.umask(), mask);
  });

  it("the SSH agent must remove its socket when it closes", async () => {
    await agent.listen(socket);
    await identities();
    await agent.close();
    assert.equal(fs.existsSync(socket), false);
    await agent.close();
  });

  it("the SSH agent must replace the socket of a dead process, but nothing else", async () => {
    await agent.listen(socket);
    const second = new SshAgent(pair.private);
    await second.listen(socket);
    await identities();
    await second.close();
    fs.writeFileSync(socket, "a file");
    await assert.rejects(new SshAgent(pair.private).listen(socket), /not a socket/);
    assert.equal(fs.readFileSync(socket, "utf8"), "a file");
  });

  it("the SSH agent must name a path that is too long for a socket", async () => {
    await assert.rejects(agent.listen(path.join(folder, "x".repeat(110))), /longer than/);
  });

  it("the SSH agent must refuse a key that it cannot read, without repeating it", () => {
    assert.throws(
      () => new SshAgent("secret text"),
      (error: Error) => !error.message.includes("secret text"),
    );
  });
});
