/**
 * A new host program in a copy of this repository, and what else is written beside it: what of that reaches the servers.
 * The stack is one that an older version made, and this one took over.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { programManifest } from "../../model/protocol/host-bootstrap";
import { MANIFEST_FILE, PROGRAM_FILES, PROGRAM_FOLDER } from "../../model/protocol/host-protocol";
import { withValues, worldValues } from "../helpers/world-values";
import { TestSandbox } from "./support";

const ROOT = path.resolve(__dirname, "../..");
/** What a run of the program reads; node_modules is linked. */
const SOURCES = ["bin", "components", "host", "host-program", "index.ts", "model", "program.js", "remote"];
const SETTINGS = ["package.json", "tsconfig.json", "Pulumi.yaml", "Pulumi.dev.yaml"];
const SERVERS = ["sync01", "sync02"];
/** What a release changes. */
const RELEASE = ["update sync01-program", "update sync01-server", "update sync02-program", "update sync02-server"];
/** As Set-AuthenticodeSignature writes it; no one checks it here. */
const SIGNATURE = [
  "# SIG # Begin signature block",
  "# MIIFuQYJKoZIhvcNAQcCoIIFqjCCBaYCAQEx",
  "# SIG # End signature block",
];

function writeManifest(folder: string): void {
  const files = Object.fromEntries(PROGRAM_FILES.map((name) => [name, fs.readFileSync(path.join(folder, name))]));
  fs.writeFileSync(path.join(folder, MANIFEST_FILE), programManifest(files).text);
}

describe("a new host program", () => {
  const project = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-release-"));
  const host = (...parts: string[]) => path.join(project, "host", ...parts);
  let stack: TestSandbox;

  before(async () => {
    for (const name of [...SOURCES, ...SETTINGS]) {
      fs.cpSync(path.join(ROOT, name), path.join(project, name), { recursive: true });
    }
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(project, "node_modules"));
    stack = await TestSandbox.open({ projectFolder: project, serverCount: SERVERS.length });
    await stack.up();
    const fixture = fs.readFileSync(path.join(__dirname, "../older-states/before-the-folders.json"), "utf8");
    const file = path.join(stack.folder, "older.json");
    fs.writeFileSync(file, withValues(fixture, worldValues(stack.folder)));
    const { code, output } = await stack.pulumi(["stack", "import", "--file", file]);
    assert.equal(code, 0, output);
    // That version's program was another one, and it did not remember what used the product's own application.
    stack.removeLeftovers();
    await stack.up();
  });

  after(async () => {
    await stack?.close();
    fs.rmSync(project, { recursive: true, force: true });
  });

  /** Operation and name of each resource that a preview would change. */
  async function changes(): Promise<string[]> {
    const { code, stdout, output } = await stack.pulumi(["preview", "--json", "--non-interactive"]);
    assert.equal(code, 0, output);
    const { steps } = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
    return steps
      .filter(({ op }) => op !== "same")
      .map(({ op, urn }) => `${op} ${urn.split("::").pop()}`)
      .sort();
  }

  /** Both servers hold the files of a folder, byte by byte, and nothing else. */
  function expectInstalled(folder: string): void {
    for (const server of SERVERS) {
      const installed = path.join(stack.folder, "servers", server, "files", PROGRAM_FOLDER.replace(":", ""));
      assert.deepEqual(fs.readdirSync(installed).sort(), fs.readdirSync(folder).sort());
      for (const name of fs.readdirSync(installed)) {
        assert.ok(fs.readFileSync(path.join(installed, name)).equals(fs.readFileSync(path.join(folder, name))), name);
      }
    }
  }

  it("a change of the protocol's page must not be a release of the host program", async () => {
    fs.appendFileSync(path.join(project, "host-program", "PROTOCOL.md"), "\nA corrected sentence.\n");
    assert.deepEqual(await changes(), []);
  });

  it("a file that the manifest does not list must not be copied to a server", async () => {
    fs.writeFileSync(host("notes.txt"), "not for servers\n");
    const { code, output } = await stack.preview();
    fs.rmSync(host("notes.txt"));
    assert.notEqual(code, 0);
    assert.match(output, /host\/notes\.txt is not part of the host program/);
  });

  it("a release of the host program must be one change of the folder on each server, beside the declaration, and be copied once", async () => {
    fs.appendFileSync(host("Windows.ps1"), "# another release\n");
    writeManifest(host());
    assert.deepEqual(await changes(), RELEASE);
    await stack.up();
    expectInstalled(host());
    assert.deepEqual(await changes(), []);
  });

  it("the host program must be copied again if it was changed on a server", async () => {
    await stack.sandbox.break("sync02", "program");
    assert.deepEqual(await changes(), ["replace sync02-program", "update sync02-server"]);
    await stack.up();
    assert.deepEqual(await changes(), []);
  });

  it("a program that the organisation signed must take the place of the unsigned one, as a release", async () => {
    const signed = path.join(project, "host-signed");
    fs.mkdirSync(signed);
    for (const name of PROGRAM_FILES) {
      const lines = [...fs.readFileSync(host(name), "utf8").trimEnd().split("\n"), ...SIGNATURE, ""];
      fs.writeFileSync(path.join(signed, name), `\ufeff${lines.join("\r\n")}`);
    }
    writeManifest(signed);
    assert.deepEqual(await changes(), RELEASE);
    await stack.up();
    expectInstalled(signed);
    assert.deepEqual(await changes(), []);
  });
});
