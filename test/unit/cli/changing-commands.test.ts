/**
 * No command that changes something chooses a stack. The tree is walked: a new command has to say whether it changes
 * something, and where it does, its examples are run here without a stack.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Command } from "commander";
import { fullName, leavesOf, specOf } from "../../../cli/command";
import { makeProgram } from "../../../cli/program";
import { OwnProject, ROOT, runProgram } from "./command-line";

/** The examples of a command without their stack, as arguments. */
function withoutStack(command: Command): string[][] {
  return specOf(command)!
    .examples.map((example) => example.replace(/ --stack \S+/, "").split(" "))
    .filter((words, index, all) => all.findIndex((other) => other.join() === words.join()) === index);
}

describe("a command that changes something on a stack", function () {
  this.timeout(120_000);
  let leaves: Command[];
  let project: OwnProject;

  before(async () => {
    leaves = leavesOf(await makeProgram());
    project = new OwnProject(["dev", "prod"]);
    // A stack that Pulumi has selected is nobody's choice for this command.
    const file = path.join(project.folder, "Pulumi.yaml");
    const hash = createHash("sha1").update(file).digest("hex");
    fs.mkdirSync(path.join(project.home, "workspaces"));
    const selection = path.join(project.home, "workspaces", `own-project-${hash}-workspace.json`);
    fs.writeFileSync(selection, JSON.stringify({ stack: "prod" }));
  });
  after(() => project.remove());

  const changing = () => leaves.filter((leaf) => specOf(leaf)!.changing && specOf(leaf)!.on === "stack");

  it("must be known as one: every command says what it works on, and whether it changes something", () => {
    for (const leaf of leaves) assert.ok(specOf(leaf), fullName(leaf));
    assert.deepEqual(
      changing().map((leaf) => leaf.name()),
      ["adopt", "leave", "revoke", "remove-legacy-account", "deprivilege-account"],
    );
    for (const leaf of leaves) {
      const { on, changing: changes } = specOf(leaf)!;
      const takesStack = leaf.options.some(({ long }) => long === "--stack");
      assert.equal(
        takesStack && on !== "stack" && changes,
        false,
        `${fullName(leaf)} changes something, but not on a stack`,
      );
      assert.ok(on !== "stack" || takesStack, `${fullName(leaf)} has no --stack`);
      assert.equal(leaf.options.find(({ long }) => long === "--stack")?.defaultValue, undefined, fullName(leaf));
    }
  });

  it("must have an example with a stack, by which it is walked here", () => {
    for (const leaf of changing()) {
      const { examples } = specOf(leaf)!;
      assert.ok(examples.length > 0 && examples.every((example) => / --stack \S+/.test(example)), fullName(leaf));
    }
  });

  for (const place of ["a project of one's own", "the clone"]) {
    it(`must start nothing without a stack, and list the stacks: in ${place}`, async () => {
      const cwd = place === "the clone" ? ROOT : project.folder;
      const stacks = place === "the clone" ? /Stacks in .*: .*dev/ : /Stacks in .*: dev, prod$/m;
      const files = project.files;
      for (const args of changing().flatMap(withoutStack)) {
        const { code, stdout, stderr } = await runProgram(args, { cwd, env: project.environment });
        const what = args.join(" ");
        assert.equal(code, 2, `${what}\n${stderr}`);
        assert.equal(stdout, "", what);
        assert.match(
          stderr,
          /^error: this command changes servers or Entra, so it needs a named stack: add --stack <name>/,
          what,
        );
        assert.match(stderr, stacks, what);
        assert.match(stderr, /^"connect-sync-identity \S+ --help" shows the usage\.$/m, what);
      }
      assert.equal(project.pulumiCalls, "");
      assert.deepEqual(project.files, files);
      assert.equal(fs.existsSync(project.sandboxFolder), false, "a sandbox was made");
    });
  }

  it("must take its stack from PULUMI_STACK, and say in one sentence where there is no Pulumi", async () => {
    const env = { ...project.environment, PATH: path.dirname(process.execPath), PULUMI_STACK: "prod" };
    const { code, stdout, stderr } = await runProgram(["revoke", "sync02"], { cwd: project.folder, env });
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.equal(stderr, "error: Pulumi is not on PATH: install it, or add its folder to PATH\n");
  });
});
