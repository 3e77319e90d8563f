/** What a run tells while it is at work, and what a failure says to whom. */
import assert from "node:assert/strict";
import { installedCommand } from "../../model/protocol/host-bootstrap";
import { isStepLine, MOST_STEP_LINES, STEPS, type Step } from "../../model/protocol/host-progress";
import { ANSWER_BEGIN } from "../../model/protocol/host-protocol";
import { refused, result } from "./assertions";
import { certificateRequest, OTHER_APP_ID } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";
import type { ExecOutcome } from "./ssh-client";

const LONGEST_LINE = 100;

/** The lines of progress, without the server's name. */
function steps({ stderr }: ExecOutcome): string[] {
  const lines = stderr.split(/\r?\n/).filter((line) => isStepLine("sync01", line));
  for (const line of lines) assert.ok(line.length <= LONGEST_LINE, line);
  assert.ok(lines.length <= MOST_STEP_LINES, stderr);
  return lines.map((line) => line.slice("sync01: ".length));
}

const begins = (lines: string[]) =>
  lines.map((line) => (Object.keys(STEPS) as Step[]).find((step) => line.startsWith(STEPS[step])));

export function describeProgress(host: CurrentHost): void {
  const register = (sha256: string, changes = {}) => host().run("register", host().registerRequest(sha256, changes));
  const bounds = { replicationSeconds: 3, cycleSeconds: 20, cmdletSeconds: 10, verifySeconds: 30 };

  describe("progress", () => {
    it("progress must report the creation of a key, and nothing if there is no work", async () => {
      const made = await host().run("ensure-certificate", certificateRequest());
      assert.deepEqual(begins(steps(made)), ["makingKey"]);
      assert.deepEqual(steps(await host().run("ensure-certificate", certificateRequest())), []);
    });

    it("progress must report a switch step by step, with the limits of long steps", async () => {
      const run = await register(await host().certified());
      assert.deepEqual(steps(run), [
        STEPS.provingToken,
        STEPS.pausing,
        `${STEPS.linking} (0 s of 10 s)`,
        STEPS.restoring,
      ]);
    });

    it("progress must distinguish a rotation from a link", async () => {
      await host().registered();
      assert.ok(begins(steps(await register(await host().certified(2)))).includes("rotating"));
    });

    it("progress must report the wait for Entra", async () => {
      const { answer } = await host().run("ensure-certificate", certificateRequest());
      assert.ok(answer.ok);
      const run = await register(answer.result.after.sha256, { bounds });
      refused(run, "TOKEN_REFUSED");
      assert.deepEqual(steps(run), [STEPS.provingToken, `${STEPS.awaitingEntra} (0 s of 3 s)`]);
    });

    it("progress must report the delta sync cycle that verifies", async () => {
      const run = await register(await host().certified(), { verify: "sync", bounds });
      assert.ok(result(run).verification?.cycle);
      assert.equal(begins(steps(run)).at(-1), "verifying");
    });

    it("progress must report a return to the old certificate", async () => {
      await host().registered();
      const next = await host().certified(2);
      host().faults.set("sync01", "signin-event", null);
      const run = await register(next, { verify: "sync", bounds });
      refused(run, "VERIFICATION_FAILED");
      assert.ok(begins(steps(run)).includes("goingBack"));
    });

    it("progress must appear while the operation is running, not at its end", async () => {
      const sha256 = await host().certified();
      host().server.startCycle(3);
      let early = "";
      const paused = host().paused();
      const run = host().run("register", host().registerRequest(sha256, { bounds }), (text) => (early += text));
      await paused;
      // The line that comes before the pause has been sent; it only has to arrive.
      for (let tries = 0; tries < 100 && !early.includes(STEPS.pausing); tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assert.ok(early.includes(STEPS.pausing), early);
      assert.equal(early.includes(STEPS.restoring), false, "all came at once");
      assert.equal((await run).exitCode, 0);
    });

    it("progress must be silent if the connector already uses its identity", async () => {
      assert.deepEqual(steps(await register(await host().registered())), []);
    });
  });

  describe("a failure", () => {
    const run = async (changes: object) => {
      host().install();
      const sha256 = await host().certified();
      const request = host().registerRequest(sha256, changes);
      return host().exec(installedCommand("register"), JSON.stringify(request));
    };

    it("a failure must be one sentence without an answer if Pulumi runs the program", async () => {
      const outcome = await run({ appId: OTHER_APP_ID });
      assert.equal(outcome.exitCode, 3);
      assert.equal(outcome.stdout.includes(ANSWER_BEGIN), false, outcome.stdout);
      const sentences = outcome.stderr.split(/\r?\n/).filter((line) => line !== "");
      assert.match(sentences.at(-1)!, /^sync01: TOKEN_REFUSED: .*\. Expected .*; found .*\. \S/);
    });

    it("a failure must also be an answer if a program reads it", async () => {
      refused(await register(await host().certified(), { appId: OTHER_APP_ID }), "TOKEN_REFUSED");
    });
  });
}
