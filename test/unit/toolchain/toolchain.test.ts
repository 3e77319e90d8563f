import assert from "node:assert/strict";
import { toolchainVariables, type Toolchain } from "../../../sandbox/toolchain/toolchain";

const TOOLCHAIN: Toolchain = {
  pulumi: "/tools/pulumi",
  version: "3.259.0",
  source: "build",
  folder: "/tools",
  languageHost: "beside",
};

describe("toolchain: environment of a run", () => {
  it("the environment of a run must put the toolchain first on PATH, and plugins only in the sandbox's Pulumi home", () => {
    const { PATH, PULUMI_IGNORE_AMBIENT_PLUGINS } = toolchainVariables(TOOLCHAIN, "/bin");
    assert.equal(PATH, "/tools:/bin");
    assert.equal(PULUMI_IGNORE_AMBIENT_PLUGINS, "true");
  });

  it("plugins on PATH must stay visible if the language host is one of them", () => {
    const variables = toolchainVariables({ ...TOOLCHAIN, languageHost: "path" }, "/bin");
    assert.equal("PULUMI_IGNORE_AMBIENT_PLUGINS" in variables, false);
  });
});
