/**
 * Every value that a configuration accepts reaches the place where it is used as it was written: from the text of the YAML
 * file over the engine's JSON to SSH, Graph, the host and the certificate. Every other value is refused with a sentence.
 *
 * Not proven here: Windows, and that Pulumi reads YAML as `parseStackFile` does: end-to-end/configuration.test.ts.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { stringify } from "yaml";
import { certificateRequest } from "../../components/host-certificate";
import { registerRequest } from "../../components/host-registration";
import { readCertificate } from "../../model/certificate/certificate-policy";
import { checkConfiguration, type ServerConfiguration } from "../../model/configuration/configuration";
import { toDays } from "../../model/configuration/duration";
import { parseStackFile } from "../../model/configuration/stack-file";
import { stackValue } from "../../model/configuration/stack-value";
import { CertificateRequest, RegisterRequest } from "../../model/protocol/host-protocol";
import { requestText } from "../../model/protocol/request-text";
import { applicationMarker } from "../../model/server/labels";
import { SshConnection, sshTarget } from "../../remote/ssh";
import { expandCommon } from "../../sandbox/plugins/azuread/application-body";
import { DAY, makeCertificate, NOW } from "../helpers/certificates";
import { rawConnection, rawServer, rawStack } from "../helpers/configurations";
import { hostKeyLine } from "../helpers/host-keys";
import { startSshHost } from "../helpers/ssh-host";

/** Printed by fast-check with a failure; another one finds other values. */
const SEED = 20261128;
const RUNS = 3000;
const PROJECT = "connect-sync-identity";

/** What people, systems and attackers write into a text. */
const text = fc.oneof(
  { weight: 12, arbitrary: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,20}[A-Za-z0-9]$/) },
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 30 }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        "CONTOSO\\süd-sync$",
        "gmsa-sync$@contoso.com",
        ".\\AAD_1",
        'O\'Brien "x"',
        "$(id) `id` ${name}",
        "%PATH% %00",
      ],
      ...["a\nb", "a\r\nb", " a", "a ", "a\tb", "a\0b", "a\u0085b", "a\u2028b", "a\u202eb", "a\u200bb", "\ufeffa"],
      ...["\ud800", "a\udc00", "😀", "é", "e\u0301", "日本語", "ﷺ", "\ufffd", "İ", "ß"],
      ...["022", "1e3", "0x16", "12:30", "007", "1.10", ".5", "12345678901234567890", "-0", "+1"],
      ...[
        "yes",
        "no",
        "on",
        "off",
        "true",
        "false",
        "null",
        "~",
        "",
        "<nil>",
        "2027-06-30",
        "2027-06-30 10:00:00 +0200 +0200",
      ],
      ...[
        "[a]",
        "{a: b}",
        "# a",
        "a # b",
        "a: b",
        "- a",
        "*a",
        "&a",
        "!a",
        "|",
        ">",
        "@a",
        "?",
        "'",
        '"',
        "\\",
        "\\\\",
        "/",
      ],
      ...["__proto__", "constructor", "toString", "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "/Date(1)/", "a&b|c;d<e>f^g"],
      ...[
        "##vso[task.setvariable]a",
        "::error::a",
        "a=b,CN=c",
        "a+OU=b",
        "x".repeat(120),
        "x".repeat(121),
        "ü".repeat(256),
      ],
      ...["😀".repeat(60), "😀".repeat(61), "x".repeat(100_000), "-----BEGIN OPENSSH PRIVATE KEY-----"],
    ),
  },
);
/** Of another type than text, as YAML has it without quotes. */
const untyped = fc.constantFrom<unknown>(7, 0, -1, 1.5, 1e21, true, false, null, [], ["a"], {}, { a: 1 });
const any = fc.oneof({ weight: 12, arbitrary: text }, { weight: 1, arbitrary: untyped });
const mostly = <T>(...usual: T[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constantFrom<unknown>(...usual) }, { weight: 1, arbitrary: any });
const maybe = (value: fc.Arbitrary<unknown>) => fc.option(value, { nil: undefined, freq: 2 });

