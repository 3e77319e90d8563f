/** Servers behind a bastion: a real second SSH server, through which our own client and the command plugin go alike. */
import assert from "node:assert/strict";
import { TestSandbox } from "./support";
import { runOperationIn } from "./operations";

const PROXY = [
  "        proxy:",
  "          host: 127.0.0.1",
  "          port: ${SANDBOX_BASTION_PORT}",
  "          user: jump",
  "          hostKey: ${SANDBOX_BASTION_HOST_KEY}",
].join("\n");

describe("servers behind a bastion", () => {
  let test: TestSandbox;
  let config: string;
  before(async () => {
    test = await TestSandbox.open();
    config = test.configuration((text) =>
      text.replace(/^ {8}hostKey: \$\{SANDBOX_SYNC0\d_HOST_KEY\}$/gm, `$&\n${PROXY}`),
    );
  });
  after(() => test?.close());
  afterEach(() => test.sandbox.faults.clear());

  /** SSH logins on the servers, and what the bastion forwarded. */
  const counted = () => {
    const { servers, bastion } = test.sandbox;
    return { sessions: servers.sync01.sshSessions + servers.sync02.sshSessions, forwarded: bastion.forwarded };
  };
  const doctor = () =>
    runOperationIn({ ...test.sandbox.plainEnvironment(), PULUMI_STACK: "dev" }, "doctor", ["--config-file", config]);

  it("an up, a preview and the doctor must reach every server through the bastion, and never past it", async () => {
    await test.up({ config });
    test.removeLeftovers();
    for (const name of ["sync01", "sync02"]) test.expectOnboarded(name);
    await test.expectUnchanged({ config });
    const { code, stdout } = await doctor();
    assert.equal(code, 0, stdout);
    assert.match(stdout, /answers, through the bastion 127\.0\.0\.1:\d+/);
    const { sessions, forwarded } = counted();
    assert.ok(sessions > 0);
    assert.ok(forwarded >= sessions, `${sessions} sessions, of which ${forwarded} came through the bastion`);
  });

  const FAULTS: [fault: string, message: RegExp][] = [
    ["unreachable", /connection\.proxy\.host: .*BASTION_UNREACHABLE/],
    ["host-key", /connection\.proxy\.hostKey: .*BASTION_KEY_MISMATCH/],
    ["ssh-key", /SSH key of the bastion: .*BASTION_KEY_REFUSED/],
    ["no-forwarding", /connection\.proxy: .*AllowTcpForwarding.*BASTION_FORBIDS/],
    ["no-route", /connection\.host: .*127\.0\.0\.1:\d+ does not reach 127\.0\.0\.1:\d+.*BASTION_CANNOT_REACH/],
  ];
  it("a preview, an up and the doctor must name the bastion if the way ends there, and change nothing", async () => {
    const before = ["sync01", "sync02"].map((name) => test.server(name).connector);
    for (const [fault, message] of FAULTS) {
      test.sandbox.faults.set("bastion", fault, null);
      const seen = await test.preview([], { config });
      assert.notEqual(seen.code, 0, `${fault}: ${seen.output}`);
      for (const name of ["sync01", "sync02"]) {
        assert.match(seen.output, new RegExp(`${name}: ${message.source}`), fault);
      }
      const examined = await doctor();
      assert.equal(examined.code, 1, `${fault}: ${examined.stdout}`);
      assert.match(examined.stdout, /problem {2}ssh: /, fault);
      assert.doesNotMatch(examined.stdout, /HOST_UNREACHABLE|SSH_KEY_REFUSED|HOST_KEY_MISMATCH/, fault);
      test.sandbox.faults.clear();
    }
    test.sandbox.faults.set("bastion", "no-forwarding", null);
    const run = await test.tryUp({ config });
    assert.notEqual(run.code, 0);
    assert.match(run.output, /connection\.proxy: .*BASTION_FORBIDS/);
    test.sandbox.faults.clear();
    assert.deepEqual(
      ["sync01", "sync02"].map((name) => test.server(name).connector),
      before,
    );
    await test.expectUnchanged({ config });
  });

  it("a bastion that drops clients which come at once must not stop a run", async () => {
    test.sandbox.faults.set("bastion", "max-startups", null);
    await test.expectUnchanged({ config });
  });

  it("a server that is no longer behind a bastion must keep its certificate, and nothing must be replaced", async () => {
    const before = test.server("sync02").connector;
    const seen = await test.preview();
    assert.equal(seen.code, 0, seen.output);
    assert.match(seen.output, /- proxy/);
    const output = await test.up();
    assert.doesNotMatch(output, /\b(deleted|replaced)\b/, output);
    assert.deepEqual(test.server("sync02").connector, before);
    await test.expectUnchanged();
  });
});
