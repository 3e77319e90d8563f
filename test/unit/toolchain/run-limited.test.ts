import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { childEnvironment } from "../../../sandbox/toolchain/environment";
import { descendants, isRunning } from "../../../console/processes/descendants";
import { runLimited } from "../../../console/processes/run-limited";

const env = childEnvironment();
const MODULE = path.resolve(__dirname, "../../../console/processes/run-limited");

/** A program that heeds no SIGTERM, starts another in a session of its own, and tells both process ids. */
const STUBBORN = `
  process.on("SIGTERM", () => {});
  const { spawn } = require("node:child_process");
  const inner = spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"],
    { detached: true, stdio: "ignore" });
  console.log(process.pid + " " + inner.pid);
  setInterval(() => {}, 1000);
`;

async function gone(pid: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (!isRunning(pid)) return;
    await sleep(20);
  }
  assert.fail(`process ${pid} still runs`);
}

/** A Node.js of its own that runs STUBBORN through runLimited, and what happens there afterwards. */
function outerProcess(program: string, afterwards = "", more = ""): ReturnType<typeof spawn> {
  const script = `
    const { runLimited } = require(${JSON.stringify(MODULE)});
    runLimited(process.execPath, ["-e", ${JSON.stringify(program)}],
      { env: process.env, limitSeconds: 20, graceSeconds: 0.2, ${more} onOutput: (text) => process.stdout.write(text) })
      .then((result) => { console.log(JSON.stringify(result)); });
    ${afterwards}
  `;
  return spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

describe("toolchain: running with a limit", function () {
  this.timeout(60_000);

  it("a limited run must pass the exit code on and collect output", async () => {
    const result = await runLimited("sh", ["-c", "echo out; echo err >&2; exit 7"], { env, limitSeconds: 10 });
    const expected = { exitCode: 7, timedOut: false, interrupted: false, stdout: "out\n", stderr: "err\n" };
    assert.deepEqual(result, expected);
  });

  it("a limited run must return 128 plus the signal's number if a signal ended the program", async () => {
    const result = await runLimited("sh", ["-c", "kill -KILL $$"], { env, limitSeconds: 10 });
    assert.equal(result.exitCode, 137);
  });

  it("a limited run must reject if the program cannot be started", async () => {
    await assert.rejects(runLimited("/nonexistent/program", [], { env, limitSeconds: 10 }), /ENOENT/);
  });

  it("a limited run must not leave a program that ignores SIGTERM, or its children in another session", async () => {
    const options = { env, limitSeconds: 0.5, graceSeconds: 0.2 };
    const result = await runLimited(process.execPath, ["-e", STUBBORN], options);
    assert.equal(result.timedOut, true);
    assert.equal(result.exitCode, 124);
    const [outer, inner] = result.stdout.trim().split(" ").map(Number);
    await gone(outer);
    await gone(inner);
  });

  it("a limited run must let a program end cleanly at the limit", async () => {
    const polite =
      "process.on('SIGTERM', () => { console.log('ended'); process.exit(0) }); setInterval(() => {}, 1000)";
    const options = { env, limitSeconds: 0.5, graceSeconds: 20 };
    const result = await runLimited(process.execPath, ["-e", polite], options);
    assert.equal(result.stdout, "ended\n");
    assert.equal(result.timedOut, true);
  });

  it("a limited run must not wait for output of a process that outlives the program", async () => {
    const start = Date.now();
    const result = await runLimited("sh", ["-c", "sleep 20 & echo started"], { env, limitSeconds: 15 });
    assert.equal(result.stdout, "started\n");
    assert.ok(Date.now() - start < 10_000);
  });

  it("a limited run must pass an interrupt on and say so", async () => {
    const inner = "process.on('SIGINT', () => process.exit(3)); console.log('ready'); setInterval(() => {}, 1000)";
    const outer = outerProcess(inner);
    let output = "";
    outer.stdout?.on("data", (data: Buffer) => {
      if (!output.includes("ready") && data.includes("ready")) outer.kill("SIGINT");
      output += data.toString();
    });
    await once(outer, "close");
    const result = JSON.parse(output.trim().split("\n").pop() ?? "") as { exitCode: number; interrupted: boolean };
    assert.equal(result.exitCode, 3);
    assert.equal(result.interrupted, true);
  });

  it("a limited run must end at an interrupt if requested, even if the program ignores it", async () => {
    const deaf = "process.on('SIGINT', () => {}); console.log(process.pid); setInterval(() => {}, 1000)";
    const outer = outerProcess(deaf, "", 'interrupt: "end",');
    const [data] = (await once(outer.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    outer.kill("SIGINT");
    await once(outer, "close");
    await gone(Number(data.toString()));
  });

  it("a limited run must not leave the program running when this process exits", async () => {
    const outer = outerProcess(STUBBORN, "process.on('SIGUSR2', () => process.exit(1));");
    const [data] = (await once(outer.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    const pids = data.toString().trim().split(" ").map(Number);
    assert.ok(descendants(outer.pid as number).includes(pids[1]));
    outer.kill("SIGUSR2");
    await once(outer, "close");
    for (const pid of pids) await gone(pid);
  });
});
