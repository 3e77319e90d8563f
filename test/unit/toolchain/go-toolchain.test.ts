import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { GO_MODULE } from "../../../sandbox/toolchain/cache";
import {
  checkDisk,
  checkGoVersion,
  diskNeeds,
  goVariables,
  goVersionOf,
} from "../../../sandbox/toolchain/go-toolchain";
import { inTemporaryFolder } from "./support";

function go(version: string, toolchain = "auto") {
  return { GOVERSION: version, GOTOOLCHAIN: toolchain, GOCACHE: "/cache/go-build", GOMODCACHE: "/go/pkg/mod" };
}

describe("toolchain: its Go", () => {
  it("the module's Go version and later ones must be accepted", () => {
    assert.equal(checkGoVersion(go("go1.25.11"), "1.25.11"), undefined);
    assert.equal(checkGoVersion(go("go1.26.8", "local"), "1.25.11"), undefined);
  });

  it("an older Go must fetch the right one if it may", () => {
    assert.match(checkGoVersion(go("go1.22.2"), "1.25.11") ?? "", /Go 1\.22\.2 will download Go 1\.25\.11/);
  });

  it("a build must not start with a Go that cannot build, and must say why", () => {
    assert.throws(() => checkGoVersion(go("go1.22.2", "local"), "1.25.11"), /GOTOOLCHAIN=local/);
    assert.throws(() => checkGoVersion(go("go1.20"), "1.25.11"), /Go 1\.20 is too old/);
  });

  it("Go must keep modules in the toolchain's cache if HOME cannot be written and no Go setting names another folder", () =>
    inTemporaryFolder((root) => {
      const file = path.join(root, "file");
      fs.writeFileSync(file, "");
      const variables = { PATH: "/bin", HOME: file, XDG_CACHE_HOME: "/cache" };
      assert.equal(goVariables(variables).GOMODCACHE, "/cache/connect-sync-identity/go-modules");
      assert.equal(goVariables({ ...variables, GOPATH: "/go" }).GOMODCACHE, undefined);
      assert.equal(goVariables({ ...variables, HOME: root }).GOMODCACHE, undefined);
    }));

  it("the Go version must be read from the module", () => {
    assert.match(goVersionOf(GO_MODULE), /^\d+\.\d+\.\d+$/);
  });
});

describe("toolchain: disk", () => {
  const needs = [
    { folder: "/cache/t", bytes: 1e9 },
    { folder: "/cache/go-build", bytes: 2e9 },
    { folder: "/go/pkg/mod", bytes: 4e9 },
  ];
  const deviceOf = (folder: string): number => (folder.startsWith("/go") ? 2 : 1);

  it("disk space must be summed up by file system", () => {
    const asked: Record<string, number> = {};
    checkDisk(needs, deviceOf, (folder) => ((asked[folder] = 1), 10e9));
    assert.deepEqual(Object.keys(asked), ["/cache/t", "/go/pkg/mod"]);
    assert.throws(() => checkDisk(needs, deviceOf, () => 2.9e9), /needs 3\.0 GB of disk, and \/cache\/t has 2\.9 GB/);
  });

  it("a file system that is too small must be named with the remedy", () => {
    const free = (folder: string): number => (folder.startsWith("/go") ? 1e9 : 10e9);
    assert.throws(
      () => checkDisk(needs, deviceOf, free),
      /\/go\/pkg\/mod has 1\.0 GB: free some space, set XDG_CACHE_HOME/,
    );
  });

  it("existing modules must need no disk space", () =>
    inTemporaryFolder((root) => {
      const environment = { ...go("go1.26.0"), GOMODCACHE: root };
      assert.ok(diskNeeds(environment, "/cache", "3.0.0")[2].bytes > 0);
      fs.mkdirSync(path.join(root, "github.com/pulumi/pulumi/pkg/v3@v3.0.0"), { recursive: true });
      assert.equal(diskNeeds(environment, "/cache", "3.0.0")[2].bytes, 0);
    }));

  it("disk space must be read from the nearest existing folder", () =>
    inTemporaryFolder((root) => checkDisk([{ folder: path.join(root, "not", "there"), bytes: 1 }])));
});
