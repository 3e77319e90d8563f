import assert from "node:assert/strict";
import { isAtLeast, isSupportedPulumi, parseVersion, PULUMI_VERSION } from "../../../sandbox/toolchain/version";

describe("toolchain: versions", () => {
  it("versions must be read from the output of Pulumi and Go", () => {
    assert.deepEqual(parseVersion("v3.259.0\n"), [3, 259, 0]);
    assert.deepEqual(parseVersion("3.260.0-alpha.x1+dirty"), [3, 260, 0]);
    assert.deepEqual(parseVersion("go1.25"), [1, 25, 0]);
    assert.deepEqual(parseVersion("go1.26rc1"), [1, 26, 0]);
    assert.equal(parseVersion("pulumi 3"), undefined);
    assert.equal(parseVersion("1.2.3.4"), undefined);
  });

  it("versions must be compared as numbers, not text", () => {
    assert.equal(isAtLeast("3.1000.0", "3.259.0"), true);
    assert.equal(isAtLeast("3.99.9", "3.200.0"), false);
    assert.equal(isAtLeast("3.259.0", "3.259.0"), true);
    assert.equal(isAtLeast("unknown", "0.0.0"), false);
  });

  it("the installed version must be accepted, and a version outside the supported range refused", () => {
    assert.equal(isSupportedPulumi(PULUMI_VERSION), true);
    assert.equal(isSupportedPulumi("3.199.9"), false);
    assert.equal(isSupportedPulumi("3.200.0"), true);
    assert.equal(isSupportedPulumi("4.0.0"), false);
  });

  it("the built version must be that of the SDK that the program uses", async () => {
    const { dependencies } = await import("../../../package.json");
    assert.equal(dependencies["@pulumi/pulumi"], PULUMI_VERSION);
  });

  it("the built version must be the one that the Go module asks for", async () => {
    const { readFileSync } = await import("node:fs");
    const { GO_MODULE } = await import("../../../sandbox/toolchain/cache");
    const text = readFileSync(`${GO_MODULE}/go.mod`, "utf8");
    assert.match(text, new RegExp(`github.com/pulumi/pulumi/pkg/v3 v${PULUMI_VERSION}\\b`));
    assert.match(text, new RegExp(`github.com/pulumi/pulumi/sdk/v3 v${PULUMI_VERSION}\\b`));
  });
});
