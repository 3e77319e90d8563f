import assert from "node:assert/strict";
import { bootstrapOf } from "../../helpers/commands";
import { ObserveRequest, STDIN_SEPARATOR } from "../../../model/protocol/host-protocol";
import type { ProblemError } from "../../../model/diagnostics/diagnostic";
import { observeHost } from "../../../remote/observe-host";
import { fromHostError } from "../../../remote/host-operation";
import { framed, refusal, success } from "../../helpers/answers";
import { healthy, IDENTITY, PROGRAM_SHA256 } from "../../helpers/observations";
import { reply, startSshHost, type Exec, type SshHost } from "../../helpers/ssh-host";

const program = { folder: "/", sha256: PROGRAM_SHA256, windows: "# windows", program: "# program" };
const kindOf = ({ command }: Exec) => bootstrapOf(command)?.kind;

describe("the observation of a host", () => {
  let host: SshHost;
  let answer: (exec: Exec) => void;

  beforeEach(async () => {
    host = await startSshHost((exec) => answer(exec));
  });
  afterEach(() => host.stop());

  const observe = () => observeHost(host.target, IDENTITY, program);

  it("the observation must use the installed program if it is the expected one, in one session", async () => {
    const { facts } = await healthy();
    answer = ({ channel, stdin }) => reply(channel, framed(success("observe", facts), stdin));
    assert.deepEqual(await observe(), facts);
    assert.deepEqual(host.execs.map(kindOf), ["checked"]);
    assert.equal(host.sessions(), 1);
    await host.idle();
  });

  it("the observation must name the program that it expects there", async () => {
    const { facts } = await healthy();
    answer = ({ channel, stdin }) => reply(channel, framed(success("observe", facts), stdin));
    await observe();
    assert.equal(bootstrapOf(host.execs[0].command)?.argument, PROGRAM_SHA256);
  });

  it("the observation must request only this server's certificates", async () => {
    const { facts } = await healthy();
    answer = ({ channel, stdin }) => reply(channel, framed(success("observe", facts), stdin));
    await observe();
    const request = ObserveRequest.parse(JSON.parse(host.execs[0].stdin));
    assert.equal(request.labelPrefix, "ConnectSyncIdentity dev/sync01 ");
    assert.equal(request.server, "sync01");
  });

  it("the observation must pipe the program if another one is installed, in the same session, and install nothing", async () => {
    const { facts } = await healthy();
    answer = (exec) => {
      if (kindOf(exec) === "checked") reply(exec.channel, framed(refusal("observe", "PROGRAM_MISMATCH")), 7);
      else reply(exec.channel, framed(success("observe", facts), exec.stdin));
    };
    assert.deepEqual(await observe(), facts);
    assert.deepEqual(host.execs.map(kindOf), ["checked", "piped"]);
    assert.equal(host.sessions(), 1);
    const parts = host.execs[1].stdin.split(`${STDIN_SEPARATOR}\n`);
    assert.deepEqual(parts.slice(0, 2), ["# windows\n", "# program\n"]);
    assert.equal(ObserveRequest.safeParse(JSON.parse(parts[2])).success, true);
  });

  it("the observation must not be tried a third time", async () => {
    answer = ({ channel }) => reply(channel, framed(refusal("observe", "PROGRAM_MISMATCH")), 7);
    await assert.rejects(observe(), (error: ProblemError) => error.code === "PROGRAM_MISMATCH");
    assert.equal(host.execs.length, 2);
  });

  for (const code of ["NOT_ADMINISTRATOR", "ADSYNC_MISSING", "LANGUAGE_MODE"] as const) {
    it(`the observation must fail with the host's own reason ${code}, and pipe nothing`, async () => {
      answer = ({ channel }) => reply(channel, framed(refusal("observe", code)), 3);
      await assert.rejects(observe(), (error: ProblemError) => {
        assert.equal(error.code, code);
        assert.match(error.message, /^sync01: observation: expected one thing, found another thing\. It was refused\./);
        return true;
      });
      assert.equal(host.execs.length, 1);
      await host.idle();
    });
  }

  it("the observation must fail with the host's first message if PowerShell does not start", async () => {
    const stderr = "'powershell.exe' is not recognized\r\nas a command\r\n";
    answer = ({ channel }) => reply(channel, "", 1, stderr);
    await assert.rejects(observe(), (error: ProblemError) => {
      assert.equal(error.code, "HOST_ANSWER_INVALID");
      assert.match(error.message, /\(the host said: 'powershell\.exe' is not recognized\)/);
      assert.ok(!error.message.includes("\n") && !error.message.includes("\r"));
      return true;
    });
  });

  it("the observation must not repeat PowerShell's serialised streams", async () => {
    answer = ({ channel }) => reply(channel, "", 1, '#< CLIXML\r\n<Objs Version="1.1.0.1">secret</Objs>');
    await assert.rejects(observe(), (error: ProblemError) => {
      assert.equal(error.code, "HOST_ANSWER_INVALID");
      return !/CLIXML|secret/.test(error.message);
    });
  });

  it("the observation must fail if a host answers another operation", async () => {
    answer = ({ channel }) => reply(channel, framed(refusal("register", "BUSY")));
    await assert.rejects(observe(), (error: ProblemError) => error.code === "HOST_ANSWER_INVALID");
  });

  it("the observation must close its session if it fails", async () => {
    answer = ({ channel }) => reply(channel, "noise");
    await assert.rejects(observe());
    await host.idle();
  });
});

describe("a host's error", () => {
  it("a host's error must become an error with code, both sides, and message before remedy", () => {
    const { error } = refusal("register", "BUSY");
    assert.deepEqual(fromHostError("sync01", "registration", error), {
      code: "BUSY",
      severity: "error",
      subject: "sync01",
      property: "registration",
      actual: "another thing",
      expected: "one thing",
      cure: "nothing",
      remedy: ["It was refused. Do something."],
    });
  });

  it("a refusal of Entra's that does not pass must come with what helps instead of the host's advice to wait", () => {
    const { error } = refusal("register", "TOKEN_REFUSED");
    const remedyFor = (actual: string) => String(fromHostError("sync01", "token", { ...error, actual }).remedy);
    assert.match(remedyFor("AADSTS7000112: disabled"), /AADSTS7000112: the application is disabled\. Enable it/);
    for (const actual of ["AADSTS700016: not found", "AADSTS90033: busy", "no code"]) {
      assert.equal(remedyFor(actual), "It was refused. Do something.");
    }
  });
});
