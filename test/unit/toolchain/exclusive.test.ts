import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeExclusively, type ExclusiveOptions } from "../../../sandbox/toolchain/exclusive";
import { inTemporaryFolder } from "./support";

const MODULE = path.resolve(__dirname, "../../../sandbox/toolchain/exclusive");

function optionsFor(root: string, more: Partial<ExclusiveOptions> = {}): ExclusiveOptions {
  return {
    folder: path.join(root, "made"),
    isComplete: (folder) => fs.existsSync(path.join(folder, "whole")),
    fill: async (folder) => fs.writeFileSync(path.join(folder, "whole"), ""),
    what: "a folder",
    log: () => {},
    pollSeconds: 0.02,
    ...more,
  };
}

describe("toolchain: making a folder of the cache", function () {
  this.timeout(60_000);

  it("a cache folder must not be created twice when two start at once; the second waits and says so", () =>
    inTemporaryFolder(async (root) => {
      let fills = 0;
      const lines: string[] = [];
      let secondWaits = (): void => {};
      const waiting = new Promise<void>((resolve) => (secondWaits = resolve));
      const options = optionsFor(root, {
        fill: async (folder) => {
          fills++;
          await waiting;
          fs.writeFileSync(path.join(folder, "whole"), "");
        },
        log: (line) => {
          lines.push(line);
          secondWaits();
        },
      });
      await Promise.all([makeExclusively(options), makeExclusively(options)]);
      assert.equal(fills, 1);
      assert.deepEqual(lines, ["another process is creating a folder: waited 0 s"]);
      assert.deepEqual(fs.readdirSync(root), ["made"]);
    }));

  it("the error must name the variable that moves the cache if the cache's folder cannot be created", () =>
    inTemporaryFolder(async (root) => {
      fs.writeFileSync(path.join(root, "file"), "");
      const making = makeExclusively(optionsFor(path.join(root, "file", "cache")));
      await assert.rejects(making, {
        message: `The toolchain's folder ${root}/file/cache cannot be written (ENOTDIR); set XDG_CACHE_HOME to the absolute path of one that can.`,
      });
    }));

  it("the error must name the variable that moves the cache if the cache's folder cannot be written", function () {
    if (process.getuid?.() === 0) this.skip();
    return inTemporaryFolder(async (root) => {
      fs.chmodSync(root, 0o500);
      await assert.rejects(makeExclusively(optionsFor(root)), /cannot be written \(EACCES\); set XDG_CACHE_HOME/);
    });
  });

  it("a cache folder must not be visible before it is complete, and must not remain after a failure", () =>
    inTemporaryFolder(async (root) => {
      const options = optionsFor(root, {
        fill: async (folder) => {
          fs.writeFileSync(path.join(folder, "half"), "");
          assert.equal(fs.existsSync(path.join(root, "made")), false);
          throw new Error("no luck");
        },
      });
      await assert.rejects(makeExclusively(options), /no luck/);
      assert.deepEqual(fs.readdirSync(root), []);
      await makeExclusively(optionsFor(root));
      assert.deepEqual(fs.readdirSync(path.join(root, "made")), ["whole"]);
    }));

  it("the creation must continue after a process was killed in the middle", () =>
    inTemporaryFolder(async (root) => {
      const script = `
        const { makeExclusively } = require(${JSON.stringify(MODULE)});
        const fs = require("node:fs");
        makeExclusively({ folder: ${JSON.stringify(path.join(root, "made"))}, isComplete: () => false, what: "", log() {},
          fill: (folder) => { fs.writeFileSync(folder + "/half", ""); console.log("filling");
            return new Promise(() => setInterval(() => {}, 1000)); } });
      `;
      const other = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script]);
      await once(other.stdout, "data");
      other.kill("SIGKILL");
      await once(other, "close");
      assert.deepEqual(fs.readdirSync(root).sort(), ["made.lock", `unfinished-made-${other.pid}`]);
      // A lock counts as dead after the library's least of 2 seconds.
      await makeExclusively(optionsFor(root, { staleSeconds: 2 }));
      assert.deepEqual(fs.readdirSync(root), ["made"]);
      assert.deepEqual(fs.readdirSync(path.join(root, "made")), ["whole"]);
    }));

  it("the creation must not fail if another process took over the lock first", () =>
    inTemporaryFolder(async (root) => {
      const taken = async (folder: string): Promise<void> => {
        fs.rmdirSync(path.join(root, "made.lock"));
        await sleep(1500); // The library looks at its lock every second.
        fs.mkdirSync(path.join(root, "made"));
        fs.writeFileSync(path.join(root, "made", "whole"), "the other's");
        fs.writeFileSync(path.join(folder, "whole"), "ours");
      };
      await makeExclusively(optionsFor(root, { staleSeconds: 2, fill: taken }));
      assert.deepEqual(fs.readdirSync(root), ["made"]);
      assert.equal(fs.readFileSync(path.join(root, "made", "whole"), "utf8"), "the other's");
    }));

  it("the creation must do nothing if the folder exists", () =>
    inTemporaryFolder(async (root) => {
      await makeExclusively(optionsFor(root));
      await makeExclusively(optionsFor(root, { fill: () => assert.fail("made again") }));
    }));
});
