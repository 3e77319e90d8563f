/**
 * What state holds of a dynamic provider, evaluated in a process of its own as the SDK does. That the engine takes it is
 * shown by every end-to-end test, and that the package does by test/end-to-end/package.test.ts.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { providerText } from "../../../components/dynamic-provider";
import { provider } from "../../../components/rules";
import { textBefore } from "../../helpers/provider-texts";

const ROOT = path.resolve(__dirname, "../../..");
const NAMES = ["credential-guard", "sync-role-guard", "sync-server"] as const;

/** Evaluates a text as cmd/dynamic-provider of the SDK does, and tells what the provider can do. */
function evaluate(text: string, folder: string): string[] {
  const script = `
    const handler = require(${JSON.stringify(require.resolve("require-from-string", { paths: [ROOT] }))})(process.argv[1]).handler;
    console.log(JSON.stringify(Object.keys(handler()).sort()));`;
  const options = { cwd: folder, encoding: "utf8", stdio: "pipe", timeout: 60_000 } as const;
  return JSON.parse(execFileSync(process.execPath, ["-e", script, text], options)) as string[];
}

describe("the provider's text in state", () => {
  for (const name of NAMES) {
    it(`the provider's text must find the rules of this repository: ${name}`, () => {
      assert.deepEqual(evaluate(providerText(name), ROOT), Object.keys(provider(name)).sort());
    });

    it(`the provider's text of an older version must be understood: ${name}`, () => {
      assert.deepEqual(evaluate(textBefore(name), ROOT), Object.keys(provider(name)).sort());
    });

    it(`the provider's text must stay short, and name no folder: ${name}`, () => {
      const text = providerText(name);
      assert.ok(text.length <= 150, `${text.length} characters, twice in every resource`);
      assert.ok(!text.includes(ROOT));
    });
  }

  it("the provider's text must name the missing module if the package is not installed", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "no-package-"));
    try {
      assert.throws(
        () => evaluate(providerText("sync-server"), folder),
        /Cannot find module 'connect-sync-identity\/rules'/,
      );
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("the rules must load no package beyond those of the SDK, for every run starts a process for them", () => {
    const script = `
      const packages = () => new Set(Object.keys(require.cache).map((file) => /.*node_modules.((@[^/\\\\]+.)?[^/\\\\]+)/.exec(file)?.[1]));
      require("@pulumi/pulumi");
      const before = packages();
      require("./components/rules-loader.js");
      console.log(JSON.stringify([...packages()].filter((name) => name && !before.has(name))));`;
    const options = { cwd: ROOT, encoding: "utf8", timeout: 60_000 } as const;
    // The first run may compile. The version of the compiler is a part of what compiled code is found by.
    const [, loaded] = [1, 2].map(() => execFileSync(process.execPath, ["-e", script], options));
    assert.deepEqual(JSON.parse(loaded), ["@swc/core"]);
  });

  it("the provider's text of a newer version must be refused", () => {
    assert.throws(() => provider("sync-fleet"), /no rules "sync-fleet".+newer version/);
    assert.throws(() => provider("constructor"), /no rules "constructor"/);
  });
});
