import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { provideLanguageHost } from "../../../sandbox/toolchain/language-host";
import { checkNeeds, LANGUAGES, languageOf } from "../../../sandbox/toolchain/languages";
import type { Toolchain } from "../../../sandbox/toolchain/toolchain";
import { PULUMI_VERSION } from "../../../sandbox/toolchain/version";
import { inTemporaryFolder, writeProgram, writePulumi } from "./support";

const TOOLCHAIN = path.resolve(__dirname, "../../../sandbox/toolchain");

/** A Go that writes what it builds, and says that Pulumi's SDK is in `root/sdk`. */
function writeGo(root: string): NodeJS.ProcessEnv {
  const answer = { GOVERSION: "go1.30.0", GOTOOLCHAIN: "local", GOCACHE: root, GOMODCACHE: root };
  writeProgram(
    path.join(root, "bin", "go"),
    `if [ "$1" = env ]; then echo '${JSON.stringify(answer)}'; exit; fi`,
    `echo "$*" >> '${root}/calls'`,
    `if [ "$1" = list ]; then echo '${root}/sdk'; exit; fi`,
    `printf '#!/bin/sh\\n' > "$5"; chmod 755 "$5"`,
  );
  const script = path.join(root, "sdk", "python", "cmd", "pulumi-language-python-exec");
  writeProgram(script);
  return { PATH: `${path.join(root, "bin")}:/usr/bin:/bin`, HOME: root };
}

function toolchainIn(root: string, more: Partial<Toolchain> = {}): Toolchain {
  const folder = path.join(root, "toolchain");
  const pulumi = writePulumi(folder, PULUMI_VERSION);
  return { pulumi, version: PULUMI_VERSION, source: "build", folder, languageHost: "beside", ...more };
}

const calls = (root: string) =>
  fs.existsSync(path.join(root, "calls")) ? fs.readFileSync(path.join(root, "calls"), "utf8").trim().split("\n") : [];

describe("toolchain: languages", () => {
  it("an unknown runtime must be refused with those that are known", () => {
    assert.throws(() => languageOf("java"), /runtime "java" .*it runs nodejs, yaml, python, go, dotnet\.$/);
  });

  it("the sources of every host must be in this folder", () => {
    for (const { source } of LANGUAGES) {
      if (source === null || source === "with the CLI") continue;
      assert.ok(fs.existsSync(path.join(TOOLCHAIN, source.module, source.package, "main.go")), source.package);
    }
  });

  it("what a language needs must be named with its remedy if it is missing", () =>
    inTemporaryFolder(async (root) => {
      const empty = path.join(root, "empty");
      await assert.rejects(checkNeeds(languageOf("python"), empty), /Python is not on PATH: install Python 3\.10/);
      await assert.rejects(checkNeeds(languageOf("go"), empty), /Go is not on PATH: install it/);
      await assert.rejects(checkNeeds(languageOf("dotnet"), empty), /\.NET is not on PATH: install the \.NET SDK/);
      await checkNeeds(languageOf("yaml"), empty);
      writeProgram(path.join(root, "bin", "python3"), '[ "$1" = --version ]');
      const withoutVenv = checkNeeds(languageOf("python"), path.join(root, "bin"));
      await assert.rejects(withoutVenv, /cannot make virtual environments: install its venv module/);
    }));

  it("a host must be built once, and be a link beside the CLI with its files beside itself", () =>
    inTemporaryFolder(async (root) => {
      const folder = path.join(root, "cache", "python");
      const options = { toolchain: toolchainIn(root), runtime: "python", folder, env: writeGo(root), log() {} };
      await provideLanguageHost(options);
      await provideLanguageHost(options);
      assert.equal(calls(root).filter((call) => call.startsWith("build ")).length, 1);
      const host = path.join(options.toolchain.folder, "pulumi-language-python");
      assert.equal(fs.realpathSync(host), fs.realpathSync(path.join(folder, "pulumi-language-python")));
      assert.ok(fs.existsSync(path.join(folder, "pulumi-language-python-exec")));
    }));

  it("a newcomer's TypeScript project must build no host", () =>
    inTemporaryFolder(async (root) => {
      await provideLanguageHost({ toolchain: toolchainIn(root), runtime: "nodejs", env: writeGo(root), log() {} });
      assert.deepEqual(calls(root), []);
    }));

  it("a Pulumi of the user's that has no host must be named with the remedy, and nothing built", () =>
    inTemporaryFolder(async (root) => {
      const toolchain = toolchainIn(root, { source: "path" });
      const given = provideLanguageHost({ toolchain, runtime: "yaml", env: writeGo(root), log() {} });
      await assert.rejects(given, /has no pulumi-language-yaml, which runs YAML: install Pulumi's release/);
      assert.deepEqual(calls(root), []);
    }));

  it("the host for C# must not be promised where Pulumi was built here", () =>
    inTemporaryFolder(async (root) => {
      const given = provideLanguageHost({ toolchain: toolchainIn(root), runtime: "dotnet", env: {}, log() {} });
      await assert.rejects(given, /has no pulumi-language-dotnet, which runs C#: install Pulumi's release/);
    }));
});
