/** Which stack a command works on, and whether that is the sandbox's. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { chooseStack, isSandboxStack } from "../../../cli/stack/stack-choice";
import { UsageError } from "../../../console/errors";
import { OwnProject, ROOT } from "./command-line";

describe("the stack of a command", () => {
  let project: OwnProject;
  beforeEach(() => {
    project = new OwnProject(["prod", "test"]);
  });
  afterEach(() => project.remove());

  const choose = (changes: Partial<Parameters<typeof chooseStack>[0]>) =>
    chooseStack({
      ...{ given: undefined, changing: false, folder: project.folder },
      environment: { PULUMI_HOME: project.home },
      ...changes,
    });

  function select(stack: string, projectFile = path.join(project.folder, "Pulumi.yaml"), name = "own-project"): void {
    const hash = createHash("sha1").update(projectFile).digest("hex");
    const folder = path.join(project.home, "workspaces");
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `${name}-${hash}-workspace.json`), JSON.stringify({ stack }));
  }

  const refused = (text: RegExp) => (error: unknown) => error instanceof UsageError && text.test(error.message);

  it("must be the one that --stack names, then that of PULUMI_STACK, then for a reading command Pulumi's", () => {
    select("test");
    const environment = { PULUMI_HOME: project.home, PULUMI_STACK: "prod" };
    assert.deepEqual(choose({ given: "other", environment }).namedBy, "--stack");
    assert.deepEqual(choose({ given: "other", environment }).stack, "other");
    assert.deepEqual([choose({ environment }).stack, choose({ environment }).namedBy], ["prod", "PULUMI_STACK"]);
    assert.deepEqual([choose({}).stack, choose({}).namedBy], ["test", "Pulumi's selection"]);
  });

  for (const [name, content] of [
    ["Pulumi.yml", "runtime: nodejs\nname: own-project\n"],
    ["Pulumi.json", '{ "runtime": "nodejs", "name": "own-project" }'],
  ] as const) {
    it(`a selected stack must be found in a project whose file is ${name}, as Pulumi finds it`, () => {
      fs.rmSync(path.join(project.folder, "Pulumi.yaml"));
      fs.writeFileSync(path.join(project.folder, name), content);
      select("test", path.join(project.folder, name));
      assert.equal(choose({}).stack, "test");
    });
  }

  it("must not be Pulumi's selection for a command that changes something", () => {
    select("prod");
    assert.throws(() => choose({ changing: true }), refused(/needs a named stack.*Stacks in .*: prod, test$/));
  });

  it("must be named where none is selected: the error lists the stacks, or says that there is none", () => {
    assert.throws(() => choose({}), refused(/no stack is named or selected.*Stacks in .*: prod, test$/));
    fs.rmSync(path.join(project.folder, "Pulumi.prod.yaml"));
    fs.rmSync(path.join(project.folder, "Pulumi.test.yaml"));
    assert.throws(() => choose({}), refused(/No Pulumi\.<stack>\.yaml in .*$/));
  });

  it("must not be the sandbox's unless it is named: a selection of it does not count", () => {
    select("dev", path.join(ROOT, "Pulumi.yaml"), "connect-sync-identity");
    assert.throws(() => choose({ folder: ROOT }), refused(/no stack is named or selected/));
    assert.deepEqual(choose({ folder: ROOT, given: "dev" }).sandbox, true);
  });

  it("must be the sandbox's in the clone only: a stack named dev of another project is a real one", () => {
    assert.equal(isSandboxStack("dev", ROOT), true);
    assert.equal(isSandboxStack("dev", path.join(ROOT, ".")), true);
    assert.equal(isSandboxStack("prod", ROOT), false);
    assert.equal(isSandboxStack("dev", project.folder), false);
    assert.equal(choose({ given: "dev" }).sandbox, false);
  });

  it("must say sandbox for whatever runs inside one", () => {
    assert.equal(choose({ given: "prod", environment: { SANDBOX_STARTED: "/somewhere" } }).sandbox, true);
  });

  it("must be looked for in the folder and above it, as Pulumi does", () => {
    const below = path.join(project.folder, "a", "b");
    fs.mkdirSync(below, { recursive: true });
    assert.equal(choose({ given: "prod", folder: below }).projectFolder, project.folder);
    assert.throws(
      () => choose({ given: "prod", folder: project.home }),
      refused(/no Pulumi\.yaml in .* or a parent folder; use --cwd/),
    );
  });
});
