/** The way to a server, facts in and lines out. Whether a real connection gives these facts is the end-to-end test's. */
import assert from "node:assert/strict";
import { fingerprint, parseHostKey } from "../../../model/server/host-key";
import type { HostDiagnosis } from "../../../model/protocol/host-protocol";
import { diagnose, type Diagnostic, type DiagnosticCode } from "../../../model/diagnostics/diagnostic";
import { connectionChecks, isPinned, type ConnectionFacts } from "../../../cli/doctor/doctor-connection-checks";
import { printed } from "../../../cli/doctor/doctor-check";
import { READER } from "../../helpers/remedies";
import { healthyDiagnosis } from "./doctor-facts";

const key = (fill: string) => {
  const head = Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20", "latin1");
  return parseHostKey(`ssh-ed25519 ${Buffer.concat([head, Buffer.from(fill.repeat(32))]).toString("base64")}`)!;
};
const OWN = key("a");
const OTHER = key("b");
const lineOf = ({ type, blob }: typeof OWN) => `${type} ${blob.toString("base64")}`;

function facts(changes: Partial<ConnectionFacts> = {}): ConnectionFacts {
  return {
    host: "sync01.contoso.com",
    port: 22,
    user: "svc-pulumi",
    pin: OWN,
    seen: { kind: "key", ...OWN },
    diagnosis: { facts: healthyDiagnosis() },
    ...changes,
  };
}

const refusedWith = (code: DiagnosticCode, actual = "what was found"): Diagnostic => ({
  ...{ code, severity: "error", subject: "sync01", property: "diagnosis", actual, expected: "what is right" },
  ...{ cure: "nothing", remedy: ["Do this."] },
});

/** The checks by name, where exactly one is a problem: those before it are ok, those behind it skipped because of it. */
function onlyProblem(name: string, changes: Partial<ConnectionFacts>) {
  const checks = connectionChecks(facts(changes));
  const at = checks.findIndex(({ check }) => check === name);
  assert.deepEqual(
    checks.map(({ status }) => status),
    checks.map((_check, index) => (index < at ? "ok" : index === at ? "problem" : "skipped")),
  );
  for (const { text } of checks.slice(at + 1)) assert.equal(text, `needs ${name}`);
  assert.notDeepEqual(checks[at].remedy, []);
  return printed(checks[at], READER);
}

