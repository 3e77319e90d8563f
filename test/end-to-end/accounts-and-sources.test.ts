/**
 * A server under each kind of service account, onboarded and rotated in one sandbox; then a certificate of the
 * organisation's CA in the place of one that signs itself, and one that the server asks that CA for. With the real engine.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { TestSandbox } from "./support";

/** What runs the service, and how it is declared: another spelling of it, its SID, or not at all. */
const ACCOUNTS: Record<string, { account: string | null; declared: (sid: string) => string | null }> = {
  "a virtual account": { account: null, declared: () => "NT SERVICE\\ADSync" },
  // Its name travels to the server in every request that names it.
  "a group managed account with a name that is not ASCII": {
    account: "CONTOSO\\s\u00fcd-sync$",
    declared: () => "CONTOSO\\s\u00fcd-sync$",
  },
  "a standalone managed account": { account: "CONTOSO\\smsa-sync$", declared: (sid) => sid },
  "a domain account": { account: "CONTOSO\\svc-sync", declared: () => "contoso\\SVC-SYNC" },
  "a local account": { account: ".\\AAD_1", declared: () => "SYNC05\\AAD_1" },
};
const KINDS = Object.keys(ACCOUNTS);
const nameOf = (index: number) => `sync0${index + 1}`;
const LAST = nameOf(KINDS.length - 1);

describe("service accounts and sources of certificates", () => {
  let test: TestSandbox;
  const declared: (string | null)[] = [];
  const sids: string[] = [];

  before(async () => {
    test = await TestSandbox.open({ serverCount: KINDS.length });
    KINDS.forEach((kind, index) => {
      const { account, declared: spelt } = ACCOUNTS[kind];
      const server = test.sandbox.server(nameOf(index));
      const sid = account === null ? "" : server.runServiceUnder(account);
      sids.push(sid);
      declared.push(spelt(sid));
    });
  });
  after(() => test?.close());

  /** The stack's file with every server, its account, and the settings of a test. */
  function configuration(settings: (name: string) => string[]): string {
    const text = fs.readFileSync(path.resolve(__dirname, "../../Pulumi.dev.yaml"), "utf8");
    const servers = KINDS.map((_kind, index) => {
      const name = nameOf(index);
      const port = `SANDBOX_${name.toUpperCase()}_PORT`;
      return [
        `    ${name}:`,
        `      role: ${index === 0 ? "active" : "staging"}`,
        "      connection:",
        "        host: 127.0.0.1",
        `        port: \${${port}}`,
        "        user: Administrator",
        `        hostKey: \${SANDBOX_${name.toUpperCase()}_HOST_KEY}`,
        `      serviceAccount: ${declared[index]}`,
        ...settings(name).map((line) => `      ${line}`),
      ].join("\n");
    });
    const file = path.join(test.folder, "Pulumi.dev.yaml");
    const [before] = text.split("    sync01:");
    fs.writeFileSync(file, `${before}${servers.join("\n")}\n`);
    return file;
  }

  const source = (sha256: string) => (name: string) =>
    name === LAST ? ["certificate:", `  source: { kind: issued, sha256: ${sha256} }`] : ['rotate: "1"'];
  const hashes = () => KINDS.map((_kind, index) => test.server(nameOf(index)).connector.certificateSha256);
  const inStore = () => test.server(LAST).certificates.map(({ sha256 }) => sha256);

  const byTemplate = (rotate: string) => (name: string) =>
    name === LAST
      ? ["certificate:", "  source: { kind: template, template: EntraConnectSync }", `rotate: "${rotate}"`]
      : ['rotate: "1"'];

  /** Exactly the account that runs the service may read the key, beside SYSTEM and Administrators. */
  function expectReader(index: number): void {
    const { connector, certificates } = test.server(nameOf(index));
    const { acl } = certificates.find(({ sha256 }) => sha256 === connector.certificateSha256)!;
    const readers = acl!.map(({ sid }) => sid).filter((sid) => !["S-1-5-18", "S-1-5-32-544"].includes(sid));
    assert.equal(readers.length, 1, JSON.stringify(acl));
    if (sids[index] !== "") assert.deepEqual(readers, [sids[index]], KINDS[index]);
  }

  it("a server under each kind of service account must be onboarded, its key readable by that SID alone", async () => {
    const config = configuration(() => []);
    await test.up({ config });
    KINDS.forEach((_kind, index) => {
      test.expectOnboarded(nameOf(index));
      expectReader(index);
    });
    await test.expectUnchanged({ config });
  });

  it("a rotation must give the new key to the same SID, and a declared hash must rotate to the CA's certificate", async () => {
    const before = hashes();
    const issued = await test.sandbox.server(LAST).issueByHand();
    const config = configuration(source(issued));
    await test.up({ config });
    KINDS.forEach((_kind, index) => expectReader(index));
    const now = hashes();
    assert.deepEqual(
      now.filter((hash) => before.includes(hash)),
      [],
    );
    KINDS.slice(0, -1).forEach((_kind, index) => test.expectOnboarded(nameOf(index)));
    assert.equal(now.at(-1), issued);
    assert.deepEqual(inStore(), [issued], "what was made here goes");
    await test.expectUnchanged({ config });
  });

  it("a revoked certificate must be a finding, and the next one must rotate and leave it in the store", async () => {
    const [former] = inStore();
    await test.sandbox.break(LAST, "ca-revoked");
    const config = configuration(source(former));
    const { output } = await test.preview([], { config });
    assert.match(output, new RegExp(`${LAST}: certificate-distrusted: .*certificate\\.source\\.sha256`));
    const renewed = await test.sandbox.server(LAST).issueByHand();
    configuration(source(renewed));
    const shown = await test.up({ config });
    assert.match(shown, /leaving the certificate of a CA, and its key, where they are/);
    assert.equal(hashes().at(-1), renewed);
    assert.deepEqual(inStore().sort(), [former, renewed].sort());
    const { appId } = test.server(LAST).connector;
    const application = test.sandbox.status().tenant.applications.find((one) => one.appId === appId);
    assert.deepEqual(
      application?.keyCredentials.map(({ sha256 }) => sha256),
      [renewed],
    );
    await test.expectUnchanged({ config });
  });

  it("a declared template must rotate once the CA approved, and each rotation ask the CA again", async () => {
    const handed = inStore();
    const before = hashes().at(-1);
    const config = configuration(byTemplate("first"));
    test.sandbox.faults.set(LAST, "ca-approval", null);
    const { code, output } = await test.tryUp({ config });
    assert.notEqual(code, 0);
    assert.match(output, new RegExp(`${LAST}: ENROLMENT_PENDING: .*EntraConnectSync.*Approve the request on the CA`));
    assert.equal(hashes().at(-1), before, "the connector is as before");
    test.sandbox.faults.clear(LAST);
    await test.up({ config });
    const first = hashes().at(-1)!;
    assert.deepEqual(inStore().sort(), [...handed, first].sort());
    await test.expectUnchanged({ config });
    configuration(byTemplate("second"));
    await test.up({ config });
    const second = hashes().at(-1)!;
    assert.notEqual(second, first);
    assert.deepEqual(inStore().sort(), [...handed, second].sort(), "what was asked for here goes");
    expectReader(KINDS.length - 1);
    await test.expectUnchanged({ config });
  });
});
