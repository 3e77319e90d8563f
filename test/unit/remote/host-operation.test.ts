/** One operation on a host, over a real SSH connection to a host that the test answers for. */
import assert from "node:assert/strict";
import { STDIN_SEPARATOR } from "../../../model/protocol/host-protocol";
import { asciiJson } from "../../../model/protocol/request-text";
import { ProblemError } from "../../../model/diagnostics/diagnostic";
import { fromHostError, runHostOperation } from "../../../remote/host-operation";
import { framed, refusal, success } from "../../helpers/answers";
import { bootstrapOf as bootstrapIn } from "../../helpers/commands";
import { hostFacts, IDENTITY, PROGRAM_SHA256 } from "../../helpers/observations";
import { generationFacts } from "../../helpers/certificates";
import { reply, startSshHost, type Exec, type SshHost } from "../../helpers/ssh-host";
import { words } from "../../helpers/remedies";

const PROGRAM_OF_THIS = { folder: "/", sha256: PROGRAM_SHA256, windows: "# windows", program: "# program" };
const bootstrapOf = ({ command }: Exec) => bootstrapIn(command);
const PASSWORD = 'p"ss\\wörd';

describe("an operation on a host", () => {
  let host: SshHost;
  let answer: (exec: Exec) => void;

  beforeEach(async () => {
    host = await startSshHost((exec) => answer(exec));
  });
  afterEach(() => host.stop());

  const release = (secrets: string[] = [], request: object = { server: "sync01", password: PASSWORD }) =>
    runHostOperation(host.target, "release", request, PROGRAM_OF_THIS, { limitSeconds: 20, secrets });

  async function released() {
    const { connector } = hostFacts(await generationFacts(IDENTITY, 1));
    return success("release", { before: connector, after: connector });
  }

  /** What a failed operation says, whole. */
  async function failure(secrets: string[]): Promise<ProblemError> {
    const error = await release(secrets).then(
      () => assert.fail("it should have failed"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof ProblemError, String(error));
    return error;
  }

  it("a host operation must run with the installed program if it is exactly the expected one", async () => {
    const given = await released();
    answer = ({ channel, stdin }) => reply(channel, framed(given, stdin));
    const { operation, ok } = await release();
    assert.deepEqual([operation, ok], ["release", true]);
    assert.deepEqual(host.execs.map(bootstrapOf), [
      { kind: "checked", operation: "release", argument: PROGRAM_SHA256 },
    ]);
    await host.idle();
  });

  it("a host operation must send its request on stdin in ASCII, and nothing of it on the command line", async () => {
    const given = await released();
    answer = ({ channel, stdin }) => reply(channel, framed(given, stdin));
    await release();
    const [{ command, stdin }] = host.execs;
    assert.match(stdin, /^[\t\n -~]*$/);
    assert.equal((JSON.parse(stdin) as { password: string }).password, PASSWORD);
    assert.ok(!command.includes("ss\\"));
  });

  it("a host operation must pipe the program if another one is installed, which then sees no further request", async () => {
    const given = await released();
    answer = (exec) => {
      if (bootstrapOf(exec)?.kind === "checked")
        reply(exec.channel, framed(refusal("release", "PROGRAM_MISMATCH"), exec.stdin), 7);
      else reply(exec.channel, framed(given, exec.stdin));
    };
    await release();
    assert.deepEqual(
      host.execs.map((exec) => bootstrapOf(exec)?.kind),
      ["checked", "piped"],
    );
    const parts = host.execs[1].stdin.split(`${STDIN_SEPARATOR}\n`);
    assert.deepEqual(parts.slice(0, 2), ["# windows\n", "# program\n"]);
    assert.equal(host.sessions(), 1);
  });

  /** What each call of the installed program ends with, and of the piped one. */
  const unrun = (exitCode: number, stderr: string, piped: (exec: Exec) => void) => (exec: Exec) =>
    bootstrapOf(exec)?.kind === "piped" ? piped(exec) : reply(exec.channel, "a banner\n", exitCode, stderr);

  // Windows PowerShell where the file is missing, where a parameter or a signature is, and PowerShell 7.
  for (const exitCode of [0xfffd0000, 1, 64]) {
    it(`a program that PowerShell does not run must be sent along (exit code ${exitCode})`, async () => {
      const given = await released();
      answer = unrun(exitCode, "A parameter cannot be found", ({ channel, stdin }) =>
        reply(channel, framed(given, stdin)),
      );
      await release();
      assert.deepEqual(
        host.execs.map((exec) => bootstrapOf(exec)?.kind),
        ["checked", "piped"],
      );
    });
  }

  it("a program that began to work must not be sent along after an unknown end", async () => {
    for (const [exitCode, stderr] of [
      [137, ""],
      [0, ""],
      [1, "sync01: pausing the scheduler\n"],
    ] as const) {
      host.execs.length = 0;
      answer = ({ channel }) => reply(channel, "", exitCode, stderr);
      assert.equal((await failure([])).code, "HOST_ANSWER_INVALID");
      assert.equal(host.execs.length, 1, `${exitCode}`);
    }
  });

  it("a right program that does not start must be an error: every step of an update would fail in the same way", async () => {
    const facts = { ...hostFacts(await generationFacts(IDENTITY, 1)) };
    const observe = (sha256: string | null) => {
      const program = { ...facts.program, sha256 };
      const given = success("observe", { ...facts, program });
      answer = unrun(1, "is not digitally signed\n", ({ channel, stdin }) => reply(channel, framed(given, stdin)));
      return runHostOperation(host.target, "observe", { server: "sync01" }, PROGRAM_OF_THIS, { limitSeconds: 20 });
    };
    await assert.rejects(observe(PROGRAM_SHA256), (error: ProblemError) => {
      assert.equal(error.code, "PROGRAM_NOT_STARTED");
      assert.match(error.message, /is not digitally signed/);
      return true;
    });
    assert.equal((await observe("f".repeat(64))).ok, true);
  });

  it("a refused host operation must not be repeated, and must keep the host's code", async () => {
    answer = ({ channel }) => reply(channel, framed(refusal("release", "CERTIFICATE_IN_USE")), 3);
    const { code, message } = await failure([]);
    assert.equal(code, "CERTIFICATE_IN_USE");
    assert.match(message, /^sync01: release: expected one thing/);
    assert.equal(host.execs.length, 1);
  });

  it("a host operation must not repeat a secret that the host printed in any form, or keep it in a cause", async () => {
    const forms = [PASSWORD, JSON.stringify(PASSWORD), asciiJson(PASSWORD)];
    for (const form of forms) {
      answer = ({ channel }) => reply(channel, "", 1, `cannot read ${form}`);
      const error = await failure([PASSWORD]);
      assert.equal(error.code, "HOST_ANSWER_INVALID");
      assert.match(error.message, /cannot read "?\[secret\]/);
      assert.equal(error.cause, undefined);
    }
  });

  it("a host operation must not repeat a secret in the host's own error", async () => {
    const given = refusal("release", "CMDLET_FAILED");
    answer = ({ channel }) => reply(channel, framed({ ...given, error: { ...given.error, actual: PASSWORD } }), 6);
    assert.match((await failure([PASSWORD])).message, /found \[secret\]\./);
  });

  it("a host operation must report each step while the host works, and nothing else that it prints", async () => {
    const given = await released();
    const steps: string[] = [];
    const seen = new Promise<void>((resolve) => {
      answer = ({ channel, stdin }) => {
        channel.stderr.write("a banner\nsync01: pausing the scheduler\u001b[31m\nsync02: pausing the scheduler\n");
        // The end comes only once the step was given.
        void seen.then(() => reply(channel, framed(given, stdin)));
      };
      const onStep = (line: string) => {
        steps.push(line);
        resolve();
      };
      void runHostOperation(host.target, "release", { server: "sync01" }, PROGRAM_OF_THIS, {
        limitSeconds: 20,
        onStep,
      });
    });
    await seen;
    await host.idle();
    assert.deepEqual(steps, ["sync01: pausing the scheduler?[31m"]);
  });

  it("an answer of a program that knows no nonce must be its refusal, and never a success", async () => {
    answer = ({ channel }) => reply(channel, framed(refusal("release", "INVALID_REQUEST")), 2);
    assert.equal((await failure([])).code, "INVALID_REQUEST");
    const given = await released();
    answer = ({ channel }) => reply(channel, framed(given));
    assert.match((await failure([])).message, /it answers another request/);
  });

  it("a failure must be taken with exit code 1, which PowerShell as default shell makes of each", async () => {
    answer = ({ channel, stdin }) => reply(channel, framed(refusal("release", "BUSY"), stdin), 1);
    assert.equal((await failure([])).code, "BUSY");
    answer = ({ channel, stdin }) => reply(channel, framed(refusal("release", "BUSY"), stdin), 0);
    assert.equal((await failure([])).code, "HOST_ANSWER_INVALID");
  });

  it("a host operation must end with its session", async () => {
    answer = ({ channel }) => reply(channel, "noise");
    await assert.rejects(release());
    await host.idle();
  });
});

describe("a host's error with a command for an operator", () => {
  it("a host's error must be reported with its command for an operator", () => {
    const { error } = refusal("register", "SIGNIN_REQUIRED");
    const { remedy } = fromHostError("sync01", "registration", { ...error, operatorCommand: "Add-Something" });
    assert.equal(words(remedy), "It was refused. Do something. Add-Something");
    assert.deepEqual(remedy.at(-1), { kind: "shell", shell: "powershell", text: "Add-Something" });
  });
});
