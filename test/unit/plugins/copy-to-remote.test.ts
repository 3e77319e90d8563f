/** The command stand-in's CopyToRemote resource, against a small SFTP server. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { CommandProvider } from "../../../sandbox/plugins/command/command-provider";
import { PluginClient, secret, UNKNOWN, type Properties } from "./plugin-client";
import { startSsh, type SshFixture } from "./ssh-fixture";

const COPY = "command:remote:CopyToRemote";
const SIGNATURE = "4dabf18193072939515e22adb298388d";

const file = (place: string, hash: string) => ({ [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", hash, path: place });
const text = (content: string, hash: string) => ({
  [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17",
  hash,
  text: content,
});
const folder = (place: string, hash: string) => ({
  [SIGNATURE]: "0def7320c3a5731c473e5ecbe6d01bc7",
  hash,
  path: place,
});

describe("command stand-in, CopyToRemote", () => {
  let ssh: SshFixture;
  let plugin: PluginClient;
  let local: string;

  before(async () => {
    local = fs.mkdtempSync(path.join(os.tmpdir(), "copy-"));
    fs.mkdirSync(path.join(local, "program", "parts"), { recursive: true });
    fs.writeFileSync(path.join(local, "program", "main.ps1"), "main");
    fs.writeFileSync(path.join(local, "program", "parts", "one.ps1"), "x".repeat(100_000));
    ssh = await startSsh();
    plugin = await PluginClient.serve(new CommandProvider({}));
    await plugin.configure({});
  });
  after(async () => {
    plugin.stop();
    await ssh.stop();
    fs.rmSync(local, { recursive: true, force: true });
  });
  beforeEach(() => ssh.files.clear());

  function connection(): Properties {
    const { port, hostKey, privateKey } = ssh;
    return secret({
      host: "127.0.0.1",
      port,
      user: "administrator",
      hostKey,
      privateKey,
      dialErrorLimit: 0,
      perDialTimeout: 5,
    });
  }

  async function copy(source: Properties, remotePath: string): Promise<string[]> {
    const { inputs, failures } = await plugin.check(COPY, { connection: connection(), source, remotePath });
    assert.deepEqual(failures, []);
    await plugin.create(COPY, inputs);
    return [...ssh.files.keys()].sort();
  }

  it("CopyToRemote must copy a folder with its name, or only its contents if the path ends in a slash", async () => {
    const source = path.join(local, "program");
    assert.deepEqual(await copy(folder(source, "1"), "/C:/Program Files/app"), [
      "/C:",
      "/C:/Program Files",
      "/C:/Program Files/app",
      "/C:/Program Files/app/program",
      "/C:/Program Files/app/program/main.ps1",
      "/C:/Program Files/app/program/parts",
      "/C:/Program Files/app/program/parts/one.ps1",
    ]);
    assert.equal(ssh.files.get("/C:/Program Files/app/program/parts/one.ps1")!.length, 100_000);
    ssh.files.clear();
    assert.deepEqual(await copy(folder(`${source}/`, "1"), "/app"), [
      "/app",
      "/app/main.ps1",
      "/app/parts",
      "/app/parts/one.ps1",
    ]);
  });

  it("CopyToRemote must copy a file to a path, or into an existing folder", async () => {
    const source = file(path.join(local, "program", "main.ps1"), "1");
    assert.deepEqual(await copy(source, "/new/name.ps1"), ["/new", "/new/name.ps1"]);
    assert.ok((await copy(source, "/new")).includes("/new/main.ps1"));
  });

  it("CopyToRemote must write a text to a file, but not to a folder", async () => {
    await copy(text("content", "1"), "/notes.txt");
    assert.equal(ssh.files.get("/notes.txt")!.toString(), "content");
    ssh.files.set("/folder", null);
    await assert.rejects(copy(text("content", "1"), "/folder"), /is a directory; when using a text asset/);
    await assert.rejects(
      copy(text("content", "1"), "/forbidden/x"),
      /failed to create remote file .*permission denied/,
    );
  });

  it("CopyToRemote must copy again only if content or target changed, and nothing in a preview", async () => {
    const state = { connection: connection(), source: text("a", "1"), remotePath: "/a" };
    await plugin.update(COPY, "id", state, { ...state, triggers: ["x"] });
    await plugin.update(COPY, "id", state, { ...state, source: text("b", "2") }, true);
    await plugin.create(COPY, state, true);
    assert.equal(ssh.files.size, 0);
    await plugin.update(COPY, "id", state, { ...state, source: text("b", "2") });
    assert.equal(ssh.files.get("/a")!.toString(), "b");
    await plugin.update(COPY, "id", state, { ...state, remotePath: "/b" });
    assert.ok(ssh.files.has("/b"));
  });

  it("CopyToRemote must compare the hash, not the location of a file", async () => {
    const inputs = { connection: connection(), source: file("/here", "1"), remotePath: "/a" };
    const diff = (source: Properties) => plugin.diff(COPY, inputs, inputs, { ...inputs, source });
    assert.deepEqual((await diff(file("/there", "1"))).changed, []);
    assert.deepEqual((await diff(file("/here", "2"))).changed, ["source"]);
  });

  it("CopyToRemote must refuse a source that is missing or not known yet", async () => {
    for (const source of [undefined, UNKNOWN]) {
      const news = { connection: connection(), remotePath: "/a", ...(source && { source }) };
      const { failures } = await plugin.check(COPY, news);
      assert.ok(failures.some((failure) => failure.reason === "either asset or archive must be set"));
    }
    await assert.rejects(copy(file(path.join(local, "nothing"), "1"), "/a"), /no such file or directory/);
  });
});
