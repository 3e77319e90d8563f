import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  builtFolder,
  cacheRoot,
  contentHash,
  isComplete,
  removeToolchain,
  toolchainSize,
} from "../../../sandbox/toolchain/cache";
import { inTemporaryFolder, writePulumi } from "./support";

describe("toolchain: cache", () => {
  it("the cache must be in the user's cache folder", () => {
    assert.equal(cacheRoot({ XDG_CACHE_HOME: "/cache" }), "/cache/connect-sync-identity");
    assert.match(cacheRoot({ XDG_CACHE_HOME: "relative" }), /^\/.*\.cache\/connect-sync-identity$/);
    assert.match(cacheRoot({}), /\/\.cache\/connect-sync-identity$/);
  });

  it("each change of the Go module must have another cache folder", () =>
    inTemporaryFolder((root) => {
      const module = path.join(root, "module");
      fs.mkdirSync(path.join(module, "host"), { recursive: true });
      fs.writeFileSync(path.join(module, "host", "main.go"), "a");
      const before = contentHash(module);
      assert.match(builtFolder(module, root), new RegExp(`/pulumi-3\\.276\\.0-${before}$`));
      fs.writeFileSync(path.join(module, "host", "main.go"), "b");
      const after = contentHash(module);
      assert.notEqual(after, before);
      fs.renameSync(path.join(module, "host", "main.go"), path.join(module, "host", "other.go"));
      assert.notEqual(contentHash(module), after);
    }));

  it("a folder without one of the programs must not count as a toolchain", () =>
    inTemporaryFolder((root) => {
      writePulumi(root, "3.276.0");
      assert.equal(isComplete(root), true);
      fs.rmSync(path.join(root, "pulumi-language-nodejs"));
      assert.equal(isComplete(root), false);
    }));

  it("cleaning must remove toolchains and remains of unfinished builds, nothing else, and say what it freed", () =>
    inTemporaryFolder((root) => {
      for (const name of ["pulumi-3.276.0-abc", "unfinished-pulumi-3.276.0-def", "something-else"]) {
        fs.mkdirSync(path.join(root, name));
        fs.writeFileSync(path.join(root, name, "file"), "12345");
      }
      assert.equal(toolchainSize(root), 10);
      assert.equal(removeToolchain(root), 10);
      assert.deepEqual(fs.readdirSync(root), ["something-else"]);
      assert.equal(removeToolchain(path.join(root, "none")), 0);
    }));
});
