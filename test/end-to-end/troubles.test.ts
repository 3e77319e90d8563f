/** Each trouble stops with one message, leaves scheduler and credential as they were, and the next up goes on. */
import assert from "node:assert/strict";
import { errorsOf } from "../helpers/pulumi-output";
import { TestSandbox } from "./support";

interface Trouble {
  fault: string;
  /** Must stand in what Pulumi prints. */
  message: RegExp;
  /** The preview is red already; otherwise the run itself finds out. */
  preview: "red" | "green";
}

const TROUBLES: Trouble[] = [
  { fault: "unreachable", message: /sync02: connection\.host: .*HOST_UNREACHABLE/, preview: "red" },
  { fault: "host-key", message: /sync02: connection\.hostKey: expected SHA256:.*HOST_KEY_MISMATCH/, preview: "red" },
  { fault: "ssh-only-group18", message: /sync02: SSH algorithms: .*command plugin.*SSH_NO_ALGORITHM/, preview: "red" },
  { fault: "ssh-key", message: /sync02: SSH key: .*SSH_KEY_REFUSED/, preview: "red" },
  { fault: "ssh-too-many-keys", message: /sync02: SSH key: .*SSH_TOO_MANY_KEYS/, preview: "red" },
  { fault: "ssh-hang-up", message: /sync02: SSH login: .*SSH_LOGIN_CLOSED/, preview: "red" },
  { fault: "ssh-silent", message: /sync02: connection\.host: .*HOST_UNREACHABLE/, preview: "red" },
  { fault: "no-sftp", message: /sync02: SFTP: .*SFTP_REFUSED/, preview: "red" },
  { fault: "answer-of-another", message: /sync02: .*sync99.*HOST_ANSWER_INVALID/, preview: "red" },
  { fault: "two-answers", message: /sync02: .*HOST_ANSWER_INVALID/, preview: "red" },
  { fault: "exit-255", message: /sync02: .*255.*HOST_ANSWER_INVALID/, preview: "red" },
  { fault: "not-administrator", message: /sync02: .*NOT_ADMINISTRATOR/, preview: "red" },
  { fault: "all-signed", message: /sync02: .*AllSigned.*EXECUTION_POLICY/, preview: "red" },
  { fault: "no-adsync", message: /sync02: .*ADSYNC_MISSING/, preview: "red" },
  {
    fault: "old-version",
    message: /sync02: .*at least 2\.5\.79\.0, found 2\.5\.76\.0.*VERSION_TOO_OLD/,
    preview: "red",
  },
  { fault: "no-tpm", message: /sync02: TPM: .*TPM_MISSING/, preview: "red" },
  { fault: "suspended", message: /sync02: scheduler: .*SCHEDULER_SUSPENDED/, preview: "red" },
  { fault: "pss-salt", message: /sync02: TPM_SIGNATURE_INVALID: /, preview: "green" },
  { fault: "clock", message: /sync02: CLOCK_SKEW: /, preview: "green" },
  { fault: "busy", message: /sync02: BUSY: /, preview: "green" },
  { fault: "cmdlet-fails", message: /sync02: CMDLET_FAILED: /, preview: "green" },
  {
    fault: "sign-in",
    message:
      /sync02: SIGNIN_REQUIRED: [\s\S]*Add-ADSyncApplicationRegistration -CertificateSHA256Hash [0-9A-F]{64} -ApplicationAppId /,
    preview: "green",
  },
  { fault: "disk-full", message: /sync02: /, preview: "green" },
];

