import assert from "node:assert/strict";
import * as path from "node:path";
import { pulumiVariables } from "../../../sandbox/engine/environment";
import { SandboxFolder } from "../../../sandbox/folder/folder";

describe("the sandbox's cache of compiled code", () => {
  it("is kept in the sandbox's folder, where a reset leaves it and removing the sandbox does not", () => {
    const folder = new SandboxFolder("/sandbox");
    const cache = pulumiVariables(folder).NODE_COMPILE_CACHE;
    assert.equal(path.relative(folder.home, cache), "compile-cache");
  });
});
