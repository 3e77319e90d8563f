import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { toolchainVariables, type Toolchain } from "../../../sandbox/toolchain/toolchain";
import { inTemporaryFolder, writeProgram } from "./support";

const TOOLCHAIN: Toolchain = {
  pulumi: "/tools/pulumi",
  version: "3.276.0",
  source: "build",
  folder: "/tools",
  languageHost: "beside",
};

const OWN_NODE = path.dirname(process.execPath);

describe("toolchain: environment of a run", () => {
  it("the environment of a run must put the toolchain first on PATH, and plugins only in the sandbox's Pulumi home", () => {
    const { PATH, PULUMI_IGNORE_AMBIENT_PLUGINS } = toolchainVariables(TOOLCHAIN, OWN_NODE);
    assert.equal(PATH, `/tools:${OWN_NODE}`);
    assert.equal(PULUMI_IGNORE_AMBIENT_PLUGINS, "true");
  });

  it("the environment of a run must find the Node.js of this process first if PATH begins with another one", () =>
    inTemporaryFolder((folder) => {
      writeProgram(path.join(folder, "node"), "echo v18.0.0");
      assert.equal(toolchainVariables(TOOLCHAIN, folder).PATH, `${OWN_NODE}:/tools:${folder}`);
    }));

  it("the environment of a run must find the Node.js of this process if PATH has none", () =>
    inTemporaryFolder((folder) => {
      assert.equal(toolchainVariables(TOOLCHAIN, folder).PATH, `${OWN_NODE}:/tools:${folder}`);
    }));

  it("the environment of a run must leave PATH unchanged if a link on it leads to the Node.js of this process", () =>
    inTemporaryFolder((folder) => {
      fs.symlinkSync(process.execPath, path.join(folder, "node"));
      assert.equal(toolchainVariables(TOOLCHAIN, folder).PATH, `/tools:${folder}`);
    }));

  it("plugins on PATH must stay visible if the language host is one of them", () => {
    const variables = toolchainVariables({ ...TOOLCHAIN, languageHost: "path" }, "/bin");
    assert.equal("PULUMI_IGNORE_AMBIENT_PLUGINS" in variables, false);
  });
});
