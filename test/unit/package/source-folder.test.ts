/** Where state says that the host program lies. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { sourceFolder } from "../../../components/host-program";

describe("the host program's folder in state", () => {
  let root: string;
  const make = (...parts: string[]) => {
    const folder = path.join(root, ...parts);
    fs.mkdirSync(folder, { recursive: true });
    return folder;
  };

  beforeEach(() => (root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "source-folder-")))));
  afterEach(() => fs.rmSync(root, { recursive: true }));

  it("must be that of the repository, as it always was", () => {
    assert.equal(sourceFolder(`${make("host")}/`, root), "host/");
  });

  it("must be that of the installed package", () => {
    const folder = make("node_modules", "connect-sync-identity", "host");
    assert.equal(sourceFolder(`${folder}/`, root), "node_modules/connect-sync-identity/host/");
  });

  it("must be found above a workspace's member", () => {
    const folder = make("node_modules", "connect-sync-identity", "host");
    assert.equal(sourceFolder(folder, make("stacks", "prod")), "../../node_modules/connect-sync-identity/host/");
  });

  it("must not carry the version that a package manager has in a name", () => {
    const folder = make(
      "node_modules",
      ".pnpm",
      "connect-sync-identity@0.1.0",
      "node_modules",
      "connect-sync-identity",
      "host",
    );
    fs.symlinkSync(path.dirname(folder), path.join(root, "node_modules", "connect-sync-identity"));
    assert.equal(sourceFolder(folder, root), "node_modules/connect-sync-identity/host/");
  });

  it("must be the one that runs where another version lies in the way", () => {
    make("node_modules", "connect-sync-identity", "host");
    const folder = make("other", "host");
    assert.equal(sourceFolder(folder, root), "other/host/");
  });
});