describe("faults of tenant and servers", function () {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.open();
  });
  after(() => test?.close());

  const connector = () => test.server("sync02").connector;

  it("an up must stop if Entra forbids a write, and continue from there once it is allowed", async () => {
    test.sandbox.faults.set("tenant", "forbidden", null);
    const run = await test.tryUp();
    test.sandbox.faults.clear("tenant");
    assert.notEqual(run.code, 0, run.output);
    assert.match(run.output, /Authorization_RequestDenied/);
  });

  it("a preview must say what helps if Entra refuses the pipeline's sign-in, and print nothing of cancelled calls", async () => {
    test.sandbox.faults.set("tenant", "conditional-access", null);
    const run = await test.preview();
    test.sandbox.faults.clear("tenant");
    assert.notEqual(run.code, 0, run.output);
    assert.match(run.output, /error: sign-in: .*AADSTS53003.*Exclude the application.*\[SIGN_IN_REFUSED\]/);
    assert.doesNotMatch(run.output, /CANCELLED|Channel|unhandled exception|\bat .+:\d+:\d+/);
  });

  it("a preview must wait and succeed while Graph is out of order for a moment", async () => {
    test.sandbox.faults.set("tenant", "server-error", 2);
    const run = await test.preview();
    test.sandbox.faults.clear("tenant");
    assert.equal(run.code, 0, run.output);
    assert.match(run.output, /: 500; trying again in \d s/);
  });

  for (const fault of ["unreadable-facts", "invalid-fields", "marker-in-fields"]) {
    it(`a preview must go on with the facts that it can read: ${fault}`, async () => {
      test.sandbox.faults.set("sync02", fault, null);
      const run = await test.preview();
      test.sandbox.faults.clear("sync02");
      assert.equal(run.code, 0, run.output);
      const lost = /sync02: fact-unreadable: machineIdentifier/;
      if (fault === "marker-in-fields") assert.doesNotMatch(run.output, lost);
      else assert.match(run.output, lost);
    });
  }

  for (const { fault, message, preview } of TROUBLES) {
    it(`an up must stop on ${fault} with one message, with scheduler and credential as before`, async () => {
      const before = connector();
      test.sandbox.faults.set("sync02", fault, null);
      try {
        const seen = await test.preview();
        assert.equal(seen.code !== 0, preview === "red", seen.output);
        if (preview === "red") assert.match(seen.output, message);
        assert.doesNotMatch(seen.output, /^\s*-+ .*delete/m, "something is planned away");
        const run = await test.tryUp();
        assert.notEqual(run.code, 0, run.output);
        const error = errorsOf(run.output).find((text) => message.test(text));
        assert.ok(error, `no error says it:\n${run.output}`);
        // Pulumi's command plugin writes both streams of the host into one text, in an order that is a race.
        assert.match(error, /^ *(error: )?sync02: /m, `the sentence has no line of its own:\n${error}`);
        assert.doesNotMatch(error, /CONNECT SYNC HOST ANSWER/, "the answer is repeated beside its sentence");
        assert.deepEqual(connector(), before, "the credential was touched");
      } finally {
        test.sandbox.faults.clear("sync02");
      }
      test.expectSchedulerOn("sync02");
    });
  }

  it("an up must wait for key and role until Entra has replicated them", async () => {
    test.sandbox.faults.set("tenant", "replication-lag", null);
    test.sandbox.faults.set("tenant", "role-missing", 2);
    await test.up();
    assert.equal(test.sandbox.faults.holds("tenant", "role-missing"), false, "no token was asked for twice");
    test.sandbox.faults.clear("tenant");
    test.expectOnboarded("sync01");
    test.expectOnboarded("sync02");
    test.expectSchedulerOn("sync02");
    await test.expectUnchanged();
  });

  it("the next up must finish what a killed program left, including the scheduler", async () => {
    await test.sandbox.break("sync02", "account");
    test.sandbox.faults.set("sync02", "program-killed", 1);
    const run = await test.tryUp();
    assert.notEqual(run.code, 0, run.output);
    assert.equal(test.server("sync02").scheduler.SyncCycleEnabled, false, "the fault did not strike within the pause");
    const seen = await test.preview();
    assert.match(seen.output, /sync02: scheduler-left-paused: /);
    await test.up();
    test.expectOnboarded("sync02");
    test.expectSchedulerOn("sync02");
    await test.expectUnchanged();
  });

  it("the next up must continue after a lost session, whatever happened to the program on the server", async () => {
    await test.sandbox.break("sync02", "account");
    test.sandbox.faults.set("sync02", "session-lost", 1);
    const run = await test.tryUp();
    assert.notEqual(run.code, 0, run.output);
    assert.equal(test.sandbox.faults.holds("sync02", "session-lost"), false, "the session was not lost");
    await test.up();
    test.expectOnboarded("sync02");
    test.expectSchedulerOn("sync02");
    await test.expectUnchanged();
  });

  it("the next up must recognise an operator's sign-in and continue", async () => {
    await test.sandbox.break("sync02", "account");
    test.sandbox.faults.set("sync02", "sign-in", null);
    const run = await test.tryUp();
    assert.match(run.output, /SIGNIN_REQUIRED/);
    await test.sandbox.signIn("sync02");
    await test.up();
    test.sandbox.faults.clear("sync02");
    test.expectOnboarded("sync02");
    test.expectSchedulerOn("sync02");
    await test.expectUnchanged();
  });

  it("an up must wait while Graph throttles or is briefly unavailable", async () => {
    for (const fault of ["unavailable", "throttled"]) {
      test.sandbox.faults.set("tenant", fault, 2);
      await test.expectUnchanged();
      assert.equal(test.sandbox.faults.holds("tenant", fault), false, `Graph was never ${fault}`);
    }
  });
});
