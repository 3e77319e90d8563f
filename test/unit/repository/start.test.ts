/** What a process loads before it works: packages are counted, for seconds depend on the machine. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "../../..");

/** The packages that a file loads in a process of its own; what it exports is called, without an engine. */
function packagesOf(file: string, option?: string): string[] {
  const script = `
    process.argv = [process.argv[0], ${JSON.stringify(file)}, ...${JSON.stringify(option ? [option] : [])}];
    process.on("exit", () => {
      const names = Object.keys(require.cache).map((file) => /.*node_modules.((@[^/\\\\]+.)?[^/\\\\]+)/.exec(file)?.[1]);
      console.log("packages: " + JSON.stringify([...new Set(names)].filter(Boolean).sort()));
    });
    const exported = require(${JSON.stringify(file)});
    if (typeof exported === "function") exported().catch(() => undefined);`;
  // The first run may compile.
  const [, output] = [1, 2].map(() =>
    execFileSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8", timeout: 60_000 }),
  );
  return JSON.parse(/^packages: (.+)$/m.exec(output)![1]) as string[];
}

describe("what a process loads before it works", () => {
  for (const option of ["--help", "--version"]) {
    it(`${option} of the command must load the parser of command lines and no other package`, () => {
      assert.deepEqual(packagesOf("./bin/connect-sync-identity.js", option), ["@swc/core", "commander"]);
    });
  }

  it("the program must load no compiler, and nothing for signing in or sending mail before it is needed", () => {
    const packages = packagesOf("./program.js");
    assert.ok(packages.includes("@pulumi/azuread"), "the program was loaded");
    const needless = ["typescript", "ts-node", "@azure/identity", "nodemailer", "commander", "yaml"];
    assert.deepEqual(
      needless.filter((name) => packages.includes(name)),
      [],
    );
  });
});
