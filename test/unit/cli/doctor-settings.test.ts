/** A stack's settings out of its file alone, host keys that are missing or wrong included. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readDoctorSettings } from "../../../cli/doctor/doctor-settings";
import { UsageError } from "../../../console/errors";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtQHkJLzh2xQb1oYVxF1d8cU2mJmUu1Qm0T0b0s8H9v";

describe("doctor: the settings", () => {
  let folder: string;
  const pathBefore = process.env.PATH;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "csi-doctor-"));
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), "name: connect-sync-identity\nruntime: nodejs\n");
    // No Pulumi: what takes one must be told, not guessed.
    process.env.PATH = folder;
  });
  afterEach(() => {
    process.env.PATH = pathBefore;
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const write = (hostKey: string, extra = "") =>
    fs.writeFileSync(
      path.join(folder, "Pulumi.prod.yaml"),
      [
        `${extra}config:`,
        "  azuread:tenantId: 11111111-2222-3333-4444-555555555555",
        "  connect-sync-identity:servers:",
        "    sync01:",
        "      role: active",
        "      connection:",
        "        host: sync01.contoso.com",
        "        user: svc-pulumi",
        hostKey,
        "",
      ].join("\n"),
    );
  const read = (environment: NodeJS.ProcessEnv = {}) => readDoctorSettings(folder, "prod", undefined, environment);

  it("the doctor must read servers and tenant without Pulumi and without state", async () => {
    write(`        hostKey: ${KEY}`);
    const { configuration, pins, problems, notes, setting } = await read({ ARM_CLIENT_ID: "client" });
    assert.deepEqual([problems, notes], [[], []]);
    assert.equal(configuration?.servers[0].connection.host, "sync01.contoso.com");
    assert.ok("blob" in pins.sync01);
    assert.equal(setting("tenantId", "ARM_TENANT_ID"), "11111111-2222-3333-4444-555555555555");
    assert.equal(setting("clientId", "ARM_CLIENT_ID"), "client");
  });

  const WRONG: [string, RegExp][] = [
    ["", /no host key is pinned/],
    ["        hostKey: ''", /no host key is pinned/],
    ["        hostKey: ssh-rsa AAAAB3NzaC1yc2EAAAA", /connection\.hostKey is/],
    ["        hostKey: nonsense", /connection\.hostKey is "nonsense"/],
  ];
  for (const [line, expected] of WRONG) {
    it(`the doctor must continue without a usable host key, and report that: ${JSON.stringify(line.trim())}`, async () => {
      write(line);
      const { configuration, pins, problems } = await read();
      assert.deepEqual(problems, []);
      assert.equal(configuration?.servers.length, 1);
      const pin = pins.sync01;
      assert.ok("problem" in pin);
      assert.match(pin.problem, expected);
    });
  }

  it("the doctor must accept a host key from the environment", async () => {
    write("        hostKey: ${CONNECT_SYNC_SYNC01_KEY}");
    assert.ok("blob" in (await read({ CONNECT_SYNC_SYNC01_KEY: KEY })).pins.sync01);
  });

  it("the doctor must report every other error of the configuration", async () => {
    write(`        hostKey: ${KEY}\n        sort: 22`);
    const { configuration, problems } = await read();
    assert.equal(configuration, null);
    assert.match(problems[0].property, /sort/);
  });

  it("the doctor must name what it cannot read, and never take encrypted text for a value", async () => {
    write(
      `        hostKey: ${KEY}\n  azuread:clientSecret:\n    secure: v1:abc\n  connect-sync-identity:sshPrivateKey:\n    secure: v1:def`,
      "environment:\n  - contoso\n",
    );
    const { notes, setting, sshPrivateKey } = await read();
    assert.equal(notes.length, 1);
    assert.match(notes[0], /azuread:clientSecret, connect-sync-identity:sshPrivateKey, environment: .*not on PATH/);
    assert.equal(setting("clientSecret", "ARM_CLIENT_SECRET"), undefined);
    assert.equal(sshPrivateKey, undefined);
  });

  it("the doctor must refuse a stack without a file, and name the nearest file", async () => {
    write(`        hostKey: ${KEY}`);
    await assert.rejects(readDoctorSettings(folder, "prid", undefined, {}), (error: unknown) => {
      return (
        error instanceof UsageError && /Pulumi\.prid\.yaml does not exist; stacks with a file: prod/.test(error.message)
      );
    });
  });
});
