import assert from "node:assert/strict";
import { HostAnswerError, parseAnswer } from "../../../model/protocol/host-answer";
import {
  ANSWER_BEGIN,
  ANSWER_END,
  EXIT_CODES,
  HOST_ERRORS,
  HostObservation,
  RegisterRequest,
  ReleaseRequest,
} from "../../../model/protocol/host-protocol";
import { framed, refusal, success } from "../../helpers/answers";
import { healthy } from "../../helpers/observations";

describe("the host protocol's answers", () => {
  it("an answer must be found in any other output of the host", async () => {
    const { facts } = await healthy();
    const noise = "Microsoft Windows [Version 10]\r\nWARNING: profile\r\n#< CLIXML <Objs/>\r\n";
    const stdout = `${noise}${framed(success("observe", facts)).replace(/\n/g, "\r\n")}\r\n${noise}`;
    const answer = parseAnswer("observe", stdout);
    assert.ok(answer.ok);
    assert.deepEqual(answer.result, facts);
  });

  it("an answer must be refused if the output contains another one", async () => {
    const { facts } = await healthy();
    for (const stdout of [
      framed("{}") + framed(success("observe", facts)),
      framed(success("observe", facts)) + framed(success("observe", facts)),
    ]) {
      assert.throws(() => parseAnswer("observe", stdout), /2 answers of observe/);
    }
  });

  it("an answer must be refused if a part of it is missing, though it is JSON", async () => {
    const stdout = framed(refusal("release", "BUSY"), `"nonce":"${"a".repeat(32)}"`);
    assert.ok(!parseAnswer("release", stdout).ok);
    assert.throws(() => parseAnswer("release", stdout.replace("It was refused.", "Refused.")), /characters instead of/);
  });

  it("an answer must carry a refusal with its code", () => {
    const answer = parseAnswer("register", framed(refusal("register", "SIGNIN_REQUIRED")));
    assert.ok(!answer.ok);
    assert.equal(answer.error.code, "SIGNIN_REQUIRED");
  });

  for (const [what, stdout] of [
    ["nothing", ""],
    ["only noise", "powershell.exe is not recognized"],
    ["cut off before its end", framed(refusal("observe", "BUSY")).replace(ANSWER_END, "")],
    ["only its end", `${ANSWER_END}\n`],
    ["the end before the begin", `${ANSWER_END}\n{}\n${ANSWER_BEGIN}\n`],
    ["no JSON", framed("{")],
    ["JSON of another shape", framed("[]")],
  ]) {
    it(`an answer must be refused if the output contains ${what}`, () => {
      assert.throws(() => parseAnswer("observe", stdout), HostAnswerError);
    });
  }

  it("an answer to another operation must be refused", () => {
    const stdout = framed(refusal("ensure-certificate", "BUSY"));
    assert.throws(() => parseAnswer("register", stdout), HostAnswerError);
  });

  it("an answer of another protocol version must be refused", () => {
    const stdout = framed({ ...refusal("register", "BUSY"), protocol: 2 });
    assert.throws(() => parseAnswer("register", stdout), /does not fit the protocol/);
  });

  it("an answer with an unknown code must be refused", () => {
    const stdout = framed(refusal("register", "OTHER" as never));
    assert.throws(() => parseAnswer("register", stdout), HostAnswerError);
  });

  it("the refusal of an answer must name the invalid member, and not repeat the whole answer", async () => {
    const { facts } = await healthy();
    const stdout = framed(success("observe", { ...facts, takenAt: "1. Oktober 2026" }));
    assert.throws(
      () => parseAnswer("observe", stdout),
      (error: Error) => /takenAt/.test(error.message) && error.message.length < 500,
    );
  });
});

describe("the host protocol's schemas", () => {
  it("the schema must accept a healthy observation, and normalise hashes and ids", async () => {
    const { facts } = await healthy();
    assert.equal(HostObservation.safeParse(facts).success, true);
    const upper = facts.connector.certificateSha256!.toUpperCase();
    const shouting = { ...facts, connector: { ...facts.connector, certificateSha256: upper } };
    assert.equal(HostObservation.parse(shouting).connector.certificateSha256, upper.toLowerCase());
    const braces = { ...facts, connector: { ...facts.connector, appId: `{${facts.connector.appId}}` } };
    assert.equal(HostObservation.safeParse(braces).success, false);
  });

  it("the schema must refuse a request member that the host does not know", () => {
    const request = {
      protocol: 1,
      server: "sync01",
      label: "ConnectSyncIdentity dev/sync01 g1",
      appId: "11111111-2222-4333-8444-555555555555",
      certificateSha256: "a".repeat(64),
    };
    assert.equal(ReleaseRequest.safeParse(request).success, true);
    assert.equal(ReleaseRequest.safeParse({ ...request, password: "x" }).success, false);
  });

  it("a registration must request a role, because otherwise any token would do", () => {
    assert.equal(RegisterRequest.shape.requiredRoles.safeParse([]).success, false);
    const none = [{ resourceAppId: "11111111-2222-4333-8444-555555555555", roles: [] }];
    assert.equal(RegisterRequest.shape.requiredRoles.safeParse(none).success, false);
  });

  it("a failure must never have the exit code of success", () => {
    for (const [code, exit] of Object.entries(HOST_ERRORS)) {
      assert.notEqual(exit as number, EXIT_CODES.ok, code);
    }
  });
});
