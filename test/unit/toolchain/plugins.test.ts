import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { standInsInstalled } from "../../../sandbox/plugins/install";
import { preparePlugins, type Plugin, type PluginOptions } from "../../../sandbox/toolchain/plugins";
import { inTemporaryFolder, writeProgram } from "./support";

const NAMES = ["resource-azuread-v6.9.1", "resource-command-v1.2.1"];
const STAND_INS = { azuread: "stand-in", command: "stand-in" };
const REAL = { azuread: "real", command: "real" };

function optionsFor(root: string, more: Partial<PluginOptions> = {}): PluginOptions {
  return {
    toolchain: { pulumi: "/none", version: "3.276.0", source: "path", folder: "/", languageHost: "beside" },
    pulumiHome: path.join(root, "home"),
    userPulumiHome: path.join(root, "user"),
    log: () => {},
    forced: "",
    platform: "linux",
    searchPath: path.join(root, "bin"),
    download: async () => false,
    ...more,
  };
}

function writePlugins(pulumiHome: string): void {
  for (const name of NAMES) {
    writeProgram(path.join(pulumiHome, "plugins", name, `pulumi-${name.replace(/-v.*/, "")}`), "echo real");
  }
}

describe("toolchain: plugins", function () {
  this.timeout(60_000);

  it("plugins must be stand-ins if there are no others, which is announced", () =>
    inTemporaryFolder(async (root) => {
      const lines: string[] = [];
      const log = (line: string): number => lines.push(line);
      assert.deepEqual(await preparePlugins(optionsFor(root, { log })), STAND_INS);
      assert.equal(standInsInstalled(path.join(root, "home")), true);
      assert.match(lines.join("\n"), /stand-ins for azuread and command/);
    }));

  it("plugins must be linked from the user's own Pulumi home, which stays unchanged", () =>
    inTemporaryFolder(async (root) => {
      writePlugins(path.join(root, "user"));
      const before = fs.readdirSync(path.join(root, "user"), { recursive: true });
      assert.deepEqual(await preparePlugins(optionsFor(root)), REAL);
      assert.deepEqual(fs.readdirSync(path.join(root, "user"), { recursive: true }), before);
      const folder = path.join(root, "home", "plugins", NAMES[0]);
      assert.equal(fs.lstatSync(folder).isSymbolicLink(), false);
      assert.match(fs.readFileSync(path.join(folder, "pulumi-resource-azuread"), "utf8"), /echo real/);
    }));

  it("plugins must be linked from PATH", () =>
    inTemporaryFolder(async (root) => {
      for (const name of ["azuread", "command"]) writeProgram(path.join(root, "bin", `pulumi-resource-${name}`));
      assert.deepEqual(await preparePlugins(optionsFor(root)), REAL);
    }));

  it("a plugin that Pulumi is still unpacking must not be used", () =>
    inTemporaryFolder(async (root) => {
      writePlugins(path.join(root, "user"));
      fs.writeFileSync(path.join(root, "user", "plugins", `${NAMES[1]}.partial`), "");
      assert.deepEqual(await preparePlugins(optionsFor(root)), STAND_INS);
    }));

  it("plugins must be downloaded only if they are missing, and both be stand-ins if one download fails", () =>
    inTemporaryFolder(async (root) => {
      writeProgram(path.join(root, "bin", "pulumi-resource-azuread"));
      const asked: string[] = [];
      const download = async (plugin: Plugin): Promise<boolean> => asked.push(plugin.name) > 1;
      assert.deepEqual(await preparePlugins(optionsFor(root, { download })), STAND_INS);
      assert.deepEqual(asked, ["command"]);
    }));

  it("the plugins of a sandbox folder must not change once it is set up", () =>
    inTemporaryFolder(async (root) => {
      await preparePlugins(optionsFor(root));
      writePlugins(path.join(root, "user"));
      assert.deepEqual(await preparePlugins(optionsFor(root)), STAND_INS);
    }));

  it("the plugins must change on request, in both directions", () =>
    inTemporaryFolder(async (root) => {
      writePlugins(path.join(root, "user"));
      const home = path.join(root, "home");
      await preparePlugins(optionsFor(root));
      assert.deepEqual(await preparePlugins(optionsFor(root, { forced: "stand-in" })), STAND_INS);
      assert.equal(standInsInstalled(home), true);
      assert.deepEqual(await preparePlugins(optionsFor(root, { forced: "real" })), REAL);
      assert.equal(standInsInstalled(home), false);
      const user = path.join(root, "user", "plugins", NAMES[0], "pulumi-resource-azuread");
      assert.deepEqual(await preparePlugins(optionsFor(root, { forced: "stand-in" })), STAND_INS);
      assert.match(fs.readFileSync(user, "utf8"), /echo real/);
    }));

  it("plugins must not be stand-ins if real ones are requested", () =>
    inTemporaryFolder(async (root) => {
      await assert.rejects(
        preparePlugins(optionsFor(root, { forced: "real" })),
        /not installed and cannot be downloaded/,
      );
      await assert.rejects(preparePlugins(optionsFor(root, { forced: "fake" })), /real or stand-in/);
    }));

  it("plugins must always be stand-ins on macOS, and Windows must be refused", () =>
    inTemporaryFolder(async (root) => {
      writePlugins(path.join(root, "user"));
      assert.deepEqual(await preparePlugins(optionsFor(root, { platform: "darwin" })), STAND_INS);
      await assert.rejects(preparePlugins(optionsFor(root, { platform: "darwin", forced: "real" })), /SSL_CERT_FILE/);
      await assert.rejects(preparePlugins(optionsFor(root, { platform: "win32" })), /Use WSL/);
    }));
});
