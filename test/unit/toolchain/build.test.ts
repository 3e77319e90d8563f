import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildToolchain } from "../../../sandbox/toolchain/build";
import { isComplete } from "../../../sandbox/toolchain/cache";
import { isRunning } from "../../../console/processes/descendants";
import { PULUMI_VERSION } from "../../../sandbox/toolchain/version";
import { inTemporaryFolder, writeProgram } from "./support";

/** A Go that records how it is called, and whose results say this version. */
function writeGo(root: string, { version = PULUMI_VERSION, go = "go1.26.8", before = ":" } = {}): NodeJS.ProcessEnv {
  // Where a real Go would keep them: the check for room looks there, and nothing is written.
  const answer = { GOVERSION: go, GOTOOLCHAIN: "local", GOCACHE: os.homedir(), GOMODCACHE: os.homedir() };
  writeProgram(
    path.join(root, "bin", "go"),
    `if [ "$1" = env ]; then echo '${JSON.stringify(answer)}'; exit; fi`,
    `echo "$GOFLAGS|$CGO_ENABLED|$GOWORK|$*" >> '${root}/calls'`,
    before,
    `printf '#!/bin/sh\\necho v${version}\\n' > "$5"`,
    `chmod 755 "$5"`,
  );
  return { PATH: `${path.join(root, "bin")}:/usr/bin:/bin`, HOME: root, GOFLAGS: "-mod=mod", CGO_ENABLED: "1" };
}

function calls(root: string): string[] {
  return fs.readFileSync(path.join(root, "calls"), "utf8").trim().split("\n");
}

const TOOLCHAIN = path.resolve(__dirname, "../../../sandbox/toolchain");

/** Builds in a process of its own with a Go that never ends, and interrupts that as soon as Go runs. */
async function interruptBuild(root: string, preparation: string): Promise<number> {
  const env = writeGo(root, { before: `echo $$ > '${root}/pid.next'; mv '${root}/pid.next' '${root}/pid'; sleep 60` });
  const script = `
    ${preparation}
    const { buildToolchain } = require(${JSON.stringify(path.join(TOOLCHAIN, "build"))});
    buildToolchain({ env: ${JSON.stringify(env)}, folder: ${JSON.stringify(path.join(root, "cache", "t"))}, log() {} })
      .catch((error) => { console.error(error.message); process.exit(9); });
  `;
  const builder = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script], { stdio: "ignore" });
  const closed = once(builder, "close");
  for (let attempt = 0; attempt < 500 && !fs.existsSync(path.join(root, "pid")); attempt++) await sleep(20);
  builder.kill("SIGINT");
  const [code] = (await closed) as [number];
  return code;
}

describe("toolchain: build", function () {
  this.timeout(60_000);

  it("the toolchain must not be built twice when two builds start at once", () =>
    inTemporaryFolder(async (root) => {
      const options = { env: writeGo(root, { before: "sleep 0.3" }), folder: path.join(root, "cache", "t"), log() {} };
      const folders = await Promise.all([buildToolchain(options), buildToolchain(options)]);
      assert.deepEqual(folders, [options.folder, options.folder]);
      assert.equal(calls(root).length, 2); // CLI and language host
      assert.equal(isComplete(options.folder), true);
      assert.deepEqual(fs.readdirSync(path.join(root, "cache")), ["t"]);
    }));

  it("the build must create read-only modules without C, whatever the user's shell sets", () =>
    inTemporaryFolder(async (root) => {
      await buildToolchain({ env: writeGo(root), folder: path.join(root, "cache", "t"), log() {} });
      for (const call of calls(root)) assert.match(call, /^-mod=readonly -trimpath -buildvcs=false\|0\|off\|build /);
    }));

  it("a failed build must name what failed, and leave nothing half-finished", () =>
    inTemporaryFolder(async (root) => {
      const env = writeGo(root, { before: "echo 'checksum mismatch' >&2; exit 1" });
      const options = { env, folder: path.join(root, "cache", "t"), log() {} };
      await assert.rejects(buildToolchain(options), /Building pulumi-language-nodejs failed:\nchecksum mismatch/);
      assert.deepEqual(fs.readdirSync(path.join(root, "cache")), []);
    }));

  it("the build must not keep a CLI that runs as another version", () =>
    inTemporaryFolder(async (root) => {
      const options = { env: writeGo(root, { version: "3.1.0" }), folder: path.join(root, "cache", "t"), log() {} };
      await assert.rejects(buildToolchain(options), /does not run as/);
      assert.equal(fs.existsSync(options.folder), false);
    }));

  it("a missing Go must be named with the remedy", () =>
    inTemporaryFolder(async (root) => {
      const env = { PATH: path.join(root, "empty"), HOME: root };
      const options = { env, folder: path.join(root, "cache", "t"), log() {} };
      await assert.rejects(
        buildToolchain(options),
        /"go" is not on PATH. Go 1\.\d+\.\d+ or later builds .*go\.dev\/dl/,
      );
    }));

  it("a Go that is too old must be named with the required version", () =>
    inTemporaryFolder(async (root) => {
      const options = { env: writeGo(root, { go: "go1.20.1" }), folder: path.join(root, "cache", "t"), log() {} };
      await assert.rejects(buildToolchain(options), /Go 1\.20\.1 is too old .*install Go 1\.26\.6 or later/);
    }));

  it("the build must show its steps and the disk space that they need", () =>
    inTemporaryFolder(async (root) => {
      const lines: string[] = [];
      const log = (line: string): number => lines.push(line);
      await buildToolchain({ env: writeGo(root), folder: path.join(root, "cache", "t"), log });
      assert.match(lines[0], /^building the Pulumi CLI 3\.276\.0 from Go modules: .* \d\.\d GB of disk$/);
    }));

  for (const [who, preparation, code] of [
    ["this process", "", 9],
    // The command line ends the process at an interrupt that no one else takes.
    [
      "the command line",
      `require(${JSON.stringify(path.join(TOOLCHAIN, "../../console/interrupts"))}).installInterrupts();`,
      130,
    ],
  ] as const) {
    it(`an interrupt by ${who} must not leave Go running, and the next build must continue`, () =>
      inTemporaryFolder(async (root) => {
        assert.equal(await interruptBuild(root, preparation), code);
        const pid = Number(fs.readFileSync(path.join(root, "pid"), "utf8"));
        for (let attempt = 0; attempt < 100 && isRunning(pid); attempt++) await sleep(20);
        assert.equal(isRunning(pid), false);
        const folder = path.join(root, "cache", "t");
        assert.equal(fs.existsSync(folder), false);
        await buildToolchain({ env: writeGo(root), folder, log() {} });
        assert.deepEqual(fs.readdirSync(path.join(root, "cache")), ["t"]);
      }));
  }
});
