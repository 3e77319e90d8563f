import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { programManifest } from "../../../model/protocol/host-bootstrap";
import { BadHostPath, HostFiles } from "../../../sandbox/server/host-files";

describe("files of an emulated server", () => {
  let root: string;
  let files: HostFiles;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "csi-files-"));
    files = new HostFiles(root);
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  it("a path must be accepted with a drive letter, a leading slash or not, and either separator", () => {
    for (const name of ["C:/a/b", "/C:/a/b", "C:\\a\\b", "c:/a/./b", "C:/x/../a/b", "C:/a//b/"]) {
      assert.equal(files.local(name), path.join(root, "C/a/b"), name);
    }
    assert.equal(files.local("b", "C:/a"), path.join(root, "C/a/b"));
    assert.equal(files.canonical("C:\\a\\b"), "/C:/a/b");
    assert.equal(files.canonical("/"), "/");
  });

  it("a path must never leave its root", () => {
    const names = ["../../../etc/passwd", "/../../etc", "C:/../../../x", "C:\\..\\..\\x", "/C:/a/../../../../x"];
    for (const name of names) {
      let local: string;
      try {
        local = files.local(name);
      } catch (error) {
        assert.ok(error instanceof BadHostPath);
        continue;
      }
      assert.ok(local === root || local.startsWith(`${root}${path.sep}`), `${name} -> ${local}`);
    }
  });

  it("a path with another drive or a character that Windows forbids must be refused", () => {
    for (const name of ["D:/x", "/etc/passwd", "C:/a:b", "C:/a\u0000b", "C:/a?"]) {
      assert.throws(() => files.local(name), BadHostPath, name);
    }
  });

  it("an existing name must be found regardless of case", () => {
    fs.mkdirSync(path.join(root, "C/Program Files"));
    assert.equal(files.local("c:/PROGRAM files/x"), path.join(root, "C/Program Files/x"));
  });

  it("the manifest must be hashed only if it matches the files", () => {
    const folder = path.join(root, "C/Program Files/ConnectSyncIdentity");
    const contents = { "ConnectSyncHost.ps1": "one", "Windows.ps1": "two" };
    const manifest = programManifest(contents);
    assert.match(files.installedProgram().problem!, /does not exist/);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "manifest.json"), manifest.text);
    assert.match(files.installedProgram().problem!, /ConnectSyncHost\.ps1 does not exist/);
    for (const [name, text] of Object.entries(contents)) fs.writeFileSync(path.join(folder, name), text);
    assert.deepEqual(files.installedProgram(), { sha256: manifest.sha256, problem: null });
    fs.writeFileSync(path.join(folder, "Windows.ps1"), "three");
    assert.match(files.installedProgram().problem!, /Windows\.ps1 is not the one/);
    fs.writeFileSync(path.join(folder, "manifest.json"), "[]");
    assert.equal(files.installedProgram().sha256, null);
  });
});
