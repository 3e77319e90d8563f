import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { findPulumiOnPath } from "../../../sandbox/toolchain/path-pulumi";
import { inTemporaryFolder, writeProgram, writePulumi } from "./support";

describe("toolchain: the Pulumi on PATH", () => {
  it("a Pulumi on PATH must be used if its version is supported and its language host is beside it", () =>
    inTemporaryFolder(async (root) => {
      const pulumi = writePulumi(root, "3.300.1");
      const expected = { pulumi, version: "3.300.1", source: "path", folder: root, languageHost: "beside" };
      assert.deepEqual(await findPulumiOnPath(root), expected);
    }));

  it("a Pulumi on PATH must be found through a link, as package managers create them", () =>
    inTemporaryFolder(async (root) => {
      const pulumi = writePulumi(path.join(root, "real"), "3.300.1");
      fs.mkdirSync(path.join(root, "bin"));
      fs.symlinkSync(pulumi, path.join(root, "bin", "pulumi"));
      const found = await findPulumiOnPath(path.join(root, "bin"));
      assert.ok(typeof found === "object" && found.languageHost === "beside");
    }));

  it("a Pulumi on PATH may have its language host elsewhere on PATH", () =>
    inTemporaryFolder(async (root) => {
      writeProgram(path.join(root, "a", "pulumi"), "echo v3.300.1");
      writePulumi(path.join(root, "b"), "3.300.1");
      const found = await findPulumiOnPath(`${root}/a:${root}/b`);
      assert.ok(typeof found === "object" && found.languageHost === "path");
    }));

  it("a Pulumi on PATH must not be used without a language host", () =>
    inTemporaryFolder(async (root) => {
      writeProgram(path.join(root, "pulumi"), "echo v3.300.1");
      assert.match(String(await findPulumiOnPath(root)), /has no pulumi-language-nodejs beside it or on PATH/);
    }));

  it("a Pulumi on PATH must not be used in an unsupported version: the reason names version and range", () =>
    inTemporaryFolder(async (root) => {
      writePulumi(root, "3.50.2");
      assert.match(
        String(await findPulumiOnPath(root)),
        /is version 3\.50\.2, but the sandbox supports >=3\.200\.0 <4/,
      );
    }));

  it("a Pulumi on PATH must not be used if it does not start", () =>
    inTemporaryFolder(async (root) => {
      writeProgram(path.join(root, "pulumi"), "exit 1");
      assert.match(String(await findPulumiOnPath(root)), /does not answer/);
    }));

  it("a version query must not write to the user's Pulumi home", () =>
    inTemporaryFolder(async (root) => {
      writePulumi(root, "3.300.1");
      writeProgram(path.join(root, "pulumi"), 'echo "$PULUMI_HOME" > "$(dirname "$0")/home"; echo v3.300.1');
      await findPulumiOnPath(`${root}:/usr/bin:/bin`);
      const home = fs.readFileSync(path.join(root, "home"), "utf8").trim();
      assert.match(home, /pulumi-version-/);
      assert.equal(fs.existsSync(home), false);
    }));

  it("a missing Pulumi on PATH must be reported", () =>
    inTemporaryFolder(async (root) => assert.equal(await findPulumiOnPath(root), "Pulumi is not on PATH")));
});