describe("doctor: the connection to a server", () => {
  it("each check of a connection must be ok without a remedy if there is no problem", () => {
    const checks = connectionChecks(facts());
    assert.deepEqual(
      checks.map(({ check, status, remedy }) => [check, status, remedy]),
      ["ssh", "host-key", "login", "shell", "rights", "powershell", "sftp"].map((name) => [name, "ok", []]),
    );
    assert.match(checks[1].text, /as pinned/);
    assert.match(checks[3].text, /cmd\.exe/);
  });

  it("the doctor must not report a login as ok that was not tried", () => {
    const checks = connectionChecks(facts({ diagnosis: null }));
    assert.deepEqual(
      checks.map(({ status }) => status),
      ["ok", "ok", "skipped", "skipped", "skipped", "skipped", "skipped"],
    );
  });

  it("the doctor must report a port that does not answer, and how to open SSH", () => {
    const values = { host: "sync01.contoso.com", port: 22, reason: "ECONNREFUSED" };
    const seen = { kind: "failed", problem: diagnose("HOST_UNREACHABLE", "sync01", values) } as const;
    const { text, remedy } = onlyProblem("ssh", { seen, diagnosis: null });
    assert.match(text, /sync01\.contoso\.com:22: ECONNREFUSED; .*\[HOST_UNREACHABLE\]/);
    assert.match(remedy, /docs\/open-ssh\.md/);
  });

  it("the doctor must print the line to pin if there is none, and how to verify it at the console", () => {
    const pin = { missing: true, problem: "no host key is pinned in connection.hostKey" };
    const { hostKey, text, remedy } = onlyProblem("host-key", { pin, diagnosis: null });
    assert.equal(hostKey, lineOf(OWN));
    assert.match(text, /no host key is pinned.*no login was attempted/);
    assert.match(remedy, /console/);
  });

  it("the doctor must report another host key with both fingerprints, and not simply ask to pin it", () => {
    const { text, remedy, hostKey } = onlyProblem("host-key", { seen: { kind: "key", ...OTHER }, diagnosis: null });
    assert.ok(text.includes(fingerprint(OWN.blob)) && text.includes(fingerprint(OTHER.blob)), text);
    assert.match(remedy, /interception.*only if the server was rebuilt/);
    assert.equal(hostKey, lineOf(OTHER));
  });

  it("the doctor must compare host keys byte by byte", () => {
    assert.equal(isPinned(facts()), true);
    assert.equal(isPinned(facts({ seen: { kind: "key", ...OTHER } })), false);
    assert.equal(isPinned(facts({ pin: { missing: true, problem: "none" } })), false);
    assert.equal(isPinned(facts({ seen: { kind: "no-key" } })), false);
  });

  it("the doctor must report a server without a key of a type that can be pinned", () => {
    const seen = { kind: "no-key" } as const;
    assert.match(onlyProblem("host-key", { seen, diagnosis: null }).remedy, /ssh-keygen -A/);
  });

  const CODES: [DiagnosticCode, string][] = [
    ["SSH_KEY_REFUSED", "login"],
    ["SSH_AGENT_MISSING", "login"],
    ["SSH_KEY_INVALID", "login"],
    ["HOST_UNREACHABLE", "login"],
    ...(["SSH_NO_KEY", "SSH_TOO_MANY_KEYS", "SSH_LOGIN_INCOMPLETE", "SSH_LOGIN_CLOSED"] as const).map(
      (code): [DiagnosticCode, string] => [code, "login"],
    ),
    ["SSH_SESSION_REFUSED", "shell"],
    ["SFTP_REFUSED", "sftp"],
    ["HOST_KEY_MISMATCH", "host-key"],
    ["HOST_ANSWER_INVALID", "shell"],
    ["HOST_SESSION_LOST", "shell"],
    ["HOST_TIMEOUT", "shell"],
    ["UNEXPECTED", "shell"],
    ["NOT_ADMINISTRATOR", "rights"],
    ["EXECUTION_POLICY", "powershell"],
    ["PROGRAM_NOT_STARTED", "shell"],
  ];
  for (const [code, check] of CODES) {
    it(`the doctor must report ${code} as a problem of ${check}, with its own remedy`, () => {
      const { text, remedy } = onlyProblem(check, { diagnosis: { problem: refusedWith(code) } });
      assert.match(text, new RegExp(`what was found.*${code}`));
      assert.equal(remedy, "Do this.");
    });
  }

  it("the doctor must say of a refused key that a policy may deny the logon, and which account works then", () => {
    for (const code of ["SSH_KEY_REFUSED", "SSH_LOGIN_CLOSED"] as const) {
      const values = { host: "sync01.contoso.com", port: 22, user: "svc-pulumi", besides: "", said: "at once" };
      const { remedy } = onlyProblem("login", { diagnosis: { problem: diagnose(code, "sync01", values) } });
      assert.match(remedy, /log on from the network.*S-1-5-114.*a domain account works.*Open-Ssh\.ps1 checks it/);
    }
  });

  it("the doctor must name Constrained Language Mode", () => {
    const problem = refusedWith("LANGUAGE_MODE", "ConstrainedLanguage");
    const { text, remedy } = onlyProblem("powershell", { diagnosis: { problem } });
    assert.match(text, /Constrained Language Mode/);
    assert.match(remedy, /sign the host program/);
  });

  it("the doctor must report the shell that sshd starts", () => {
    const host: HostDiagnosis = healthyDiagnosis({ defaultShell: "C:\\pwsh.exe" });
    assert.equal(connectionChecks(facts({ diagnosis: { facts: host } }))[3].text, "C:\\pwsh.exe");
  });
});
