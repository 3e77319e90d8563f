/**
 * The doctor on the sandbox as a person gives the command: what it says of each trouble, its exit codes, and that neither
 * tenant nor servers are changed by it. What each line says of which fact is the unit tests' business.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { DoctorReport } from "../../cli/doctor/doctor-report";
import { Sandbox } from "../../sandbox/sandbox";
import { runOperationAlone, runOperationIn } from "./operations";

describe("the doctor", function () {
  this.timeout(300_000);
  let folder: string;
  let sandbox: Sandbox;
  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-doctor-"));
    // Neither Pulumi nor a stack: the doctor must do without.
    sandbox = await Sandbox.open({ folder, command: "test", log: () => undefined });
    await sandbox.listen();
  });
  after(async () => {
    await sandbox?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => sandbox.faults.clear());

  const doctor = (...args: string[]) =>
    runOperationIn({ ...sandbox.plainEnvironment(), PULUMI_STACK: "dev" }, "doctor", args);

  async function examined(...args: string[]): Promise<{ code: number | null; report: DoctorReport }> {
    const { code, stdout, stderr } = await doctor("--json", ...args);
    assert.ok(stdout.startsWith("{"), stderr);
    return { code, report: JSON.parse(stdout) as DoctorReport };
  }

  /** All that tenant and servers remember, but the journal of the programs that ran: it is the sandbox's own. */
  function remembered(): Record<string, string> {
    const digest = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");
    const root = path.join(folder, "servers");
    const entries = fs.readdirSync(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name !== "journal.json");
    const names = files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
    assert.ok(names.length >= 2, "nothing to compare");
    const servers = names.map((name) => [path.relative(root, name), digest(fs.readFileSync(name))]);
    return { ...Object.fromEntries(servers), tenant: digest(JSON.stringify(sandbox.tenant.store.data)) };
  }

  it("the doctor must find servers and tenant healthy, print lines of at most 100 columns without colours, and change nothing", async () => {
    const before = remembered();
    const { code, stdout, stderr } = await doctor();
    assert.equal(code, 0, stdout + stderr);
    assert.match(
      stdout,
      /^SANDBOX: [^\n]+\nsync01\n[\s\S]*^sync02\n[\s\S]*^tenant\n[\s\S]*^dev: healthy; \d+ ok, 0 skipped, 2 notices\nSANDBOX: [^\n]+\n$/m,
    );
    assert.deepEqual(
      stdout.split("\n").filter((line) => line.length > 100),
      [],
    );
    assert.doesNotMatch(stdout, /\u001b|problem {2}|skipped {2}/);
    assert.deepEqual(remembered(), before);
    const state = fs.readdirSync(path.join(folder, "state"), { recursive: true }).map(String);
    assert.deepEqual(
      state.filter((name) => name.endsWith(".json")),
      [],
      "there was no stack, and none was made",
    );
  });

  it("the doctor must print one JSON object with only what was requested", async () => {
    const { code, report } = await examined("sync02");
    assert.equal(code, 0);
    assert.deepEqual([report.version, report.stack, report.healthy, report.tenant], [1, "dev", true, null]);
    assert.deepEqual(
      report.servers.map(({ name }) => name),
      ["sync02"],
    );
    const tenant = await examined("--tenant");
    assert.deepEqual(tenant.report.servers, []);
    assert.ok(tenant.report.tenant!.some(({ check }) => check === "permission Application.Read.All"));
  });

  const TROUBLES: [fault: string, check: string, text: RegExp, remedy: RegExp][] = [
    ["unreachable", "ssh", /HOST_UNREACHABLE/, /open-ssh\.md/],
    ["host-key", "host-key", /pinned is ssh-ed25519 SHA256:.*no login was attempted/, /only if the server was rebuilt/],
    ["ssh-key", "login", /refuses the key/, /administrators_authorized_keys/],
    ["ssh-too-many-keys", "login", /after 1 of 1 keys: too many authentication failures/, /sshPublicKey/],
    ["ssh-hang-up", "login", /closed the connection without a reason after a key was offered/, /S-1-5-114/],
    ["ssh-more-than-a-key", "login", /accepts the key .*, but not the login/, /AuthenticationMethods/],
    ["ssh-no-session", "shell", /refuses the session/, /MaxSessions/],
    [
      "ssh-only-group18",
      "login",
      /key exchange|offers diffie-hellman-group18-sha512/,
      /KexAlgorithms \+curve25519-sha256/,
    ],
    ["ssh-only-sha1-etm", "login", /offers hmac-sha1-etm@openssh\.com/, /MACs \+hmac-sha2-256-etm/],
    ["ssh-only-group14-sha1", "ssh", /offers diffie-hellman-group14-sha1/, /KexAlgorithms \+curve25519-sha256/],
    ["no-sftp", "sftp", /SFTP_REFUSED/, /ForceCommand/],
    ["not-administrator", "rights", /NOT_ADMINISTRATOR/, /local administrator/],
    ["constrained-language", "powershell", /Constrained Language Mode/, /sign the host program/],
    ["no-adsync", "service", /the service ADSync does not exist/, /install Entra Connect Sync/],
    ["old-version", "version", /2\.5\.76\.0/, /Upgrade/],
    ["no-tpm", "tpm", /none/, /TPM 2\.0/],
    ["clock", "clock", /s ahead of localhost/, /w32tm/],
    ["proxy", "endpoint sign-in", /not reached through http:\/\/proxy\.contoso\.com:8080/, /firewall/],
    ["suspended", "scheduler", /suspended/, /wizard/],
  ];
  it("the doctor must report each problem of a server with its remedy, and exit with 1", async () => {
    const before = remembered();
    for (const [fault, check, text, remedy] of TROUBLES) {
      sandbox.faults.clear();
      sandbox.faults.set("sync01", fault, null);
      const { code, report } = await examined("sync01");
      assert.equal(code, 1, fault);
      const problems = report.servers[0].checks.filter(({ status }) => status === "problem");
      const found = problems.find((one) => one.check === check);
      assert.ok(found, `${fault}: ${JSON.stringify(problems)}`);
      assert.match(found.text, text, fault);
      assert.match(found.remedy, remedy, fault);
    }
    sandbox.faults.clear();
    assert.deepEqual(remembered(), before);
  });

  it("the doctor must print the line to pin if the file has none, without a login", async () => {
    const text = fs.readFileSync(path.resolve(__dirname, "../../Pulumi.dev.yaml"), "utf8");
    const file = path.join(folder, "Pulumi.dev.yaml");
    fs.writeFileSync(file, text.replace(/^ *hostKey: \$\{SANDBOX_SYNC01_HOST_KEY\}\n/m, ""));
    // A login would be refused, and told as one.
    sandbox.faults.set("sync01", "ssh-key", null);
    const { code, report } = await examined("sync01", "--config-file", file);
    assert.equal(code, 1);
    const problems = report.servers[0].checks.filter(({ status }) => status === "problem");
    assert.deepEqual(
      problems.map(({ check, hostKey }) => [check, hostKey]),
      [["host-key", sandbox.plainEnvironment().SANDBOX_SYNC01_HOST_KEY!.split(" ").slice(0, 2).join(" ")]],
    );
    const shown = await doctor("sync01", "--config-file", file);
    assert.match(shown.stdout, /^ {4}hostKey: ssh-ed25519 [A-Za-z0-9+/=]{68}$/m);
  });

  it("the doctor must report what an interrupted run left on a server, and leave it in place", async () => {
    await sandbox.break("sync02", "scheduler");
    const before = remembered();
    const { code, report } = await examined("sync02");
    assert.equal(code, 1);
    const [found] = report.servers[0].checks.filter(({ status }) => status === "problem");
    assert.equal(found.check, "leftovers");
    assert.match(found.text, /^scheduler-left-paused: /);
    assert.match(found.remedy, /this heals it: /);
    assert.deepEqual(remembered(), before);
  });

  it("the doctor must report undeclared principals that may synchronise, and a credential that Entra refuses", async () => {
    await sandbox.break("tenant", "role-holder");
    const { code, report } = await examined("--tenant");
    assert.equal(code, 1);
    const [found] = report.tenant!.filter(({ status }) => status === "problem");
    assert.equal(found.check, "role-holders");
    assert.match(found.remedy, /^Do not remove it yet: .* sync01 and sync02 were not observed/);
    const whole = await examined();
    const [held] = whole.report.tenant!.filter(({ status }) => status === "problem");
    assert.match(held.remedy, /az rest --method DELETE/);
    const secret = "Not-The-Secret-42";
    const wrong = { ...sandbox.plainEnvironment(), PULUMI_STACK: "dev", ARM_CLIENT_SECRET: secret };
    const refused = await runOperationIn(wrong, "doctor", ["--tenant"]);
    assert.equal(refused.code, 1, refused.stderr);
    assert.match(refused.stdout, /problem {2}sign-in: .*\n[\s\S]*skipped {2}permissions,[^:]*:\s+needs\s+sign-in/);
    assert.ok(!(refused.stdout + refused.stderr).includes(secret));
  });

  it("the doctor must exit with 2 after wrong use, and list the valid names", async () => {
    const unknown = await doctor("sync3");
    assert.equal(unknown.code, 2, unknown.stderr);
    assert.match(unknown.stderr, /declares no server "sync3"; there is sync0[12], sync0[12]/);
    for (const args of [
      ["--colour"],
      ["sync01", "sync02"],
      ["--stack", "prodd", "--config-file", "no-such-file.yaml"],
    ]) {
      const { code, stdout, stderr } = await runOperationAlone("doctor", args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, "");
    }
  });
});
