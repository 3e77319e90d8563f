/** The command stand-in's Command resource, against a small SSH server. */
import assert from "node:assert/strict";
import * as net from "node:net";
import { CommandProvider } from "../../../sandbox/plugins/command/command-provider";
import { Bastion } from "../../../sandbox/server/bastion";
import { makeHostKey } from "../../helpers/host-keys";
import { PluginClient, revealed, secret, UNKNOWN, type Properties } from "./plugin-client";
import { startSsh, type SshFixture } from "./ssh-fixture";

const COMMAND = "command:remote:Command";

describe("command stand-in", () => {
  let ssh: SshFixture;
  let plugin: PluginClient;

  before(async () => {
    ssh = await startSsh();
    plugin = await PluginClient.serve(new CommandProvider({}));
    await plugin.configure({});
  });
  after(async () => {
    plugin.stop();
    await ssh.stop();
  });
  beforeEach(() => ssh.commands.splice(0));

  function connection(changes: Properties = {}): Properties {
    const { port, hostKey, privateKey } = ssh;
    const own = {
      host: "127.0.0.1",
      port,
      user: "administrator",
      hostKey,
      privateKey,
      dialErrorLimit: 0,
      perDialTimeout: 5,
    };
    return secret({ ...own, ...changes });
  }

  const create = (inputs: Properties, changes: Properties = {}, preview = false) =>
    plugin.create(COMMAND, { connection: connection(changes), addPreviousOutputInEnv: false, ...inputs }, preview);

  it("the command stand-in must fill in the connection's defaults and keep it secret", async () => {
    const { inputs, failures } = await plugin.check(COMMAND, {
      connection: { host: "localhost", password: "p" },
      create: "x",
    });
    assert.deepEqual(failures, []);
    const { password, ...rest } = revealed(inputs.connection);
    assert.deepEqual(rest, { host: "localhost", port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 });
    assert.equal(revealed(password), "p");
  });

  it("the command stand-in must not connect to any other machine, and say so in a preview", async () => {
    for (const host of ["192.0.2.1", "2001:db8::1", "server.example"]) {
      const { failures } = await plugin.check(COMMAND, { connection: { host }, create: "x" });
      assert.match(failures[0].reason, /loopback endpoints only/);
      await assert.rejects(create({ create: "x" }, { host }), /loopback endpoints only/);
      await assert.rejects(plugin.delete(COMMAND, "id", { connection: connection({ host }), delete: "x" }), /loopback/);
    }
    const proxy = { host: "192.0.2.1" };
    assert.equal(
      (await plugin.check(COMMAND, { connection: { host: "localhost", proxy }, create: "x" })).failures.length,
      1,
    );
  });

  it("the command stand-in must pass standard input, and remove one line end from the output", async () => {
    const { id, outputs } = await create({ create: "run", stdin: "request" });
    assert.match(id, /^resource[0-9a-f]{8}$/);
    assert.equal(outputs.stdout, "request\n");
    assert.equal(outputs.stderr, "warning");
    assert.deepEqual(ssh.commands, [{ command: "run", stdin: "request", environment: {} }]);
  });

  it("the command stand-in must not miss the exit status of a command that ends at once", async () => {
    assert.equal((await create({ create: "instant" })).outputs.stdout, "");
  });

  it("the command stand-in must close its connections", async () => {
    await create({ create: "run" });
    await assert.rejects(create({ create: "fail" }));
    const deadline = Date.now() + 5000;
    while (ssh.connections() > 0 && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(ssh.connections(), 0);
  });

  it("the command stand-in must fail with the command and all output, but without the standard input, if the status is not 0", async () => {
    const failed = create({ create: 'fail "now"', stdin: "request" });
    await assert.rejects(failed, /Process exited with status 3: running "fail \\"now\\"":\nrequest\n\nwarning\n/);
    await assert.rejects(create({ create: "drop" }), /without exit status or exit signal/);
  });

  it("the command stand-in must run nothing in a preview, and not know the output there", async () => {
    const created = await create({ create: "run" }, {}, true);
    assert.deepEqual([created.outputs.stdout, created.outputs.stderr], [UNKNOWN, UNKNOWN]);
    const state = { connection: connection(), create: "run", stdout: "old", stderr: "" };
    const same = await plugin.update(COMMAND, "id", state, { connection: connection(), create: "run" }, true);
    assert.equal(same.stdout, "old");
    const other = await plugin.update(COMMAND, "id", state, { connection: connection(), create: "other" }, true);
    assert.equal(other.stdout, UNKNOWN);
    assert.deepEqual(ssh.commands, []);
  });

  it("the command stand-in must update with create if there is no update, and delete only if there is a delete", async () => {
    const state = { connection: connection(), addPreviousOutputInEnv: false, stdout: "old", stderr: "" };
    await plugin.update(COMMAND, "id", state, { ...state, create: "c" });
    await plugin.update(COMMAND, "id", state, { ...state, create: "c", update: "u" });
    await plugin.delete(COMMAND, "id", { ...state, create: "c" });
    await plugin.delete(COMMAND, "id", { ...state, delete: "d" });
    assert.deepEqual(
      ssh.commands.map(({ command }) => command),
      ["c", "u", "d"],
    );
  });

  it("the command stand-in must pass on the previous output unless that is switched off", async () => {
    const state = { connection: connection(), create: "run", stdout: "old", stderr: "" };
    await plugin.update(COMMAND, "id", state, { connection: connection(), create: "run" });
    assert.deepEqual(ssh.commands[0].environment, { PULUMI_COMMAND_STDOUT: "old" });
  });

  it("the command stand-in must not run a command without a variable that it asks for", async () => {
    const refused = create({ create: "run", environment: { ACCEPTED: "1", REFUSED: "2" } });
    await assert.rejects(refused, /could not set environment variable "REFUSED": ssh: setenv failed/);
    assert.deepEqual(ssh.commands, []);
    await create({ create: "run", environment: { ACCEPTED: "1" } });
    assert.deepEqual(ssh.commands, [{ command: "run", stdin: "", environment: { ACCEPTED: "1" } }] as unknown[]);
  });

  it("the command stand-in must refuse a host key other than the pinned one, and a pin that is not a key", async () => {
    const other = await startSsh();
    try {
      await assert.rejects(create({ create: "run" }, { hostKey: other.hostKey }), /ssh: host key mismatch/);
    } finally {
      await other.stop();
    }
    await assert.rejects(
      create({ create: "run" }, { hostKey: "no key" }),
      /failed to parse host key: ssh: no key found/,
    );
    assert.deepEqual(ssh.commands, []);
  });

  it("the command stand-in must retry as often as the connection says, and report the last reason", async () => {
    plugin.messages.length = 0;
    const refused = create({ create: "run" }, { user: "nobody", dialErrorLimit: 2 });
    await assert.rejects(
      refused,
      /after 2 failed attempts: .*unable to authenticate, attempted methods \[none publickey\]/,
    );
    const retries = plugin.messages.filter(({ message }) => /^Dial \d\/2 failed: retrying$/.test(message));
    assert.equal(retries.length, 2);
  });

  it("the command stand-in must have the algorithms of the real plugin, and refuse others in its words", async () => {
    const lacking = [
      [{ kex: ["diffie-hellman-group18-sha512"] }, "key exchange", "diffie-hellman-group18-sha512"],
      [
        { cipher: ["aes256-ctr"], hmac: ["hmac-sha1-etm@openssh.com"] },
        "client to server MAC",
        "hmac-sha1-etm@openssh.com",
      ],
    ] as const;
    for (const [algorithms, kind, offered] of lacking) {
      const other = await startSsh(algorithms as never);
      try {
        const { port, hostKey } = other;
        const text = `ssh: handshake failed: ssh: no common algorithm for ${kind}; we offered: [`;
        await assert.rejects(create({ create: "run" }, { port, hostKey }), ({ message }: Error) => {
          assert.ok(message.includes(text), message);
          assert.match(message, new RegExp(`peer offered: \\[${offered}`));
          return true;
        });
      } finally {
        await other.stop();
      }
    }
  });

  it("the command stand-in must go through a proxy, and report what ends there as the real plugin does", async () => {
    const [own, other, user] = [makeHostKey(), makeHostKey(), makeHostKey()];
    let fault = "";
    const bastion = new Bastion({
      faults: { holds: () => false, strikes: (_target, name) => name === fault },
      ...{ hostKey: own.privateKey, otherHostKey: other.privateKey, authorizedKey: user.line, permitted: [ssh.port] },
    });
    const port = await bastion.listen(0);
    const proxy = { host: "127.0.0.1", port, user: "jump", hostKey: own.line, privateKey: user.privateKey };
    const run = (changes: Properties = {}) =>
      create({ create: "run", stdin: "x" }, { proxy: { ...proxy, dialErrorLimit: 0, perDialTimeout: 5 }, ...changes });
    try {
      assert.equal((await run()).outputs.stdout, "x\n");
      assert.equal(bastion.forwarded, 1);
      for (const [name, message] of [
        ["no-forwarding", /proxy: after 0 failed attempts: ssh: rejected: administratively prohibited \(open failed\)/],
        ["no-route", /proxy: after 0 failed attempts: ssh: rejected: connect failed \(Connection refused\)/],
        ["host-key", /proxy: after 0 failed attempts: ssh: handshake failed: ssh: host key mismatch/],
        ["ssh-key", /proxy: after 0 failed attempts: .*unable to authenticate/],
      ] as const) {
        fault = name;
        await assert.rejects(run(), message, name);
      }
      fault = "";
      // The reason of the first attempt is lost, as all of them are over one forwarded connection.
      await assert.rejects(
        run({ user: "nobody", dialErrorLimit: 1 }),
        /proxy: after 1 failed attempts: .*handshake failed: EOF/,
      );
    } finally {
      await bastion.close();
    }
  });

  it("the command stand-in must wait for a silent server without a limit, as the real plugin does", async () => {
    const sockets: net.Socket[] = [];
    const silent = net.createServer((socket) => sockets.push(socket.on("error", () => undefined)));
    await new Promise<void>((listening) => silent.listen(0, "127.0.0.1", listening));
    try {
      const { port } = silent.address() as net.AddressInfo;
      let ended = false;
      const creation = create({ create: "run" }, { port, perDialTimeout: 1 }).finally(() => (ended = true));
      creation.catch(() => undefined);
      await new Promise((done) => setTimeout(done, 2000));
      assert.equal(ended, false, "the limit of the TCP connection ended the handshake");
      sockets.forEach((socket) => socket.destroy());
      await assert.rejects(creation, /ssh: handshake failed/);
    } finally {
      await new Promise((closed) => silent.close(closed));
    }
  });

  it("the command stand-in must request a replacement only if triggers are added or removed: the SDK does for a changed one", async () => {
    const inputs = { connection: connection(), create: "a", triggers: ["1"] };
    assert.deepEqual((await plugin.diff(COMMAND, inputs, inputs, inputs)).changed, []);
    assert.deepEqual((await plugin.diff(COMMAND, inputs, inputs, { ...inputs, triggers: ["2"] })).paths, [
      "triggers[0]",
    ]);
    const { triggers: _, ...without } = inputs;
    assert.deepEqual((await plugin.diff(COMMAND, inputs, inputs, without)).replaced, ["triggers"]);
    const moved = await plugin.diff(COMMAND, inputs, inputs, {
      ...inputs,
      connection: connection({ port: 1 }),
      create: "b",
    });
    assert.deepEqual(moved, { changed: ["connection", "create"], replaced: [], paths: ["connection", "create"] });
  });

  it("the command stand-in must return the state unchanged in a refresh", async () => {
    const state = { connection: connection(), create: "run", stdout: "old", stderr: "" };
    const inputs = { connection: connection(), create: "run" };
    assert.deepEqual(await plugin.read(COMMAND, "id", state, inputs), { id: "id", outputs: state, inputs });
  });

  it("the command stand-in must refuse by name what it does not emulate", async () => {
    await assert.rejects(plugin.check("command:local:Command", { create: "x" }), /not command:local:Command/);
    await assert.rejects(plugin.invoke("command:local:run", {}), /not command:local:run/);
  });
});

describe("command stand-in, cancelled", () => {
  it("a cancelled command stand-in must stop connecting", async () => {
    const plugin = await PluginClient.serve(new CommandProvider({}));
    try {
      await plugin.configure({});
      const connection = secret({ host: "127.0.0.1", port: 1, user: "u", dialErrorLimit: -1, perDialTimeout: 1 });
      const creation = assert.rejects(plugin.create(COMMAND, { connection, create: "x" }), /aborted|cancelled/);
      await plugin.cancel();
      await creation;
    } finally {
      plugin.stop();
    }
  });
});
