/** The SSH side of an emulated server, driven by a real client. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import type { SFTPWrapper } from "ssh2";
import { utils } from "ssh2";
import { removeProgramCommand } from "../../../model/protocol/host-bootstrap";
import { ContractHost, ContractWorld, observeRequest } from "../../contract/contract-host";
import { connect, execute, withSftp } from "../../contract/ssh-client";

describe("SSH of an emulated server", function () {
  this.timeout(30_000);
  let world: ContractWorld;
  let host: ContractHost;

  before(async () => {
    world = await ContractWorld.make();
  });
  beforeEach(async () => {
    host = await new ContractHost(world, "model").start();
  });
  afterEach(() => host.stop());
  after(() => world.close());

  const observe = () => host.run("observe", observeRequest());
  const stranger = () => utils.generateKeyPairSync("ecdsa", { bits: 256 }).private;

  it("the SSH server must accept the authorised key and no other", async () => {
    await observe();
    host.target = { ...host.target, privateKey: stranger() };
    await assert.rejects(observe(), /authentication/);
    assert.equal(host.server.sshSessions, 1);
  });

  it("the SSH server must show the given host key", async () => {
    const { publicKey } = world.keys.hosts.sync01.otherHostKey;
    await assert.rejects(connect({ ...host.target, hostKey: publicKey }), /[Hh]ost/);
  });

  it("the SSH server must answer in either default shell", async () => {
    const other = new ContractHost(world, "model", "powershell");
    await other.start();
    try {
      assert.equal((await other.run("observe", observeRequest())).answer.ok, true);
    } finally {
      await other.stop();
    }
  });

  it("the SSH server must refuse commands that are not this project's, with exit code 1", async () => {
    const commands = [
      "whoami",
      `powershell.exe -EncodedCommand ${Buffer.from("whoami", "utf16le").toString("base64")}`,
    ];
    for (const command of commands) {
      const { exitCode, stderr } = await host.exec(command, null);
      assert.equal(exitCode, 1);
      assert.match(stderr, /only this project's bootstraps/);
    }
  });

  it("the SSH server must refuse a shell and a terminal", async () => {
    const client = await connect(host.target);
    try {
      await assert.rejects(promisify(client.shell.bind(client) as (callback: (error?: Error) => void) => void)());
      const terminal = new Promise((_resolve, reject) =>
        client.exec("whoami", { pty: true }, (error) => reject(error ?? new Error("a terminal was given"))),
      );
      await assert.rejects(terminal, /pseudo-terminal|request/i);
    } finally {
      client.end();
    }
  });

  it("the SSH server must not wait for stdin if a bootstrap has none", async () => {
    const client = await connect(host.target);
    try {
      const code = await new Promise((resolve, reject) =>
        client.exec(removeProgramCommand(), (error, channel) => {
          if (error) return reject(error);
          // Neither written to nor ended: the client leaves stdin open.
          channel.on("exit", resolve).resume();
        }),
      );
      assert.equal(code, 0);
    } finally {
      client.end();
    }
  });

  it("the SSH server must run commands of one connection in parallel", async () => {
    const client = await connect(host.target);
    const run = () =>
      new Promise((resolve, reject) =>
        client.exec("whoami", (error, channel) => {
          if (error) return reject(error);
          channel.on("close", resolve).resume();
          channel.end();
        }),
      );
    await Promise.all([run(), run(), run()]);
    client.end();
  });

  describe("faults", () => {
    it("an unreachable server must refuse every connection, and count each", async () => {
      host.faults.set("sync01", "unreachable", 2);
      await assert.rejects(observe());
      await assert.rejects(observe());
      await observe();
    });

    it("the host key fault must show another host key", async () => {
      host.faults.set("sync01", "host-key", 1);
      await assert.rejects(observe(), /[Hh]ost/);
      await observe();
    });

    it("the key fault must refuse the SSH key, and count a connection once", async () => {
      host.faults.set("sync01", "ssh-key", 1);
      await assert.rejects(observe(), /authentication/);
      await observe();
    });

    it("a fault must count an operation once, however often it shows in it", async () => {
      host.faults.set("sync01", "old-version", 1);
      const first = await observe();
      const second = await observe();
      const versions = [first, second].map(({ answer }) => answer.ok && answer.result.product.version);
      assert.deepEqual(versions, ["2.5.76.0", "2.6.84.0"]);
    });

    it("a fault must not affect another server", async () => {
      host.faults.set("sync02", "unreachable", null);
      await observe();
    });
  });

  describe("SFTP", () => {
    const call = <T>(run: (callback: (error: Error | undefined, value: T) => void) => void) =>
      new Promise<T>((resolve, reject) => run((error, value) => (error ? reject(error) : resolve(value))));
    const mkdir = (sftp: SFTPWrapper, name: string) => call((done) => sftp.mkdir(name, (error) => done(error!, 0)));
    const write = (sftp: SFTPWrapper, name: string, data: Buffer) =>
      call((done) => sftp.writeFile(name, data, (error) => done(error!, 0)));

    it("SFTP must write and read files under drive letters", async () => {
      const data = Buffer.alloc(300_000, "0123456789");
      await withSftp(host.target, async (sftp) => {
        await mkdir(sftp, "C:/Program Files");
        await mkdir(sftp, "/C:/Program Files/ConnectSyncIdentity");
        await write(sftp, "C:/Program Files/ConnectSyncIdentity/x.bin", data);
        const back = await call<Buffer>((done) => sftp.readFile("/C:/program files/connectsyncidentity/X.BIN", done));
        assert.ok(back.equals(data));
      });
      const local = path.join(host.filesRoot, "C/Program Files/ConnectSyncIdentity/x.bin");
      assert.ok(fs.readFileSync(local).equals(data));
    });

    it("SFTP must accept concurrent writes to one file", async () => {
      await withSftp(host.target, async (sftp) => {
        const handle = await call<Buffer>((done) => sftp.open("C:/x", "w", done));
        const parts = [..."abcdefgh"].map((letter) => Buffer.alloc(1000, letter));
        const writes = parts.map((part, index) =>
          call((done) => sftp.write(handle, part, 0, 1000, index * 1000, (error) => done(error!, 0))),
        );
        await Promise.all(writes.reverse());
        await call((done) => sftp.close(handle, (error) => done(error!, 0)));
        assert.equal(
          fs.readFileSync(path.join(host.filesRoot, "C/x"), "latin1"),
          Buffer.concat(parts).toString("latin1"),
        );
      });
    });

    it("SFTP must answer the requests of a client's mkdir -p", async () => {
      await withSftp(host.target, async (sftp) => {
        assert.ok((await call<{ isDirectory(): boolean }>((done) => sftp.stat("C:", done))).isDirectory());
        await assert.rejects(
          call((done) => sftp.stat("C:/a", done)),
          { code: 2 },
        );
        await mkdir(sftp, "C:/a");
        await assert.rejects(mkdir(sftp, "C:/a"), { code: 4 });
        await assert.rejects(mkdir(sftp, "C:/b/c"), { code: 2 });
        assert.equal(await call((done) => sftp.realpath("C:\\a\\..\\a", done)), "/C:/a");
      });
    });

    it("SFTP must list and remove files", async () => {
      await withSftp(host.target, async (sftp) => {
        await mkdir(sftp, "C:/a");
        await write(sftp, "C:/a/x", Buffer.from("x"));
        const names = await call<{ filename: string }[]>((done) => sftp.readdir("C:/a", done as never));
        assert.deepEqual(
          names.map(({ filename }) => filename),
          ["x"],
        );
        await assert.rejects(
          call((done) => sftp.rmdir("C:/a", (error) => done(error!, 0))),
          { code: 4 },
        );
        await call((done) => sftp.unlink("C:/a/x", (error) => done(error!, 0)));
        await call((done) => sftp.rmdir("C:/a", (error) => done(error!, 0)));
      });
    });

    it("SFTP must create no links, and reveal nothing of this machine in a failure", async () => {
      await withSftp(host.target, async (sftp) => {
        await assert.rejects(call((done) => sftp.symlink("/etc/passwd", "C:/link", (error) => done(error!, 0))));
        const error = await call<Buffer>((done) => sftp.readFile("../../../../etc/passwd", done)).catch(
          (reason: Error) => reason,
        );
        assert.ok(error instanceof Error);
        assert.ok(!error.message.includes(host.filesRoot));
      });
    });

    it("SFTP must write nothing on a full disk", async () => {
      host.faults.set("sync01", "disk-full", null);
      await withSftp(host.target, async (sftp) => {
        await assert.rejects(write(sftp, "C:/x", Buffer.from("x")), /space/);
      });
      assert.equal(fs.existsSync(path.join(host.filesRoot, "C/x")), false);
    });

    it("SFTP must close its channel when the client is done, so that no one waits", async () => {
      await withSftp(host.target, async () => undefined);
    });
  });

  it("the SSH server must free its port and end its connections when it closes", async () => {
    const client = await connect(host.target);
    const ended = new Promise((resolve) => client.on("close", () => resolve(undefined)));
    await host.server.close();
    await ended;
    await assert.rejects(execute(host.target, "whoami", null), /ECONNREFUSED/);
  });
});