const host = mostly<unknown>(
  "sync01.contoso.com",
  "SYNC01",
  "10.0.0.1",
  "[2001:DB8::1]",
  "fe80::1%Ethernet",
  "fe80::1%a b",
  "a:22",
);
const server = fc.record({
  role: mostly("active", "staging"),
  connection: fc.record({
    host,
    port: maybe(mostly<unknown>(22, "2222", 65535, "022", 0, 65536, "22 ")),
    user: any,
    hostKey: mostly(hostKeyLine("a"), `${hostKeyLine("b")} süd comment`, `${hostKeyLine("c")}\n`),
    sshPublicKey: maybe(mostly(hostKeyLine("d"), `SHA256:${"A".repeat(43)}`)),
  }),
  applicationName: maybe(any),
  serviceAccount: maybe(any),
  passwordWriteback: maybe(mostly<unknown>(true, false)),
  rotate: maybe(any),
  verify: maybe(mostly("sync", "switch")),
  minimumVersion: maybe(mostly("2.5.79.0", "2.6.84.0", "2.5.79", "2.5.79.00")),
  certificate: maybe(
    fc.record({
      lifetime: mostly("365 days", "30 days", "730 days", "1 year"),
      rotateBefore: mostly("29 days", "1 day"),
      keyProvider: maybe(any),
    }),
  ),
});
const holder = fc.record({
  id: mostly("6D3B1C52-0F0E-4B5D-9A55-0C0F6A4D2F10"),
  reason: any,
  expires: mostly("2027-06-30", "2027-02-30"),
});
const configuration = fc.record({
  stack: fc.oneof(fc.constantFrom("prod", "s".repeat(34)), fc.stringMatching(/^[A-Za-z0-9_.-]{1,30}$/)),
  name: fc.oneof(
    { weight: 12, arbitrary: fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/) },
    { weight: 1, arbitrary: fc.constantFrom("constructor", "__proto__", "012", "on", "a/b", "Sync01", "a".repeat(32)) },
  ),
  settings: server,
  holders: maybe(fc.array(holder, { maxLength: 1 })),
});

type Value = Record<string, unknown>;

/** What Pulumi passes to the program of a stack's file: a scalar as its text, maps and lists as JSON. */
function asEngine(file: string): Record<string, string> {
  const { config } = parseStackFile(file) as { config: Value };
  const passed = (value: unknown) =>
    value !== null && typeof value === "object" ? JSON.stringify(value) : String(value);
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, passed(value)]));
}

/** As the program reads it: stack-configuration.ts. */
function asProgram(passed: Record<string, string>): Value {
  const entries = Object.entries(passed).map(([key, value]) => [key.slice(PROJECT.length + 1), stackValue(value)]);
  return Object.fromEntries(entries) as Value;
}

const withoutAbsent = (value: unknown) => JSON.parse(JSON.stringify(value)) as Value;
/** Another code page than that of the sender: what is not ASCII would become something else. */
const inAnotherCodePage = (sent: string) => Buffer.from(sent, "utf8").toString("latin1");
const overTheWire = (sent: unknown) => JSON.parse(Buffer.from(JSON.stringify(sent), "utf8").toString("utf8")) as Value;

function expectReachesSsh(declared: ServerConfiguration, written: Value): void {
  const target = sshTarget(declared, { privateKey: undefined, agentSocketPath: "/agent" });
  const { connection } = declared;
  assert.deepEqual([target.host, target.port, target.user], [connection.host, connection.port, connection.user]);
  assert.deepEqual([target.user, target.hostKey], [written.user, written.hostKey]);
  assert.equal(
    target.host.toLowerCase(),
    String(written.host)
      .replace(/^\[(.*)\]$/, "$1")
      .toLowerCase(),
  );
  assert.equal(target.port, written.port === undefined ? 22 : Number(written.port));
  assert.equal(Buffer.from(target.user, "utf8").toString("utf8"), written.user);
}

function expectReachesGraph(stack: string, declared: ServerConfiguration, written: Value): void {
  const tags = [applicationMarker({ stack, server: declared.name })];
  const body = overTheWire(expandCommon({ displayName: declared.applicationName, tags }, tags));
  assert.equal(body.displayName, written.applicationName ?? `Entra Connect Sync - ${declared.name}`);
  assert.deepEqual(body.tags, tags);
}

