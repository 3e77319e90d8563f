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

  it("the host program's folder in state must be that of the repository, as it always was", () => {
    assert.equal(sourceFolder(`${make("host")}/`, root), "host/");
  });

  it("the host program's folder must be that of the installed package", () => {
    const folder = make("node_modules", "connect-sync-identity", "host");
    assert.equal(sourceFolder(`${folder}/`, root), "node_modules/connect-sync-identity/host/");
  });

  it("the host program's folder must be found above a workspace's member", () => {
    const folder = make("node_modules", "connect-sync-identity", "host");
    assert.equal(sourceFolder(folder, make("stacks", "prod")), "../../node_modules/connect-sync-identity/host/");
  });

  it("the host program's folder must not contain a version that a package manager adds to a name", () => {
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

  it("the host program's folder must belong to the running version, even if another one is nearer", () => {
    make("node_modules", "connect-sync-identity", "host");
    const folder = make("other", "host");
    assert.equal(sourceFolder(folder, root), "other/host/");
  });
});
