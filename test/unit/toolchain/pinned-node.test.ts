/** The Node.js that a clone brings along: as packages of the lock file, one for each platform. */
import assert from "node:assert/strict";
import { optionalDependencies } from "../../../package.json";
import lock from "../../../package-lock.json";

interface Locked {
  version: string;
  integrity?: string;
  optional?: boolean;
  os?: string | string[];
  cpu?: string | string[];
  hasInstallScript?: boolean;
  bin?: unknown;
}

const PLATFORMS = ["linux-arm64", "linux-x64", "win-x64"];

describe("toolchain: the Node.js of a clone", () => {
  const packages = lock.packages as unknown as Record<string, Locked>;

  it("the pinned Node.js must have one version on all platforms", () => {
    assert.deepEqual(
      optionalDependencies,
      Object.fromEntries(PLATFORMS.map((platform) => [`node-${platform}`, "24.21.0"])),
    );
  });

  for (const platform of PLATFORMS) {
    it(`the pinned Node.js must be locked by its hash, install on ${platform} only, and run no script`, () => {
      const found = packages[`node_modules/node-${platform}`];
      assert.match(found.integrity ?? "", /^sha512-/);
      assert.equal(found.optional, true);
      assert.equal(`${String(found.os)}-${String(found.cpu)}`.replace("win32", "win"), platform);
      assert.equal(found.hasInstallScript, undefined);
    });
  }

  it("npm scripts, and so this test, must run on the pinned Node.js if there is one for this platform", function () {
    const own = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
    if (!(own in optionalDependencies)) this.skip();
    assert.equal(process.version, "v24.21.0");
  });
});
