import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pipedStdin, programManifest } from "../../../model/protocol/host-bootstrap";
import { PROGRAM_FILES, STDIN_SEPARATOR } from "../../../model/protocol/host-protocol";
import { readHostProgram } from "../../../remote/host-program-files";
import { SIGN } from "../host/powershell-source";

/** Signs nothing here: PowerShell has no cmdlet for signatures outside Windows. */
const hasPowerShell = () => spawnSync("pwsh", ["-NoProfile", "-Command", "exit 0"], { timeout: 30_000 }).status === 0;

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

  describe("that an organisation has signed", () => {
    const BLOCK =
      "\r\n# SIG # Begin signature block\r\n# MIIFuQYJKoZIhvcNAQcCoIIFqjCCBaYCAQEx\r\n# SIG # End signature block\r\n";
    const sign = (text: string) => `\ufeff${text.replaceAll("\n", "\r\n").trimEnd()}${BLOCK}`;
    let project: string;
    beforeEach(() => {
      project = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-project-"));
    });
    afterEach(() => fs.rmSync(project, { recursive: true }));

    function install(change: (name: string, text: string) => string) {
      const signed = path.join(project, "host-signed");
      fs.mkdirSync(signed);
      const texts = PROGRAM_FILES.map((name) => [name, change(name, fs.readFileSync(path.join(folder, name), "utf8"))]);
      for (const [name, text] of texts) fs.writeFileSync(path.join(signed, name), text);
      const manifest = programManifest(Object.fromEntries(texts) as Record<string, string>);
      fs.writeFileSync(path.join(signed, "manifest.json"), manifest.text);
      return manifest;
    }

    it("a signed program must be the one that is copied, byte by byte, with the hash of its own manifest", () => {
      const manifest = install((_name, text) => sign(text));
      const files = readHostProgram(folder, project);
      assert.equal(files.folder, path.join(project, "host-signed/"));
      assert.equal(files.sha256, manifest.sha256);
    });

    it("a signed program must travel on stdin: no mark of an encoding, line feeds alone, the signature at its end", () => {
      install((_name, text) => sign(text));
      const { windows, program } = readHostProgram(folder, project);
      const [first, second] = pipedStdin(windows, program, "{}").split(`${STDIN_SEPARATOR}\n`);
      assert.match(first, /^# Windows\.ps1\n# SIG # Begin signature block\n[^]*# SIG # End signature block\n$/);
      assert.match(second, /^# ConnectSyncHost\.ps1\n# SIG # Begin/);
    });

    it("a signed program of another version must be refused, and one without a signature", () => {
      install((name, text) => sign(name === "Windows.ps1" ? `${text}# earlier\n` : text));
      assert.throws(
        () => readHostProgram(folder, project),
        /host-signed\/Windows\.ps1 is not this version's program; sign/,
      );
      fs.rmSync(path.join(project, "host-signed"), { recursive: true });
      install((name, text) => (name === "Windows.ps1" ? text : sign(text)));
      assert.throws(() => readHostProgram(folder, project), /host-signed\/Windows\.ps1 has no signature; sign/);
    });

    it("a signed program without its manifest must be refused, with the command that makes it", function () {
      install((_name, text) => sign(text));
      fs.appendFileSync(path.join(project, "host-signed/Windows.ps1"), "\n");
      assert.throws(() => readHostProgram(folder, project), /host-signed\/manifest\.json lists; run Sign-HostProgram/);
    });

    it("Sign-HostProgram.ps1 must write the manifest that this project computes", function () {
      if (!hasPowerShell()) return this.skip();
      this.timeout(60_000);
      const manifest = install((_name, text) => sign(text));
      const file = path.join(project, "host-signed/manifest.json");
      fs.writeFileSync(file, "{}");
      const args = [
        "-NoProfile",
        "-NonInteractive",
        "-File",
        path.resolve(SIGN),
        "-ManifestOnly",
        "-Folder",
        "host-signed",
      ];
      const { stdout, stderr, status } = spawnSync("pwsh", args, { cwd: project, encoding: "utf8", timeout: 50_000 });
      assert.equal(status, 0, stderr);
      assert.equal(fs.readFileSync(file, "utf8"), manifest.text);
      assert.ok(stdout.includes(manifest.sha256), stdout);
      assert.equal(readHostProgram(folder, project).sha256, manifest.sha256);
    });
  });

  it("the host program's files in this project must be complete and fit for stdin", () => {
    const files = readHostProgram();
    assert.ok(files.folder.endsWith("/host/"));
    assert.doesNotThrow(() => pipedStdin(files.windows, files.program, "{}"));
  });
});
