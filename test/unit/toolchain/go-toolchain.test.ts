import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { GO_MODULE } from "../../../sandbox/toolchain/cache";
import { checkDisk, checkGoVersion, diskNeeds, goVersionOf } from "../../../sandbox/toolchain/go-toolchain";
import { inTemporaryFolder } from "./support";

function go(version: string, toolchain = "auto") {
  return { GOVERSION: version, GOTOOLCHAIN: toolchain, GOCACHE: "/cache/go-build", GOMODCACHE: "/go/pkg/mod" };
}

describe("toolchain: the Go that builds it", () => {
  it("accepts the version that the module asks for, and later ones", () => {
    assert.equal(checkGoVersion(go("go1.25.11"), "1.25.11"), undefined);
    assert.equal(checkGoVersion(go("go1.26.8", "local"), "1.25.11"), undefined);
  });

  it("lets an older Go fetch the right one where it may", () => {
    assert.match(checkGoVersion(go("go1.22.2"), "1.25.11") ?? "", /Go 1\.22\.2 will download Go 1\.25\.11/);
  });

  it("must not start with a Go that cannot build, and says why", () => {
    assert.throws(() => checkGoVersion(go("go1.22.2", "local"), "1.25.11"), /GOTOOLCHAIN=local/);
    assert.throws(() => checkGoVersion(go("go1.20"), "1.25.11"), /Go 1\.20 is too old/);
  });

  it("reads which Go the module asks for", () => {
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

  it("sums up what lies on one file system", () => {
    const asked: Record<string, number> = {};
    checkDisk(needs, deviceOf, (folder) => ((asked[folder] = 1), 10e9));
    assert.deepEqual(Object.keys(asked), ["/cache/t", "/go/pkg/mod"]);
    assert.throws(() => checkDisk(needs, deviceOf, () => 2.9e9), /needs 3\.0 GB of disk, and \/cache\/t has 2\.9 GB/);
  });

  it("names the file system that is too small, and the remedy", () => {
    const free = (folder: string): number => (folder.startsWith("/go") ? 1e9 : 10e9);
    assert.throws(() => checkDisk(needs, deviceOf, free), /\/go\/pkg\/mod has 1\.0 GB: make room, set XDG_CACHE_HOME/);
  });

  it("needs no room for modules that are there", () =>
    inTemporaryFolder((root) => {
      const environment = { ...go("go1.26.0"), GOMODCACHE: root };
      assert.ok(diskNeeds(environment, "/cache", "3.0.0")[2].bytes > 0);
      fs.mkdirSync(path.join(root, "github.com/pulumi/pulumi/pkg/v3@v3.0.0"), { recursive: true });
      assert.equal(diskNeeds(environment, "/cache", "3.0.0")[2].bytes, 0);
    }));

  it("looks at the nearest folder that exists", () =>
    inTemporaryFolder((root) => checkDisk([{ folder: path.join(root, "not", "there"), bytes: 1 }])));
});
