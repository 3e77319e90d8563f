import assert from "node:assert/strict";
import { utils } from "ssh2";
import { fingerprint, hostKeyProblem as problemOf, parseHostKey } from "../../../model/server/host-key";
import { makeHostKey, makeRsaLine } from "../../helpers/host-keys";
import { words } from "../../helpers/remedies";

const hostKeyProblem = (line: string) => problemOf(line, "sync01", "connection.hostKey");

describe("host keys", () => {
  for (const type of ["ed25519", "ecdsa"] as const) {
    it(`a host key must be accepted if its type is ${type}`, () => {
      const key = makeHostKey(type);
      assert.equal(hostKeyProblem(key.line), null);
      const parsed = parseHostKey(key.line);
      const theirs = utils.parseKey(key.line);
      assert.ok(parsed && !(theirs instanceof Error));
      assert.deepEqual(parsed.blob, theirs.getPublicSSH());
      assert.equal(parsed.type, theirs.type);
    });
  }

  it("a host key must be accepted with a trailing comment and surrounding blanks", () => {
    assert.equal(hostKeyProblem(` ${makeHostKey().line} root@sync01 \r\n`), null);
  });

  it("a host key of type ssh-rsa must be refused with the reason", () => {
    const problem = hostKeyProblem(makeRsaLine());
    assert.equal(problem?.code, "HOST_KEY_TYPE");
    assert.match(problem.actual, /ssh-rsa \(.*SHA-1/);
    assert.match(problem.expected, /ssh-ed25519/);
  });

  it("a host key must be refused if the type in the line is not the type in the key", () => {
    const [, base64] = makeHostKey().line.split(" ");
    assert.equal(hostKeyProblem(`ecdsa-sha2-nistp256 ${base64}`)?.code, "HOST_KEY_INVALID");
  });

  for (const [what, line] of [
    ["nothing", ""],
    ["a type without a key", "ssh-ed25519"],
    ["no base64", "ssh-ed25519 not!base64"],
    ["a few bytes", "ssh-ed25519 AAAA"],
    ["a fingerprint", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"],
    ["a known_hosts line", `sync01.contoso.com ${makeHostKey().line}`],
  ]) {
    it(`a host key must be refused if it is ${what}`, () => {
      assert.equal(hostKeyProblem(line)?.code, "HOST_KEY_INVALID");
    });
  }

  it("a host key must be refused if it has several lines or is one key broken into lines", () => {
    const { line } = makeHostKey();
    for (const lines of [`${line}\n${makeHostKey().line}`, line.replace(" ", "\n")]) {
      const problem = hostKeyProblem(lines);
      assert.equal(problem?.code, "HOST_KEY_INVALID");
      assert.equal(problem.actual, "several lines");
    }
  });

  for (const type of ["ed25519", "ecdsa"] as const) {
    it(`an ${type} host key must be refused if bytes are missing or extra`, () => {
      const { line } = makeHostKey(type);
      const bytes = Buffer.from(line.split(" ")[1], "base64");
      for (const wrong of [bytes.subarray(0, -3), Buffer.concat([bytes, Buffer.alloc(3)])]) {
        const problem = hostKeyProblem(`${line.split(" ")[0]} ${wrong.toString("base64")}`);
        assert.equal(problem?.code, "HOST_KEY_INVALID");
        assert.match(problem.actual, new RegExp(`^${wrong.length} bytes`));
      }
    });
  }

  it("a message about a host key must name the folder in which Windows stores it", () => {
    assert.match(words(hostKeyProblem("")!.remedy), /%ProgramData%\\ssh\\ssh_host_ed25519_key\.pub/);
  });

  it("a private key in place of a host key must not be shown", () => {
    const secret = makeHostKey().privateKey;
    const problem = hostKeyProblem(secret);
    assert.equal(problem?.code, "HOST_KEY_INVALID");
    const body = secret.split("\n").slice(1).join("");
    for (let at = 0; at + 4 <= body.length; at += 1) {
      assert.ok(!problem.actual.includes(body.slice(at, at + 4)), `"${problem.actual}" shows some of the key`);
    }
  });

  it("a host key must have the fingerprint that ssh-keygen shows", () => {
    // Taken from "ssh-keygen -l" over this line.
    const line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    assert.equal(fingerprint(parseHostKey(line)!.blob), "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
  });
});
