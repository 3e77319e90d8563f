import assert from "node:assert/strict";
import * as path from "node:path";
import { checkPlatform, forgetInstallFailure, resolveToolchain, type Ways } from "../../../sandbox/toolchain/resolve";
import type { Toolchain } from "../../../sandbox/toolchain/toolchain";
import { inTemporaryFolder, writePulumi } from "./support";

const ON_PATH: Toolchain = {
  pulumi: "/p/pulumi",
  version: "3.1",
  source: "path",
  folder: "/p",
  languageHost: "beside",
};

/** Ways of which none leads anywhere, but for those given; they record what was tried. */
function ways(tried: string[], more: Partial<Ways> = {}): Ways {
  const refuse = (name: string) => async (): Promise<string> => {
    tried.push(name);
    throw new Error(`${name} does not work`);
  };
  return {
    onPath: async () => "there is no Pulumi on PATH",
    install: refuse("install"),
    build: refuse("build"),
    installedFolder: "/nowhere",
    builtFolder: "/nowhere",
    ...more,
  };
}

describe("toolchain: which one is used", () => {
  beforeEach(forgetInstallFailure);

  it("prefers the Pulumi on PATH", async () => {
    const tried: string[] = [];
    const found = await resolveToolchain({ log() {}, forced: "", ways: ways(tried, { onPath: async () => ON_PATH }) });
    assert.equal(found, ON_PATH);
    assert.deepEqual(tried, []);
  });

  it("must not go to the network where a toolchain is cached", () =>
    inTemporaryFolder(async (root) => {
      const tried: string[] = [];
      writePulumi(root, "3.259.0");
      const found = await resolveToolchain({ log() {}, forced: "", ways: ways(tried, { builtFolder: root }) });
      assert.deepEqual(tried, []);
      assert.equal(found.source, "build");
      assert.equal(found.pulumi, path.join(root, "pulumi"));
    }));

  it("installs before it builds, and says why a way was not taken", async () => {
    const tried: string[] = [];
    const lines: string[] = [];
    const build = async (): Promise<string> => "/built";
    const log = (line: string): number => lines.push(line);
    const found = await resolveToolchain({ log, forced: "", ways: ways(tried, { build }) });
    assert.deepEqual(tried, ["install"]);
    assert.equal(found.folder, "/built");
    const expected = ["Pulumi is not on PATH", "Pulumi's own installer cannot be used here: install does not work"];
    assert.deepEqual(lines, expected);
  });

  it("must not try to install a second time in one process", async () => {
    const tried: string[] = [];
    const options = { log() {}, forced: "", ways: ways(tried, { build: async () => "/built" }) };
    await resolveToolchain(options);
    await resolveToolchain(options);
    assert.deepEqual(tried, ["install"]);
  });

  it("takes the way that is asked for, and no other", async () => {
    for (const [forced, way] of [
      ["installer", "install"],
      ["build", "build"],
    ]) {
      const tried: string[] = [];
      await assert.rejects(resolveToolchain({ log() {}, forced, ways: ways(tried) }), new RegExp(way));
      assert.deepEqual(tried, [way]);
    }
    await assert.rejects(resolveToolchain({ log() {}, forced: "path", ways: ways([]) }), /there is no Pulumi on PATH/);
    await assert.rejects(resolveToolchain({ log() {}, forced: "brew", ways: ways([]) }), /path, installer, build/);
  });

  it("refuses Windows with a remedy", () => {
    assert.throws(() => checkPlatform("win32"), /Linux and macOS, but this is win32. Use WSL/);
    checkPlatform("linux");
    checkPlatform("darwin");
  });
});
