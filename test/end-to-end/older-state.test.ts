/**
 * State that an older version of this repository wrote: another text for the dynamic providers. The state of a real run,
 * with the texts put back; that the rest of it was the same then, it takes from the history.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { providerText } from "../../components/dynamic-provider";
import { PROGRAM_FOLDER } from "../../model/protocol/host-protocol";
import { textBefore } from "../helpers/provider-texts";
import { withValues, worldValues } from "../helpers/world-values";
import { TestSandbox } from "./support";

const RULES = ["credential-guard", "sync-role-guard", "sync-server"] as const;
const asJson = (text: string) => JSON.stringify(text).slice(1, -1);

describe("state of an older version", () => {
  let stack: TestSandbox;

  before(async () => {
    stack = await TestSandbox.openOnboarded();
    let state = await stack.state();
    for (const rules of RULES) {
      const parts = state.split(asJson(providerText(rules)));
      assert.ok(parts.length > 1, `no ${rules} in state`);
      state = parts.join(asJson(textBefore(rules)));
    }
    const file = path.join(stack.folder, "older.json");
    fs.writeFileSync(file, state);
    const { code, output } = await stack.pulumi(["stack", "import", "--file", file]);
    assert.equal(code, 0, output);
  });

  after(() => stack?.close());

  const texts = async () => {
    const state = await stack.state();
    const count = (text: (rules: (typeof RULES)[number]) => string) =>
      RULES.map((rules) => state.split(asJson(text(rules))).length - 1);
    return { older: count(textBefore), now: count(providerText) };
  };

  it("a state of an older version must show no change because of its provider text", async () => {
    // Two servers and one guard of all; each text stands in inputs and outputs.
    assert.deepEqual(await texts(), { older: [4, 2, 4], now: [0, 0, 0] });
    const output = await stack.up({ args: ["--expect-no-changes"] });
    assert.match(output, /28 unchanged/);
  });

  it("resources of an older state must be refreshed, changed and deleted with their own provider text", async () => {
    const refreshed = await stack.preview(["--refresh", "--expect-no-changes"]);
    assert.equal(refreshed.code, 0, refreshed.output);
    await stack.sandbox.break("sync02", "certificate");
    await stack.up();
    stack.expectOnboarded("sync02");
    const { older } = await texts();
    assert.ok(older[0] > 0 && older[1] > 0 && older[2] > 0, "what did not change keeps the older text as output");
    const { code, output } = await stack.destroy();
    assert.notEqual(code, 0);
    assert.doesNotMatch(output, /Cannot find module/);
    const state = await stack.state();
    assert.ok(!state.includes("CredentialGuard::sync01-guard"), "a resource that kept the older text is deleted by it");
  });
});

/** The page that an older version copied beside the program of a server. */
const pageOf = (stack: TestSandbox, name: string) =>
  path.join(stack.folder, "servers", name, "files", PROGRAM_FOLDER.replace(":", ""), "PROTOCOL.md");

/**
 * A whole state of the version before the folders got their present names, as `pulumi stack export` printed it, with names in
 * place of what belonged to its sandbox. `npm run record-state` made it.
 */
describe("state of the version before the folders were renamed", () => {
  let stack: TestSandbox;

  before(async () => {
    stack = await TestSandbox.openOnboarded();
    const fixture = fs.readFileSync(path.join(__dirname, "../older-states/before-the-folders.json"), "utf8");
    const file = path.join(stack.folder, "older.json");
    fs.writeFileSync(file, withValues(fixture, worldValues(stack.folder)));
    const { code, output } = await stack.pulumi(["stack", "import", "--file", file]);
    assert.equal(code, 0, output);
    // That version copied its protocol's page as well.
    for (const name of ["sync01", "sync02"]) {
      fs.copyFileSync(path.join(__dirname, "../../host-program/PROTOCOL.md"), pageOf(stack, name));
    }
  });

  after(() => stack?.close());

  it("an application of the product that nothing is known to use must be reported: a name is no proof", async () => {
    const { output } = await stack.preview();
    assert.match(output, /tenant: role-holder-foreign: .*ConnectSyncProvisioning_SYNC01_/);
    stack.removeLeftovers();
  });

  it("a state of an older version must preview with the new host program and its command lines, and nothing else", async () => {
    const { code, output } = await stack.preview();
    assert.equal(code, 0, output);
    // Its hash at the server, the copy, and each command that is in clear text now. Lease and removal have the same commands.
    const changed = [...output.matchAll(/^ {4}([~+-]+) \S+ \((\w+)\)[^]*?::(sync0\d-[\w-]+)\]$/gm)].map(
      ([, sign, step, name]) => `${sign} ${step} ${name}`,
    );
    const expected = ["sync01", "sync02"].flatMap((name) =>
      ["certificate", "program", "registration", "server"].map((part) => `~ update ${name}-${part}`),
    );
    assert.deepEqual(changed.sort(), expected, output);
    assert.match(output, /8 to update\n +20 unchanged/);
    assert.match(output, /sync01: program-folder-foreign: .*PROTOCOL\.md/);
  });

  it("an up of an older state must install the new host program, remove the page beside it, and change nothing again", async () => {
    await stack.up();
    await stack.expectUnchanged();
    for (const name of ["sync01", "sync02"]) assert.ok(!fs.existsSync(pageOf(stack, name)), name);
  });

  it("a state of an older version must be fixed like a state of this version", async () => {
    await stack.sandbox.break("sync02", "certificate");
    await stack.up();
    stack.expectOnboarded("sync02");
    await stack.expectUnchanged();
  });
});
