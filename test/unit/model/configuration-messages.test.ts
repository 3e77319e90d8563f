import assert from "node:assert/strict";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { formatDiagnostic, type Diagnostic } from "../../../model/diagnostics/diagnostic";
import { rawConnection, rawServer, rawStack, type Raw } from "../../helpers/configurations";
import { words } from "../../helpers/remedies";

const check = (raw: Raw, environment: Record<string, string> = {}) => checkConfiguration(raw, environment);
const summary = (problems: Diagnostic[]) =>
  problems.map(({ subject, property, code }) => `${subject ?? "-"} ${property} ${code}`).sort();

/** Problems of a stack whose one server is changed. */
const ofServer = (changes: Raw) => check(rawStack(rawServer("sync01", changes))).problems;
const ofCertificate = (certificate: Raw) => ofServer({ certificate });

describe("unknown keys without a similar one", () => {
  it("an unknown key without a similar one must not be likened to any: a private key is not a host key", () => {
    for (const key of ["privateKey", "private_key", "password"]) {
      const [problem] = ofServer({ connection: rawConnection("sync01", { [key]: "x" }) });
      assert.equal(problem.expected, "one of host, port, user, hostKey, sshPublicKey");
      assert.match(words(problem.remedy), /agent at SSH_AUTH_SOCK.*sshPrivateKey/);
    }
    const [problem] = check(rawStack(rawServer(), { zzzzqqqq: 1 })).problems;
    assert.match(problem.expected, /^one of cloud, /);
  });
});

describe("messages about a configuration", () => {
  it("a message must stay a short line with names that contain line breaks, nothing or very much text", () => {
    for (const name of ["a\nb", "", "a".repeat(3000), "a\u001b[31m"]) {
      const { problems } = check({ servers: { [name]: { ...rawServer(), role: "both", [name]: 1 } } });
      assert.ok(problems.length >= 3);
      for (const line of problems.map((problem) => formatDiagnostic(problem))) {
        assert.ok(line.length < 500, line);
        assert.doesNotMatch(line, /[\u0000-\u001f]/);
        assert.doesNotMatch(line, /^:/);
      }
    }
  });

  it("a message must say where servers belong if they are a list or in the wrong place", () => {
    for (const servers of [[rawServer()], undefined, null]) {
      const [problem] = check({ servers }).problems;
      assert.deepEqual([problem.property, /below "config:", indented/.test(words(problem.remedy))], ["servers", true]);
    }
  });

  it("a message must report the broken rules beside a refused or missing host", () => {
    for (const host of ["http://sync01/", undefined]) {
      const { problems } = check({
        servers: { "Sync 01": rawServer("sync01", { connection: rawConnection("sync01", { host }) }) },
      });
      assert.deepEqual(summary(problems), [
        "- servers.Sync 01 CONFIGURATION_INVALID",
        "Sync 01 connection.host CONFIGURATION_INVALID",
      ]);
    }
  });

  it("a wrong value of the configuration must be reported once", () => {
    assert.equal(ofServer({ serviceAccount: [] }).length, 1);
  });

  it("a message must describe the form of a list and of its entries", () => {
    const expected = (owners: unknown) => check(rawStack(rawServer(), { owners })).problems[0].expected;
    assert.match(expected("pipeline"), /^a list of/);
    assert.match(expected(["bob@contoso.com"]), /^"pipeline" or an object id/);
  });

  it("a message about a missing host key must say where to find it", () => {
    const [problem] = ofServer({ connection: rawConnection("sync01", { hostKey: undefined }) });
    assert.match(words(problem.remedy), /ssh_host_ed25519_key\.pub/);
  });
});

describe("texts of a server", () => {
  for (const [property, value] of [
    ["host", "http://sync01/"],
    ["host", "sync 01"],
    ["host", " "],
    ["user", " Administrator"],
    ["user", "a\nb"],
  ]) {
    it(`a server must not have connection.${property} ${JSON.stringify(value)}`, () => {
      const connection = rawConnection("sync01", { [property]: value });
      assert.deepEqual(summary(ofServer({ connection })), [`sync01 connection.${property} CONFIGURATION_INVALID`]);
    });
  }

  for (const user of ["CONTOSO\\svc sync$", "svc-sync@contoso.com", "Ünal"]) {
    it(`a server may have the user ${user}`, () => {
      assert.deepEqual(ofServer({ connection: rawConnection("sync01", { user }) }), []);
    });
  }

  for (const host of ["10.0.0.1", "fe80::1%eth0", "SYNC_01.contoso.com"]) {
    it(`a server may have the host ${host}`, () => {
      assert.deepEqual(ofServer({ connection: rawConnection("sync01", { host }) }), []);
    });
  }

  it("a server may have an application name in any script, without surrounding blanks", () => {
    assert.deepEqual(ofServer({ applicationName: "Ünïcode 同期 🎉" }), []);
    assert.deepEqual(summary(ofServer({ applicationName: "Sync " })), ["sync01 applicationName CONFIGURATION_INVALID"]);
  });

  it("a software key must be allowed by its name regardless of case, with one message on how to allow it", () => {
    const keyProvider = "microsoft software key storage provider";
    assert.deepEqual(summary(ofCertificate({ keyProvider })), [
      "sync01 certificate.keyProvider CERTIFICATE_POLICY_INVALID",
    ]);
    assert.deepEqual(summary(ofCertificate({ keyProvider, allowSoftwareKey: "true" })), [
      "sync01 certificate.allowSoftwareKey CONFIGURATION_INVALID",
    ]);
  });
});

describe("a wrong value from the environment", () => {
  const SECRET = "hunter2";
  for (const changes of [
    { role: "${CONNECT_SYNC_X}" },
    { minimumVersion: "${CONNECT_SYNC_X}" },
    { certificate: { lifetime: "${CONNECT_SYNC_X}" } },
    { connection: rawConnection("sync01", { port: "${CONNECT_SYNC_X}" }) },
    { connection: rawConnection("sync01", { hostKey: "x${CONNECT_SYNC_X}" }) },
  ]) {
    it(`a wrong value from the environment must not be shown, because it may be a secret: ${JSON.stringify(Object.keys(changes))}`, () => {
      const { problems } = check(rawStack(rawServer("sync01", changes)), { CONNECT_SYNC_X: SECRET });
      assert.equal(problems.length, 1);
      assert.ok(!JSON.stringify(problems).includes(SECRET), formatDiagnostic(problems[0]));
      assert.match(problems[0].actual, /\$\{CONNECT_SYNC_X\}/);
    });
  }

  it("a value from the environment must not be shown if the stack's file has a private key in the wrong place", () => {
    const connection = rawConnection("sync01", { user: "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0" });
    const [problem] = ofServer({ connection });
    assert.equal(problem.actual, "a private key");
  });

  it("an SSH key must not come from the environment: it is used literally", () => {
    const { problems } = check(rawStack(rawServer(), { sshPrivateKey: "${KEY}" }), { KEY: "x" });
    assert.deepEqual(summary(problems), ["- sshPrivateKey CONFIGURATION_INVALID"]);
  });
});
