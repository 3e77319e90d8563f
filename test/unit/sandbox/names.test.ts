import assert from "node:assert/strict";
import { BREAK_NAMES } from "../../../sandbox/world/breaks";
import { SERVER_FAULTS, TENANT_FAULTS } from "../../../sandbox/surroundings/faults";
import { chooseHostBackend } from "../../../sandbox/world/host-backend";
import { checkName, UsageError } from "../../../console/errors";

describe("names on the sandbox's command line", () => {
  it("the sandbox must have every documented break", () => {
    const promised =
      "certificate key key-software acl acl-wide account application hash parameters scheduler program credential";
    for (const name of promised.split(" ")) assert.ok((BREAK_NAMES as string[]).includes(name), name);
  });

  it("the sandbox must have every documented fault", () => {
    const servers =
      "unreachable host-key ssh-key not-administrator no-adsync old-version no-tpm pss-salt clock suspended busy " +
      "cmdlet-fails sign-in session-lost program-killed";
    for (const name of servers.split(" ")) assert.ok(name in SERVER_FAULTS, name);
    const tenant = "replication-lag throttled unavailable forbidden role-missing";
    for (const name of tenant.split(" ")) assert.ok(name in TENANT_FAULTS, name);
  });

  it("a wrong name must be refused with the valid ones, the nearest first", () => {
    const refused = (name: string) => {
      try {
        checkName("break", name, BREAK_NAMES);
      } catch (error) {
        assert.ok(error instanceof UsageError);
        return error.message;
      }
      return assert.fail(`"${name}" was taken`);
    };
    assert.match(refused("certifcate"), /^no break "certifcate"; there is certificate, /);
    assert.match(refused("cert"), /there is certificate, /);
    for (const name of BREAK_NAMES) assert.ok(refused("x").includes(name), name);
    refused("constructor");
    refused("");
  });

  it("SANDBOX_HOST must select what answers on the servers, and accept nothing else", () => {
    assert.equal(chooseHostBackend({ SANDBOX_HOST: "model", PATH: process.env.PATH }), "model");
    assert.equal(chooseHostBackend({ PATH: "/nowhere" }), "model");
    assert.throws(() => chooseHostBackend({ SANDBOX_HOST: "pwsh", PATH: "/nowhere" }), UsageError);
    assert.throws(() => chooseHostBackend({ SANDBOX_HOST: "powershell", PATH: "/nowhere" }), UsageError);
  });
});
