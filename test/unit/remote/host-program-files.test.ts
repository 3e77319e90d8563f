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

  it("must be read with the hash of their manifest", () => {
    const files = readHostProgram(folder);
    const texts = Object.fromEntries(PROGRAM_FILES.map((name) => [name, `# ${name}\n`]));
    assert.equal(files.sha256, programManifest(texts).sha256);
    assert.deepEqual([files.program, files.windows], ["# ConnectSyncHost.ps1\n", "# Windows.ps1\n"]);
  });

  for (const name of PROGRAM_FILES) {
    it(`must be refused where ${name} was changed without its manifest, with the command that makes it`, () => {
      fs.appendFileSync(path.join(folder, name), "# more\n");
      assert.throws(() => readHostProgram(folder), new RegExp(`host/${name} differs .+npm run manifest`));
    });
  }

  it("must be refused where one is not in the manifest", () => {
    fs.writeFileSync(path.join(folder, "manifest.json"), programManifest({ "Windows.ps1": "# Windows.ps1\n" }).text);
    assert.throws(() => readHostProgram(folder), /ConnectSyncHost\.ps1/);
  });

  it("must be whole in this project, and such as can be piped", () => {
    const files = readHostProgram();
    assert.ok(files.folder.endsWith("/host/"));
    assert.doesNotThrow(() => pipedStdin(files.windows, files.program, "{}"));
  });
});
