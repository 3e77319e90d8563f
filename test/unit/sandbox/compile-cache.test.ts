import assert from "node:assert/strict";
import * as path from "node:path";
import { pulumiVariables } from "../../../sandbox/engine/environment";
import { SandboxFolder } from "../../../sandbox/folder/folder";

describe("the sandbox's cache of compiled code", () => {
  it("the compile cache must be in the sandbox's Pulumi home, which a reset keeps and removing the sandbox deletes", () => {
    const folder = new SandboxFolder("/sandbox");
    const cache = pulumiVariables(folder).NODE_COMPILE_CACHE;
    assert.equal(path.relative(folder.home, cache), "compile-cache");
  });
});
