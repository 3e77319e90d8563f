import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pipedStdin, programManifest } from "../../../model/protocol/host-bootstrap";
import { PROGRAM_FILES } from "../../../model/protocol/host-protocol";
import { readHostProgram } from "../../../remote/host-program-files";

describe("the host program's files", () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-program-"));
    const files = Object.fromEntries(PROGRAM_FILES.map((name) => [name, `# ${name}\n`]));
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
    fs.writeFileSync(path.join(folder, "manifest.json"), programManifest(files).text);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it("the host program's files must be read with the hash of their manifest", () => {
    const files = readHostProgram(folder);
    const texts = Object.fromEntries(PROGRAM_FILES.map((name) => [name, `# ${name}\n`]));
    assert.equal(files.sha256, programManifest(texts).sha256);
    assert.deepEqual([files.program, files.windows], ["# ConnectSyncHost.ps1\n", "# Windows.ps1\n"]);
  });

  for (const name of PROGRAM_FILES) {
    it(`a changed ${name} without its manifest must be refused, with the command that updates the manifest`, () => {
      fs.appendFileSync(path.join(folder, name), "# more\n");
      assert.throws(() => readHostProgram(folder), new RegExp(`host/${name} differs .+npm run host-program`));
    });
  }

  it("a file of the host program that is not in the manifest must be refused", () => {
    fs.writeFileSync(path.join(folder, "manifest.json"), programManifest({ "Windows.ps1": "# Windows.ps1\n" }).text);
    assert.throws(() => readHostProgram(folder), /ConnectSyncHost\.ps1/);
  });

  for (const [what, make] of [
    ["A file", (name: string) => fs.writeFileSync(name, "")],
    ["A folder", (name: string) => fs.mkdirSync(name)],
  ] as const) {
    it(`${what} that the manifest does not list must be refused: the whole folder is copied`, () => {
      make(path.join(folder, "notes"));
      assert.throws(() => readHostProgram(folder), /host\/notes is not part of the host program.+move it out/);
    });
  }

  it("the host program's files in this project must be complete and fit for stdin", () => {
    const files = readHostProgram();
    assert.ok(files.folder.endsWith("/host/"));
    assert.doesNotThrow(() => pipedStdin(files.windows, files.program, "{}"));
  });
});
