import assert from "node:assert/strict";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import { SshConnection, type SshTarget } from "../../../remote/ssh";
import { makeHostKey } from "../../helpers/host-keys";
import { reply, startSshHost, type Exec, type SshHost } from "../../helpers/ssh-host";
import { words } from "../../helpers/remedies";

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

  it("must give back what a command printed, on both streams, and how it ended", async () => {
    answer = ({ channel }) => reply(channel, "out: ä\n", 7, "err\n");
    assert.deepEqual(await run(), { stdout: "out: ä\n", stderr: "err\n", exitCode: 7 });
  });

  it("must send command and stdin as they are, and end stdin", async () => {
    const stdin = `${"x".repeat(300_000)}\n`;
    await run("powershell.exe -Encoded abc=", stdin);
    assert.equal(host.execs[0].command, "powershell.exe -Encoded abc=");
    assert.equal(host.execs[0].stdin, stdin);
  });

  it("must run several commands in one session", async () => {
    const connection = await SshConnection.open(host.target);
    await connection.run("one", "", LIMIT_SECONDS);
    await connection.run("two", "", LIMIT_SECONDS);
    connection.close();
    assert.deepEqual([host.execs.map(({ command }) => command), host.sessions()], [["one", "two"], 1]);
  });

  it("must be over for the host once it is closed", async () => {
    await run();
    await host.idle();
  });

  it("must not be made to a host that shows another key, and say which one it shows", async () => {
    const problem = await problemOf(open({ hostKey: makeHostKey().line }));
    assert.equal(problem.code, "HOST_KEY_MISMATCH");
    assert.match(problem.actual, /^SHA256:/);
    assert.match(problem.expected, /^SHA256:/);
    assert.notEqual(problem.actual, problem.expected);
    assert.equal(host.sessions(), 0);
  });

  it("must not be made to a host without a key of the pinned type", async () => {
    const problem = await problemOf(open({ hostKey: makeHostKey("ecdsa").line }));
    assert.equal(problem.code, "HOST_KEY_MISMATCH");
    assert.match(problem.actual, /without a host key of type ecdsa-sha2-nistp256/);
  });

  it("must not be made at all with a host key that nobody checked", async () => {
    await assert.rejects(open({ hostKey: "garbage" }), /the host key was not checked/);
  });

  it("must tell a key that the host refuses", async () => {
    const problem = await problemOf(open({ privateKey: makeHostKey().privateKey }));
    assert.equal(problem.code, "SSH_KEY_REFUSED");
    assert.match(words(problem.remedy), /administrators_authorized_keys/);
  });

  it("must tell a user that the host does not know", async () => {
    const problem = await problemOf(open({ user: "nobody" }));
    assert.equal(problem.code, "SSH_KEY_REFUSED");
    assert.match(problem.actual, /"nobody"/);
  });

  it("must tell that there is neither an agent nor a key", async () => {
    assert.equal((await problemOf(open({ privateKey: undefined }))).code, "SSH_AGENT_MISSING");
  });

  it("must tell an agent that does not answer", async () => {
    const agentSocketPath = path.join(os.tmpdir(), "no-agent-listens-here.sock");
    const problem = await problemOf(open({ privateKey: undefined, agentSocketPath }));
    assert.equal(problem.code, "SSH_AGENT_MISSING");
  });

  it("must tell a key that is none, without showing it", async () => {
    const privateKey = "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----\n";
    const problem = await problemOf(open({ privateKey }));
    assert.equal(problem.code, "SSH_KEY_INVALID");
    assert.ok(!JSON.stringify(problem).includes("hunter2"));
  });

  it("must tell a host that cannot be reached, with its address", async () => {
    const closed = net.createServer();
    await new Promise<void>((listening) => closed.listen(0, "127.0.0.1", listening));
    const { port } = closed.address() as net.AddressInfo;
    await new Promise((done) => closed.close(done));
    const problem = await problemOf(open({ port }));
    assert.equal(problem.code, "HOST_UNREACHABLE");
    assert.match(problem.actual, new RegExp(`127\\.0\\.0\\.1:${port}: ECONNREFUSED`));
  });

  it("must tell a port where something other than SSH answers", async () => {
    const other = net.createServer((socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
    try {
      const { port } = other.address() as net.AddressInfo;
      assert.equal((await problemOf(open({ port }))).code, "HOST_UNREACHABLE");
    } finally {
      await new Promise((done) => other.close(done));
    }
  });

  it("must tell a host that hangs up while the key is checked", async () => {
    host.hangUpAtLogin();
    assert.equal((await problemOf(open({}))).code, "HOST_UNREACHABLE");
  });

  it("must tell a session that was lost while a command ran", async () => {
    answer = ({ connection }) => connection.end();
    assert.equal((await problemOf(run())).code, "HOST_SESSION_LOST");
  });

  it("must tell a session that was lost after half an answer", async () => {
    answer = ({ channel, connection }) => {
      channel.write("half an ans");
      connection.end();
    };
    assert.equal((await problemOf(run())).code, "HOST_SESSION_LOST");
  });

  it("must tell a command that ended without an exit code, as a killed one does", async () => {
    answer = ({ channel }) => {
      channel.write("half an ans");
      channel.close();
    };
    assert.equal((await problemOf(run())).code, "HOST_SESSION_LOST");
  });

  it("must give a command up once its time is over, and the connection with it", async () => {
    answer = () => undefined;
    const problem = await problemOf(run("command", "", 0.1));
    assert.equal(problem.code, "HOST_TIMEOUT");
    assert.match(problem.actual, /0\.1 s/);
    await host.idle();
  });

  it("must not swallow more than an answer can have", async () => {
    answer = ({ channel }) => {
      const chunk = Buffer.alloc(1024 * 1024, "x");
      for (let part = 0; part < 6; part += 1) channel.write(chunk);
    };
    const problem = await problemOf(run());
    assert.equal(problem.code, "HOST_SESSION_LOST");
    assert.match(problem.actual, /more than \d+ bytes/);
  });
});
