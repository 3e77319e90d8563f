import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { SandboxFolder } from "../../../sandbox/folder/folder";
import { pickPorts } from "../../../sandbox/folder/settings";
import { projectName } from "../../../console/project-name";
import { makeScratchProject, stackExists } from "../../../sandbox/engine/stack";
import { temporaryFolders } from "./support";

describe("the sandbox's folder", () => {
  const temporary = temporaryFolders();

  it("the agent's socket must be where its path fits, in a folder of this user only", () => {
    const folder = new SandboxFolder(path.join(temporary(), "a-long-name-".repeat(20)));
    assert.ok(Buffer.byteLength(folder.agentSocket) <= 103);
    try {
      folder.makeAgentFolder();
      folder.makeAgentFolder();
      assert.equal(fs.statSync(folder.agentFolder).mode & 0o777, 0o700);
      fs.chmodSync(folder.agentFolder, 0o755);
      assert.throws(() => folder.makeAgentFolder(), /not a private folder/);
    } finally {
      fs.rmSync(folder.agentFolder, { recursive: true });
    }
  });

  it("each sandbox folder must have its own agent socket", () => {
    assert.notEqual(new SandboxFolder("/one").agentSocket, new SandboxFolder("/two").agentSocket);
  });

  it("a wiped sandbox folder must keep only the lock and what is meant to stay", () => {
    const folder = new SandboxFolder(temporary());
    fs.writeFileSync(folder.lockFile, "held");
    fs.mkdirSync(folder.home);
    fs.mkdirSync(folder.keys);
    fs.writeFileSync(folder.settingsFile, "{}");
    folder.wipe(["home"]);
    assert.deepEqual(fs.readdirSync(folder.root).sort(), ["home", "lock"]);
  });

  it("a sandbox folder must use different ports that are free, also for the two hundred servers of a benchmark", async () => {
    const ports = await pickPorts(202);
    assert.equal(new Set(ports).size, 202);
    for (const port of ports) {
      const server = net.createServer();
      await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("the stack must be created from a copy that contains only the project's name and the tracked salt", () => {
    const project = temporary();
    const folder = new SandboxFolder(temporary());
    const tracked = "encryptionsalt: v1:abc=:v1:def:ghi==\nconfig:\n  a:b: c\n";
    fs.writeFileSync(path.join(project, "Pulumi.yaml"), "name: some-project\nruntime: nodejs\n");
    fs.writeFileSync(path.join(project, "Pulumi.dev.yaml"), tracked);
    assert.equal(projectName(path.join(project, "Pulumi.yaml")), "some-project");
    assert.equal(stackExists(folder, "some-project"), false);
    const scratch = makeScratchProject(folder, project);
    const copied = fs.readFileSync(path.join(scratch, "Pulumi.dev.yaml"), "utf8");
    assert.equal(copied, "encryptionsalt: v1:abc=:v1:def:ghi==\n");
    assert.match(fs.readFileSync(path.join(scratch, "Pulumi.yaml"), "utf8"), /^name: some-project\n/);
    assert.equal(fs.readFileSync(path.join(project, "Pulumi.dev.yaml"), "utf8"), tracked);
  });
});