function expectReachesHost(stack: string, declared: ServerConfiguration, written: Value): CertificateRequest {
  const { name, certificate: policy, serviceAccount, minimumVersion, verify } = declared;
  const reference = {
    identity: { stack, server: name },
    generation: 3,
    adoptedSha256: "",
    keyUnmistakable: true,
  };
  const made = certificateRequest({ server: name, policy, serviceAccount, minimumVersion }, reference);
  const read = CertificateRequest.parse(JSON.parse(inAnotherCodePage(requestText(made))));
  assert.deepEqual(read, made);
  assert.equal(read.serviceAccount, written.serviceAccount ?? null);
  const given = (written.certificate ?? {}) as Value;
  if (given.keyProvider !== undefined) assert.equal(read.keyProvider, given.keyProvider);
  assert.equal(read.lifetimeDays, toDays(declared.certificate.lifetime));
  const switched = registerRequest({
    ...{
      server: name,
      label: made.label,
      appId: "6d3b1c52-0f0e-4b5d-9a55-0c0f6a4d2f10",
      certificateSha256: "a".repeat(64),
    },
    ...{ revision: 1, tokenEndpoint: "https://login.example/", requiredRoles: [], allowSoftwareKey: false },
    ...{ serviceAccount, minimumVersion, verify, repairConnectivityParameters: false },
    requiredRoles: [{ resourceAppId: "6d3b1c52-0f0e-4b5d-9a55-0c0f6a4d2f10", roles: ["a"] }],
  });
  assert.deepEqual(RegisterRequest.parse(JSON.parse(inAnotherCodePage(requestText(switched)))), switched);
  return made;
}

async function expectReachesCertificate({ subject, lifetimeDays }: CertificateRequest): Promise<void> {
  const notAfter = new Date(NOW.getTime() + lifetimeDays * DAY);
  const read = readCertificate(await makeCertificate({ subject, notBefore: NOW, notAfter }));
  assert.equal(read?.subject, subject);
  assert.equal((Date.parse(read.notAfter) - Date.parse(read.notBefore)) / DAY, lifetimeDays);
}

describe("every accepted value", () => {
  it("every accepted value must reach the place where it is used, and every other one be refused with a sentence", async () => {
    const counts = { accepted: 0, refused: 0 };
    const property = fc.asyncProperty(configuration, async ({ stack, name, settings: declaration, holders }) => {
      const settings = { servers: Object.fromEntries([[name, declaration]]), allowedRoleHolders: holders };
      const config = Object.fromEntries(
        Object.entries(withoutAbsent(settings)).map(([key, value]) => [`${PROJECT}:${key}`, value]),
      );
      // What a file cannot hold, a lone surrogate, is another character from here on.
      const file = Buffer.from(stringify({ config }), "utf8").toString("utf8");
      const raw = asProgram(asEngine(file));
      const { configuration: checked, problems } = checkConfiguration(raw, {}, stack);
      for (const { property, expected, actual } of problems) {
        assert.ok(property && expected && actual, JSON.stringify(problems));
        assert.ok(`${property}${expected}${actual}`.length < 1000, property);
      }
      counts[checked ? "accepted" : "refused"] += 1;
      assert.equal(checked === undefined, problems.length > 0);
      if (!checked) return;
      const written = (raw.servers as Record<string, Value>)[name];
      assert.equal(checked.servers[0].name, name);
      const [declared] = checked.servers;
      expectReachesSsh(declared, written.connection as Value);
      expectReachesGraph(stack, declared, written);
      if (written.rotate !== undefined) assert.equal(declared.rotate, String(written.rotate));
      const [reason] = ((raw.allowedRoleHolders ?? []) as Value[]).map((one) => one.reason);
      if (reason !== undefined) assert.equal(checked.allowedRoleHolders[0].reason, reason);
      await expectReachesCertificate(expectReachesHost(stack, declared, written));
    });
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
    assert.ok(counts.accepted > 300 && counts.refused > 300, JSON.stringify(counts));
  });

  it("every name that a configuration accepts as user must be the one that the server's SSH sees", async () => {
    const users = [
      "CONTOSO\\svc-pulumi",
      "süd@contoso.com",
      "日本語",
      'O\'Brien "x"',
      "$(id) `id` %PATH%",
      "😀".repeat(60),
    ];
    const seen: string[] = [];
    const host = await startSshHost(() => undefined, {
      authentication: (attempt) => {
        seen.push(attempt.username);
        attempt.accept();
        return true;
      },
    });
    try {
      for (const user of users) {
        const connection = { ...host.target, user };
        const { configuration: checked } = checkConfiguration(
          rawStack(rawServer("sync01", { connection: rawConnection("a", { user }) })),
          {},
        );
        assert.equal(checked?.servers[0].connection.user, user);
        (await SshConnection.open(connection)).close();
      }
    } finally {
      await host.stop();
    }
    assert.deepEqual([...new Set(seen)], users);
  });
});
