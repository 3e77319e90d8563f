/** Running Pulumi as a child, with a shell script in its place. Proves nothing of what Pulumi does about SIGINT. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { killTree } from "../../../console/processes/process-tree";
import { runPulumiProcess } from "../../../console/processes/pulumi-process";
import { EXIT } from "../../../console/exit-codes";
import { Script, temporaryFolders } from "./support";

const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Resolves when a process is gone; the system may take a moment after a kill. */
async function gone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100 && isRunning(pid); attempt += 1)
    await new Promise((next) => setTimeout(next, 20));
  return !isRunning(pid);
}

describe("Pulumi as a child", () => {
  const temporary = temporaryFolders();

  /** A program in the place of the CLI. */
  function program(folder: string, script: string): string {
    const file = path.join(folder, "pulumi");
    fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file;
  }

  const options = (folder: string) => ({
    folder,
    environment: { PATH: process.env.PATH },
    stdio: "pipe" as const,
    log: () => undefined,
  });

  it("the Pulumi process must pass on arguments, output and exit code unchanged", async () => {
    const folder = temporary();
    const cli = program(folder, 'printf "%s|" "$@"; printf "to stderr" >&2; exit 7');
    const result = await runPulumiProcess(cli, ["up", "a b", "--x='y'"], options(folder));
    assert.equal(result.stdout, "up|a b|--x='y'|");
    assert.equal(result.stderr, "to stderr");
    assert.equal(result.code, 7);
  });

  it("the Pulumi process must not see the environment of this process", async () => {
    const folder = temporary();
    const result = await runPulumiProcess(program(folder, "env"), [], options(folder));
    assert.doesNotMatch(result.stdout, /^(HOME|USER|npm_|ARM_)/m);
  });

  it("the Pulumi process must be killed at its limit with all its children, including process groups of their own", async function () {
    if (process.platform !== "linux") this.skip(); // There is no setsid program elsewhere.
    const folder = temporary();
    const cli = program(folder, `setsid sleep 60 & echo $! > plugin; trap "" TERM INT; while :; do sleep 1; done`);
    const result = await runPulumiProcess(cli, [], { ...options(folder), limitSeconds: 0.5 });
    assert.equal(result.code, EXIT.timedOut);
    assert.ok(result.timedOut);
    assert.ok(await gone(Number(fs.readFileSync(path.join(folder, "plugin"), "utf8"))));
  });

  it("a plugin that outlives the Pulumi process and holds its output must not be waited for", async function () {
    if (process.platform !== "linux") this.skip(); // There is no setsid program elsewhere.
    const folder = temporary();
    const cli = program(folder, "setsid sleep 60 & echo $! > plugin; echo done");
    const result = await runPulumiProcess(cli, [], options(folder));
    assert.equal(result.stdout, "done\n");
    killTree(Number(fs.readFileSync(path.join(folder, "plugin"), "utf8")));
  });

  /** A process that runs the script as Pulumi and shows how it ended. */
  function runner(folder: string, script: string): Script {
    const cli = program(folder, script);
    return new Script(`
      load("console/interrupts").installInterrupts();
      load("console/processes/pulumi-process")
        .runPulumiProcess(${JSON.stringify(cli)}, [], {
          folder: ${JSON.stringify(folder)}, environment: process.env, stdio: "inherit", log: console.log,
        })
        .then(({ code, interrupted }) => console.log("ended", code, interrupted));`);
  }

  const COUNTING = `n=0; trap 'n=$((n + 1)); echo "SIGINT $n"' INT; echo ready; `;

  it("the Pulumi process must get SIGINT once for one Ctrl-C, however often the signal arrives", async () => {
    const folder = temporary();
    const script = runner(
      folder,
      `${COUNTING} while [ $n -eq 0 ]; do sleep 0.1; done; sleep 1; echo "seen $n"; exit 9`,
    );
    await script.prints("ready");
    // As the terminal sends it to every process of the group, and npm passes on what it got.
    for (let copy = 0; copy < 3; copy += 1) script.process.kill("SIGINT");
    await script.end();
    assert.match(script.output, /^seen 1$/m);
    assert.match(script.output, /^ended 9 true$/m);
    assert.doesNotMatch(script.output, /killed/);
  });

  it("the Pulumi process must be killed by a second Ctrl-C", async () => {
    const folder = temporary();
    const script = runner(folder, `${COUNTING} while :; do sleep 0.1; done`);
    await script.prints("ready");
    script.process.kill("SIGINT");
    await script.prints("SIGINT 1");
    await new Promise((next) => setTimeout(next, 900)); // Sooner it would count as the same press.
    script.process.kill("SIGINT");
    await script.end();
    assert.match(script.output, /^ended 137 true$/m);
  });
});
