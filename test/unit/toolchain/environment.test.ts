import assert from "node:assert/strict";
import { childEnvironment, networkEnvironment } from "../../../sandbox/toolchain/environment";

const SHELL = {
  PATH: "/bin",
  HOME: "/home/somebody",
  LC_ALL: "C.UTF-8",
  ARM_CLIENT_SECRET: "real",
  AZURE_TENANT_ID: "real",
  PULUMI_ACCESS_TOKEN: "real",
  PULUMI_HOME: "/home/somebody/.pulumi",
  SSH_AUTH_SOCK: "/run/agent",
  NODE_OPTIONS: "--inspect",
  HTTPS_PROXY: "http://proxy:3128",
  http_proxy: "http://proxy:3128",
};

describe("toolchain: environment of children", () => {
  it("child processes must not get credentials, Pulumi settings, the agent or Node options of the user's shell", () => {
    assert.deepEqual(childEnvironment({}, SHELL), { PATH: "/bin", HOME: "/home/somebody", LC_ALL: "C.UTF-8" });
  });

  it("child processes must get what the sandbox sets, even under names that are not passed on", () => {
    const env = childEnvironment({ ARM_CLIENT_SECRET: "emulated", PATH: "/sandbox:/bin" }, SHELL);
    assert.equal(env.ARM_CLIENT_SECRET, "emulated");
    assert.equal(env.PATH, "/sandbox:/bin");
  });

  it("a variable with the value undefined must be removed", () => {
    assert.equal("HOME" in childEnvironment({ HOME: undefined }, SHELL), false);
  });

  it("child processes must get proxies only if they fetch something", () => {
    assert.equal(networkEnvironment({}, SHELL).HTTPS_PROXY, "http://proxy:3128");
    assert.equal(networkEnvironment({}, SHELL).http_proxy, "http://proxy:3128");
    assert.equal(networkEnvironment({}, SHELL).ARM_CLIENT_SECRET, undefined);
  });
});
