/** `--project` of the sandbox's commands, and what messages then say. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { leavesOf } from "../../../cli/command";
import { makeProgram } from "../../../cli/program";
import { isSandboxStack } from "../../../cli/stack/stack-choice";
import { sandboxPulumiLine, startLine } from "../../../console/own-command";
import { readerOf } from "../../../model/diagnostics/reader";
import { own, pulumi, renderCommand } from "../../../model/diagnostics/remedy";
import { SandboxFolder } from "../../../sandbox/folder/folder";

describe("the sandbox of a project", () => {
  const before = { project: process.env.SANDBOX_PROJECT, folder: process.env.SANDBOX_FOLDER };
  const set = (name: string, value: string | undefined) => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  beforeEach(() => set("SANDBOX_FOLDER", undefined));
  afterEach(() => {
    set("SANDBOX_PROJECT", before.project);
    set("SANDBOX_FOLDER", before.folder);
  });

  it("every command of the sandbox must take --project", async () => {
    const leaves = leavesOf(await makeProgram()).filter((leaf) => leaf.parent?.name() === "sandbox");
    assert.ok(leaves.length > 10);
    for (const leaf of leaves)
      assert.ok(
        leaf.options.some(({ long }) => long === "--project"),
        leaf.name(),
      );
  });

  it("must be stored in the project's folder, unless SANDBOX_FOLDER names another", () => {
    set("SANDBOX_PROJECT", "examples/yaml");
    assert.equal(new SandboxFolder().root, path.resolve("examples/yaml/.sandbox"));
    set("SANDBOX_FOLDER", "/tmp/elsewhere");
    assert.equal(new SandboxFolder().root, "/tmp/elsewhere");
  });

  it("must be named by commands in messages, as a person typed it", () => {
    set("SANDBOX_PROJECT", undefined);
    assert.equal(startLine(), "npm start");
    set("SANDBOX_PROJECT", "my project");
    assert.equal(startLine(), "npx connect-sync-identity sandbox start --project 'my project'");
    assert.equal(sandboxPulumiLine("up"), "npx connect-sync-identity sandbox pulumi --project 'my project' -- up");
    const inside = readerOf("dev", { SANDBOX_STARTED: "/tmp/sandbox", SANDBOX_PROJECT: "my project" });
    assert.equal(
      renderCommand(pulumi("up", "--refresh"), inside),
      "npx connect-sync-identity sandbox pulumi --project 'my project' -- up --refresh",
    );
    assert.equal(
      renderCommand(own("doctor"), inside),
      "npx connect-sync-identity --cwd 'my project' doctor --stack dev",
    );
    assert.equal(readerOf("prod", { SANDBOX_STARTED: "/tmp/sandbox", SANDBOX_PROJECT: "x" }).project, undefined);
  });

  it("must be found by doctor and report only if it was started in the folder", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "sandbox-project-"));
    try {
      assert.equal(isSandboxStack("dev", folder), false);
      fs.mkdirSync(path.join(folder, ".sandbox"));
      fs.writeFileSync(path.join(folder, ".sandbox", "settings.json"), "{}");
      assert.equal(isSandboxStack("dev", folder), true);
      assert.equal(isSandboxStack("prod", folder), false);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
