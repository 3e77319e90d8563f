/** The way through a bastion, which is the sandbox's own: a real SSH server on loopback. */
import assert from "node:assert/strict";
import * as net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Bastion } from "../../../sandbox/server/bastion";
import { BASTION_NAME, type BastionFault } from "../../../sandbox/surroundings/faults";
import { fetchHostKey } from "../../../remote/host-key";
import { SshConnection } from "../../../remote/ssh";
import { makeHostKey } from "../../helpers/host-keys";
import { problemOf } from "../../helpers/problems";
import { reply, startSshHost, type SshHost } from "../../helpers/ssh-host";
import { words } from "../../helpers/remedies";
import type { BastionTarget, SshTarget } from "../../../remote/ssh-target";

describe("the way through a bastion", () => {
  let host: SshHost;
  let bastion: Bastion;
  let target: SshTarget & { proxy: BastionTarget };
  const faults = new Map<string, number>();
  const strikes = (name: string) => {
    const left = faults.get(name) ?? 0;
    faults.set(name, left - 1);
    return left > 0;
  };

  beforeEach(async () => {
    faults.clear();
    host = await startSshHost(({ channel, command }) => reply(channel, command));
    const [own, other, user] = [makeHostKey(), makeHostKey(), makeHostKey()];
    bastion = new Bastion({
      faults: { holds: () => false, strikes: (at, name) => at === BASTION_NAME && strikes(name) },
      hostKey: own.privateKey,
      otherHostKey: other.privateKey,
      authorizedKey: user.line,
      permitted: [host.target.port],
    });
    const port = await bastion.listen(0);
    const proxy = { host: "127.0.0.1", port, user: "jump", hostKey: own.line, privateKey: user.privateKey };
    target = { ...host.target, proxy };
  });
  afterEach(async () => {
    await bastion.close();
    await host.stop();
  });
  const set = (name: BastionFault, times = Infinity) => void faults.set(name, times);

  async function run(to: SshTarget, command = "done"): Promise<string> {
    const connection = await SshConnection.open(to);
    try {
      return (await connection.run(command, "", 20)).stdout;
    } finally {
      connection.close();
    }
  }

  it("servers behind one bastion must share one login to it, and the login must end with the last of them", async () => {
    const commands = Array.from({ length: 20 }, (_, index) => `command ${index}`);
    set("max-startups");
    assert.deepEqual(await Promise.all(commands.map((command) => run(target, command))), commands);
    assert.deepEqual([bastion.logins, bastion.forwarded], [1, 20]);
    for (let waits = 0; bastion.clients > 0 && waits < 100; waits += 1) await sleep(20);
    assert.equal(bastion.clients, 0, "the login was kept after its use");
    assert.equal(await run(target), "done");
    assert.equal(bastion.logins, 2);
  });

  it("the host key of a server must be read through its bastion", async () => {
    const seen = await fetchHostKey(target);
    assert.equal(seen.kind, "key");
    assert.equal(bastion.forwarded, 1);
  });

  const FAULTS: [BastionFault, string, RegExp, RegExp][] = [
    ["unreachable", "BASTION_UNREACHABLE", /^127\.0\.0\.1:\d+: /, /the bastion, not the server/],
    ["host-key", "BASTION_KEY_MISMATCH", /^SHA256:\S+ at bastion 127\.0\.0\.1/, /bastion was rebuilt/],
    ["ssh-key", "BASTION_KEY_REFUSED", /refuses the key for user "jump"/, /authorized_keys/],
    ["no-forwarding", "BASTION_FORBIDS", /prohibits it for user "jump"/, /AllowTcpForwarding local, PermitOpen 127/],
    ["no-route", "BASTION_CANNOT_REACH", /does not reach 127\.0\.0\.1:\d+: .*Connection refused/, /firewall/],
  ];
  for (const [fault, code, actual, remedy] of FAULTS) {
    it(`the fault ${fault} of a bastion must be reported as the bastion's, with the server as the subject`, async () => {
      set(fault);
      const found = await problemOf(run(target));
      assert.deepEqual([found.code, found.subject], [code, "sync01"]);
      assert.match(found.actual, actual);
      assert.match(words(found.remedy), remedy);
      const seen = await fetchHostKey(target);
      assert.equal(seen.kind === "failed" && seen.problem.code, code);
      assert.equal(host.sessions(), 0);
    });
  }

  it("each server that waits for one login to a bastion must be named in its own problem", async () => {
    set("ssh-key");
    const names = ["sync01", "sync02"];
    const found = await Promise.all(names.map((server) => problemOf(run({ ...target, server }))));
    assert.deepEqual(
      found.map(({ code, subject }) => [code, subject]),
      names.map((name) => ["BASTION_KEY_REFUSED", name]),
    );
  });

  it("trouble of a login to a bastion must say that it is the bastion's, and trouble of the server must not", async () => {
    const proxy = { ...target.proxy, privateKey: undefined };
    const found = await problemOf(run({ ...target, proxy }));
    assert.equal(found.code, "SSH_AGENT_MISSING");
    assert.match(found.property, /of the bastion 127\.0\.0\.1:\d+$/);
    const server = await problemOf(run({ ...target, user: "no-one" }));
    assert.deepEqual([server.code, server.property], ["SSH_KEY_REFUSED", "SSH key"]);
    const other = await problemOf(run({ ...target, hostKey: makeHostKey().line }));
    assert.equal(other.code, "HOST_KEY_MISMATCH");
  });

  it("a bastion must forward to no port but those of the declared servers", async () => {
    const closed = net.createServer();
    await new Promise<void>((listening) => closed.listen(0, "127.0.0.1", listening));
    try {
      const found = await problemOf(run({ ...target, port: (closed.address() as net.AddressInfo).port }));
      assert.equal(found.code, "BASTION_FORBIDS");
    } finally {
      await new Promise((done) => closed.close(done));
    }
  });

  it("a connection that a busy bastion dropped before it showed its key must be tried again", async () => {
    set("unreachable", 2);
    assert.equal(await run(target), "done");
  });
});
