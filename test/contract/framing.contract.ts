/** The lines around an answer: which request it answers, and what in it cannot end it. */
import assert from "node:assert/strict";
import { installedCommand, observeCommand, pipedCommand } from "../../model/protocol/host-bootstrap";
import { HostAnswerError, parseAnswer } from "../../model/protocol/host-answer";
import { ANSWER_BEGIN, LONGEST_ANSWER_TEXT } from "../../model/protocol/host-protocol";
import { newNonce, requestText } from "../../model/protocol/request-text";
import { result } from "./assertions";
import { observeRequest } from "./contract-host";
import type { CurrentHost } from "./host-protocol.contract";

export function describeFraming(host: CurrentHost): void {
  describe("the lines around an answer", () => {
    it("an answer must repeat the nonce of its request, whichever part answers, and fit no other request", async () => {
      host().startCold();
      const nonce = newNonce();
      const stdin = requestText({ ...observeRequest(), nonce });
      const piped = await host().exec(pipedCommand("observe"), stdin);
      const sha256 = host().install();
      const other = await host().exec(observeCommand("0".repeat(64)), stdin);
      const installed = await host().exec(observeCommand(sha256), stdin);
      const question = { server: "sync01", nonce };
      for (const [outcome, code] of [
        [other, "PROGRAM_MISMATCH"],
        [piped, "INVALID_REQUEST"],
        [installed, null],
      ] as const) {
        const { stdout, exitCode } = outcome;
        const answer = parseAnswer("observe", stdout, { ...question, exitCode });
        assert.equal(answer.ok ? null : answer.error.code, code);
        if (answer.ok)
          assert.throws(() => parseAnswer("observe", stdout, { ...question, nonce: newNonce() }), HostAnswerError);
      }
    });

    it("an answer to a request without a nonce must have the lines of earlier versions", async () => {
      host().install();
      const { stdout } = await host().exec(installedCommand("observe"), requestText(observeRequest()));
      assert.ok(stdout.split(/\r?\n/).includes(ANSWER_BEGIN), stdout);
    });

    it("a nonce of another form must be refused", async () => {
      const { answer } = await host().run("observe", { ...observeRequest(), nonce: "x" });
      assert.equal(answer.ok ? null : answer.error.code, "INVALID_REQUEST");
    });

    it("a text of the host must not end the answer, and must have a limit", async () => {
      const label = `ConnectSyncIdentity dev/sync01 ${ANSWER_BEGIN}\n{}\n`;
      await host().certified();
      host().change((state) => {
        state.certificates[0].label = label;
        state.certificates[0].subject = "x".repeat(100_000);
      });
      const [certificate] = result(await host().run("observe", observeRequest())).certificates;
      assert.ok(certificate.label.startsWith(`ConnectSyncIdentity dev/sync01 ${ANSWER_BEGIN}`), certificate.label);
      assert.equal(certificate.subject.length, LONGEST_ANSWER_TEXT);
    });
  });
}
