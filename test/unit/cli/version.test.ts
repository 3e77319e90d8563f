/** What a result says of the program that made it: version, commit, and whether its clone was changed. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { programVersion } from "../../../cli/version";

describe("the program's version", () => {
  let folder: string;
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], { cwd: folder });
  const manifest = (content: object) => fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(content));
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-version-"));
    manifest({ version: "1.2.3" });
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("a clone must have its commit, and be modified once a file of it is", () => {
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "--no-gpg-sign", "--message", "first");
    const { commit, ...rest } = programVersion(folder);
    assert.match(commit!, /^[0-9a-f]{40}$/);
    assert.deepEqual(rest, { version: "1.2.3", modified: false });
    fs.writeFileSync(path.join(folder, "notes.txt"), "a file that git does not track");
    assert.equal(programVersion(folder).modified, false);
    manifest({ version: "1.2.3", changed: true });
    assert.equal(programVersion(folder).modified, true);
  });

  it("a folder that is no clone must have its version alone, and a package the commit of its build", () => {
    assert.deepEqual(programVersion(folder), { version: "1.2.3", commit: null, modified: null });
    manifest({ version: "1.2.3", gitHead: "abc" });
    assert.deepEqual(programVersion(folder), { version: "1.2.3", commit: "abc", modified: null });
  });
});
