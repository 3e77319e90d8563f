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
    onPath: async () => "Pulumi is not on PATH",
    install: refuse("install"),
    build: refuse("build"),
    installedFolder: "/nowhere",
    builtFolder: "/nowhere",
    ...more,
  };
}

describe("toolchain: choice", () => {
  beforeEach(forgetInstallFailure);

  it("the Pulumi on PATH must be preferred", async () => {
    const tried: string[] = [];
    const found = await resolveToolchain({ log() {}, forced: "", ways: ways(tried, { onPath: async () => ON_PATH }) });
    assert.equal(found, ON_PATH);
    assert.deepEqual(tried, []);
  });

  it("a cached toolchain must be used without network access", () =>
    inTemporaryFolder(async (root) => {
      const tried: string[] = [];
      writePulumi(root, "3.276.0");
      const found = await resolveToolchain({ log() {}, forced: "", ways: ways(tried, { builtFolder: root }) });
      assert.deepEqual(tried, []);
      assert.equal(found.source, "build");
      assert.equal(found.pulumi, path.join(root, "pulumi"));
    }));

  it("an installation must be tried before a build, with the reason why a way was not taken", async () => {
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

  it("an installation must not be tried a second time in one process", async () => {
    const tried: string[] = [];
    const options = { log() {}, forced: "", ways: ways(tried, { build: async () => "/built" }) };
    await resolveToolchain(options);
    await resolveToolchain(options);
    assert.deepEqual(tried, ["install"]);
  });

  it("the requested way must be taken, and no other", async () => {
    for (const [forced, way] of [
      ["installer", "install"],
      ["build", "build"],
    ]) {
      const tried: string[] = [];
      await assert.rejects(resolveToolchain({ log() {}, forced, ways: ways(tried) }), new RegExp(way));
      assert.deepEqual(tried, [way]);
    }
    await assert.rejects(resolveToolchain({ log() {}, forced: "path", ways: ways([]) }), /Pulumi is not on PATH/);
    await assert.rejects(resolveToolchain({ log() {}, forced: "brew", ways: ways([]) }), /path, installer, build/);
  });

  it("Windows must be refused with a remedy", () => {
    assert.throws(() => checkPlatform("win32"), /Linux and macOS, but this is win32. Use WSL/);
    checkPlatform("linux");
    checkPlatform("darwin");
  });
});
