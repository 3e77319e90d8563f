/** How a program ends if the engine has ended the run before it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "../..");

/** A program with the SDK's own kind of handler, which prints; then something fails in it. */
function ends(failure: string): { code: number | null; printed: string } {
  const code = `
    const print = (error) => { console.log("unhandled:", error.message); process.exit(1); };
    process.on("uncaughtException", print).on("unhandledRejection", print);
    require("./components/run-failure").endWithTheEngine();
    ${failure}
    setTimeout(() => process.exit(0), 5000);`;
  const child = spawnSync(process.execPath, ["-r", "ts-node/register", "-e", code], { cwd: ROOT, timeout: 60_000 });
  return { code: child.status, printed: `${child.stdout.toString()}${child.stderr.toString()}` };
}

describe("a program whose engine has ended", () => {
  for (const message of [
    'error serializing property "stdin": Channel has been shut down',
    "14 UNAVAILABLE: Channel closed before call started",
    "Resource monitor is terminating",
    "1 CANCELLED: Invoke: getProviderFromSource: context canceled",
  ]) {
    it(`a program must end as failed and print nothing about a call behind the engine: ${message}`, () => {
      const quiet = { code: 32, printed: "" };
      assert.deepEqual(ends(`void Promise.reject(new Error(${JSON.stringify(message)}));`), quiet);
      assert.deepEqual(ends(`setTimeout(() => { throw new Error(${JSON.stringify(message)}); });`), quiet);
    });
  }

  it("a program must still print every other failure", () => {
    const loud = { code: 1, printed: "unhandled: something else\n" };
    assert.deepEqual(ends('void Promise.reject(new Error("something else"));'), loud);
  });
});
