import assert from "node:assert/strict";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import { SshConnection } from "../../../remote/ssh";
import { makeHostKey } from "../../helpers/host-keys";
import { reply, startSshHost, type Exec, type SshHost } from "../../helpers/ssh-host";
import { words } from "../../helpers/remedies";
import type { SshTarget } from "../../../remote/ssh-target";

const LIMIT_SECONDS = 20;

/** The one problem that something fails with. */
async function problemOf(work: Promise<unknown>) {
  const error = await work.then(
    () => assert.fail("it should have failed"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProblemError, String(error));
  assert.equal(error.problems.length, 1);
  const [problem] = error.problems;
  assert.equal(problem.subject, "sync01");
  for (const text of [problem.actual, problem.expected, words(problem.remedy)]) assert.notEqual(text, "");
  return problem;
}

describe("a connection over SSH", () => {
  let host: SshHost;
  let answer: (exec: Exec) => void;

  beforeEach(async () => {
    answer = ({ channel }) => reply(channel, "");
    host = await startSshHost((exec) => answer(exec));
  });
  afterEach(() => host.stop());

  /** Runs one command on the host. */
  async function run(command = "command", stdin = "", limit = LIMIT_SECONDS) {
    const connection = await SshConnection.open(host.target);
    try {
      return await connection.run(command, stdin, limit);
    } finally {
      connection.close();
    }
  }
  const open = (changes: Partial<SshTarget>) => SshConnection.open({ ...host.target, ...changes });

  it("a connection must return a command's output on both streams, and its exit code", async () => {
    answer = ({ channel }) => reply(channel, "out: ä\n", 7, "err\n");
    assert.deepEqual(await run(), { stdout: "out: ä\n", stderr: "err\n", exitCode: 7 });
  });

  it("a connection must send each message at once: a login is a dozen small ones, each of which would wait", async () => {
    const set: unknown[] = [];
    const { setNoDelay } = net.Socket.prototype;
    net.Socket.prototype.setNoDelay = function (noDelay) {
      set.push(noDelay ?? true);
      return setNoDelay.call(this, noDelay);
    };
    try {
      await run();
    } finally {
      net.Socket.prototype.setNoDelay = setNoDelay;
    }
    assert.deepEqual(set, [true]);
  });

  it("a connection must send command and stdin unchanged, and end stdin", async () => {
    const stdin = `${"x".repeat(300_000)}\n`;
    await run("powershell.exe -Encoded abc=", stdin);
    assert.equal(host.execs[0].command, "powershell.exe -Encoded abc=");
    assert.equal(host.execs[0].stdin, stdin);
  });

  it("a connection must run several commands in one session", async () => {
    const connection = await SshConnection.open(host.target);
    await connection.run("one", "", LIMIT_SECONDS);
    await connection.run("two", "", LIMIT_SECONDS);
    connection.close();
    assert.deepEqual([host.execs.map(({ command }) => command), host.sessions()], [["one", "two"], 1]);
  });

  it("a closed connection must end on the host", async () => {
    await run();
    await host.idle();
  });

  it("a connection to a host with another key must be refused, and the error must show that key", async () => {
    const problem = await problemOf(open({ hostKey: makeHostKey().line }));
    assert.equal(problem.code, "HOST_KEY_MISMATCH");
    assert.match(problem.actual, /^SHA256:/);
    assert.match(problem.expected, /^SHA256:/);
    assert.notEqual(problem.actual, problem.expected);
    assert.equal(host.sessions(), 0);
  });

  it("a connection to a host without a key of the pinned type must be refused", async () => {
    const problem = await problemOf(open({ hostKey: makeHostKey("ecdsa").line }));
    assert.equal(problem.code, "HOST_KEY_MISMATCH");
    assert.match(problem.actual, /without a host key of type ecdsa-sha2-nistp256/);
  });

  it("a connection must not accept a host key that was not checked", async () => {
    await assert.rejects(open({ hostKey: "garbage" }), /the host key was not checked/);
  });

  it("a key that the host refuses must be reported", async () => {
    const problem = await problemOf(open({ privateKey: makeHostKey().privateKey }));
    assert.equal(problem.code, "SSH_KEY_REFUSED");
    assert.match(words(problem.remedy), /administrators_authorized_keys/);
  });

  it("a user that the host does not know must be reported", async () => {
    const problem = await problemOf(open({ user: "nobody" }));
    assert.equal(problem.code, "SSH_KEY_REFUSED");
    assert.match(problem.actual, /"nobody"/);
  });

  it("a missing agent and key must be reported", async () => {
    assert.equal((await problemOf(open({ privateKey: undefined }))).code, "SSH_AGENT_MISSING");
  });

  it("an agent that does not answer must be reported", async () => {
    const agentSocketPath = path.join(os.tmpdir(), "no-agent-listens-here.sock");
    const problem = await problemOf(open({ privateKey: undefined, agentSocketPath }));
    assert.equal(problem.code, "SSH_AGENT_MISSING");
  });

  it("an invalid key must be reported without showing it", async () => {
    const privateKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----\n";
    const problem = await problemOf(open({ privateKey }));
    assert.equal(problem.code, "SSH_KEY_INVALID");
    assert.ok(!JSON.stringify(problem).includes("hunter2"));
  });

  it("an unreachable host must be reported with its address", async () => {
    const closed = net.createServer();
    await new Promise<void>((listening) => closed.listen(0, "127.0.0.1", listening));
    const { port } = closed.address() as net.AddressInfo;
    await new Promise((done) => closed.close(done));
    const problem = await problemOf(open({ port }));
    assert.equal(problem.code, "HOST_UNREACHABLE");
    assert.match(problem.actual, new RegExp(`127\\.0\\.0\\.1:${port}: ECONNREFUSED`));
  });

  it("a port of a service other than SSH must be reported", async () => {
    const other = net.createServer((socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
    try {
      const { port } = other.address() as net.AddressInfo;
      assert.equal((await problemOf(open({ port }))).code, "HOST_UNREACHABLE");
    } finally {
      await new Promise((done) => other.close(done));
    }
  });

  it("a host that hangs up during the key exchange must be reported", async () => {
    host.hangUpAtLogin();
    assert.equal((await problemOf(open({}))).code, "HOST_UNREACHABLE");
  });

  it("a session that is lost while a command runs must be reported", async () => {
    answer = ({ connection }) => connection.end();
    assert.equal((await problemOf(run())).code, "HOST_SESSION_LOST");
  });

  it("a session that is lost after half an answer must be reported", async () => {
    answer = ({ channel, connection }) => {
      channel.write("half an ans");
      connection.end();
    };
    assert.equal((await problemOf(run())).code, "HOST_SESSION_LOST");
  });

  it("a command without an exit code, such as a killed one, must be reported", async () => {
    answer = ({ channel }) => {
      channel.write("half an ans");
      channel.close();
    };
    assert.equal((await problemOf(run())).code, "HOST_SESSION_LOST");
  });

  it("a command must be ended once its time is over, together with the connection", async () => {
    answer = () => undefined;
    const problem = await problemOf(run("command", "", 0.1));
    assert.equal(problem.code, "HOST_TIMEOUT");
    assert.match(problem.actual, /0\.1 s/);
    await host.idle();
  });

  it("a connection must not read more than an answer can contain", async () => {
    answer = ({ channel }) => {
      const chunk = Buffer.alloc(1024 * 1024, "x");
      for (let part = 0; part < 6; part += 1) channel.write(chunk);
    };
    const problem = await problemOf(run());
    assert.equal(problem.code, "HOST_SESSION_LOST");
    assert.match(problem.actual, /more than \d+ bytes/);
  });
});
