/** A stack's file through Pulumi's own reader: what it passes on, and what a preview says about it. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { parseStackFile } from "../../model/configuration/stack-file";
import { TestSandbox } from "./support";

const ROOT = path.resolve(__dirname, "../..");
const CODE = ["bin", "components", "host", "model", "remote", "index.ts", "program.js"];
const PARTS = [...CODE, "package.json", "Pulumi.yaml", "tsconfig.json"];
const PROJECT = "connect-sync-identity";

/** Without quotes, as a person types it. */
const PLAIN = [
  "2027-06-30",
  "2027-06-30T10:00:00Z",
  "yes",
  "on",
  "12:30",
  "1.10.2",
  "0x",
  "süd-sync$",
  "CONTOSO\\x",
  "a'b",
  "a%P%",
];
/** As a program writes it. */
const QUOTED = [
  "2027-06-30",
  "yes",
  "022",
  "1e3",
  "~",
  "",
  "null",
  " a ",
  "a\nb",
  "😀",
  "日本語",
  '"x"',
  "${A}",
  "$(a) `b`",
];

describe("a stack's file", () => {
  const project = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-file-"));
  const file = path.join(project, "Pulumi.dev.yaml");
  const original = fs.readFileSync(path.join(ROOT, "Pulumi.dev.yaml"), "utf8");
  let stack: TestSandbox;

  before(async () => {
    for (const name of PARTS) fs.cpSync(path.join(ROOT, name), path.join(project, name), { recursive: true });
    fs.copyFileSync(path.join(ROOT, "Pulumi.dev.yaml"), file);
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(project, "node_modules"));
    stack = await TestSandbox.open({ projectFolder: project });
  });
  afterEach(() => fs.writeFileSync(file, original));
  after(async () => {
    await stack?.close();
    fs.rmSync(project, { recursive: true, force: true });
  });

  const change = (from: string | RegExp, to: string) => {
    const changed = original.replace(from, () => to);
    assert.notEqual(changed, original);
    fs.writeFileSync(file, changed);
  };

  it("Pulumi must pass values on as the tests and the doctor read them", async () => {
    const plain = PLAIN.map((value) => `\n      - ${value}`).join("");
    const quoted = stringify(QUOTED).replace(/^(?=.)/gm, "      ");
    const text = `  ${PROJECT}:values:\n    plain:${plain}\n    quoted:\n${quoted}`;
    fs.writeFileSync(file, `${original}${text}`);
    const { code, stdout, output } = await stack.pulumi(["config", "--json"]);
    assert.equal(code, 0, output);
    const passed = JSON.parse(stdout) as Record<string, { value: string }>;
    const read = (parseStackFile(`${original}${text}`) as { config: Record<string, unknown> }).config;
    assert.deepEqual(JSON.parse(passed[`${PROJECT}:values`].value), read[`${PROJECT}:values`]);
    assert.equal((read[`${PROJECT}:values`] as { plain: unknown[] }).plain.length, PLAIN.length);
  });

  it("a preview must refuse a port that YAML reads as another number, and a secret as a name, and show no secret", async () => {
    change(
      /role: active\n([^$]*)port: \$\{SANDBOX_SYNC01_PORT\}/,
      "applicationName: ${ARM_CLIENT_SECRET}\n      role: active\n      connection:\n        host: 127.0.0.1\n        port: 022",
    );
    const secret = "c2VjcmV0LW9mLXRoZS1waXBlbGluZQ";
    const { code, output } = await stack.preview([], { environment: { ARM_CLIENT_SECRET: secret } });
    assert.notEqual(code, 0, output);
    assert.match(output, /sync01: connection\.port: .*022, which is 18 in YAML/);
    assert.match(output, /sync01: applicationName: .*\$\{ARM_CLIENT_SECRET\}.*ENVIRONMENT_SECRET/);
    assert.ok(!output.includes(secret), output);
  });
});
