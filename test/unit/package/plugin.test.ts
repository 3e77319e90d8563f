/** The folder of the Pulumi plugin: what is in it, that it starts by itself, and the archives of a release. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buildPlugin, packPlugin } from "../../../tools/packaging/plugin";
import { filesIn } from "../../../tools/packaging/imports";

const ROOT = path.resolve(__dirname, "../../..");
const NAME = "pulumi-resource-connect-sync-identity";

/** Licences of dependencies that permit what is done here; the last two are of lists of licence names. */
const PERMISSIVE =
  /^\(?(MIT|ISC|Apache-2\.0|0BSD|BSD-[23]-Clause|Unlicense|Python-2\.0|CC0-1\.0|CC-BY-3\.0)( (AND|OR) [\w.-]+)*\)?$/;

describe("the Pulumi plugin", function () {
  this.timeout(300_000);
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "plugin-contents-"));
  const folder = path.join(work, "built");
  before(() => buildPlugin(folder, "https://example.com/plugins"));
  after(() => fs.rmSync(work, { recursive: true, force: true }));

  it("must hold at its top level what the engine starts and what that needs, and nothing that an installation would run npm for", () => {
    assert.deepEqual(fs.readdirSync(folder).sort(), [
      ...["LICENSE", "components", "host", "model", "node_modules", "package.json", "provider"],
      ...[NAME, `${NAME}.cmd`, "remote", "schema"],
    ]);
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")) as Record<string, unknown>;
    assert.deepEqual([manifest.private, manifest.dependencies], [true, undefined]);
    const own = filesIn(folder).filter((file) => !file.includes("node_modules"));
    assert.deepEqual(
      own.filter((file) => /\.ts$|test|sandbox|\.map$/.test(path.relative(folder, file))),
      [],
    );
    for (const file of own)
      assert.ok(!fs.readFileSync(file, "utf8").includes(ROOT), `${file} names a folder of this machine`);
  });

  it("must contain the host program byte by byte, and the address that its archives will have", () => {
    for (const file of fs.readdirSync(path.join(ROOT, "host"))) {
      const [built, tracked] = [folder, ROOT].map((root) => fs.readFileSync(path.join(root, "host", file)));
      assert.ok(built.equals(tracked), file);
    }
    const read = (root: string) =>
      JSON.parse(fs.readFileSync(path.join(root, "schema", "package.schema.json"), "utf8")) as Record<string, unknown>;
    const { pluginDownloadURL, ...schema } = read(folder);
    assert.equal(pluginDownloadURL, "https://example.com/plugins");
    assert.deepEqual(schema, read(ROOT));
  });

  it("must bring only dependencies of permissive licences, nothing compiled for one machine, and each licence", () => {
    const manifests = filesIn(path.join(folder, "node_modules")).filter((file) =>
      /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file),
    );
    assert.ok(manifests.length > 50, String(manifests.length));
    for (const file of manifests) {
      const { name, license, licenses } = JSON.parse(fs.readFileSync(file, "utf8")) as {
        name: string;
        license?: string;
        licenses?: { type: string }[];
      };
      const named = license ?? licenses?.[0]?.type ?? "none";
      // Their LICENSE files are of the MIT licence.
      if (named.startsWith("SEE LICENSE")) {
        assert.match(
          fs.readFileSync(path.join(path.dirname(file), "LICENSE"), "utf8"),
          /MIT|Permission is hereby granted/,
          name,
        );
      } else assert.match(named, PERMISSIVE, name);
    }
    assert.deepEqual(
      filesIn(folder).filter((file) => file.endsWith(".node")),
      [],
    );
  });

  it("must start with Node.js alone and print its port, wherever it is", async () => {
    const moved = path.join(work, "moved to here");
    fs.renameSync(folder, moved);
    try {
      const env = { PATH: process.env.PATH, HOME: work };
      const child = spawn(path.join(moved, NAME), ["127.0.0.1:1"], { cwd: work, env });
      const port = await new Promise<string>((resolve, reject) => {
        child.stdout.once("data", (data: Buffer) => resolve(data.toString()));
        child.once("exit", (code) => reject(new Error(`it ended with ${code}`)));
      });
      child.kill("SIGKILL");
      assert.match(port, /^\d+\n$/);
    } finally {
      fs.renameSync(moved, folder);
    }
  });

  it("without Node.js on PATH it must say what it needs", () => {
    const bin = path.join(work, "bin");
    fs.mkdirSync(bin);
    for (const tool of ["sh", "dirname"]) fs.symlinkSync(path.join("/bin", tool), path.join(bin, tool));
    const run = () => execFileSync(path.join(folder, NAME), [], { env: { PATH: bin }, stdio: "pipe" });
    assert.throws(run, /needs Node\.js 22\.18 or newer on PATH/);
  });

  it("must be packed for each platform under the name that the engine asks for, with the files at the top", () => {
    const archives = packPlugin(folder, work).map((file) => path.basename(file));
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };
    assert.deepEqual(archives.sort(), [
      ...["darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64", "windows-amd64", "windows-arm64"].map(
        (platform) => `${NAME}-v${version}-${platform}.tar.gz`,
      ),
    ]);
    const listed = execFileSync("tar", ["-tzf", path.join(work, archives[0])], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    assert.ok(listed.split("\n").includes(NAME));
  });
});
