/** Temporary folders and small programs for the tests of the toolchain. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Runs a test in a temporary folder, which is removed afterwards. */
export async function inTemporaryFolder<T>(run: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "toolchain-test-"));
  try {
    return await run(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a shell script that can be executed, with the folders above it. */
export function writeProgram(file: string, ...lines: string[]): string {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o755 });
  return file;
}

/** The programs of a Pulumi of this version, in one folder. */
export function writePulumi(folder: string, version: string): string {
  writeProgram(path.join(folder, "pulumi-language-nodejs"));
  writeProgram(path.join(folder, "pulumi-resource-pulumi-nodejs"));
  return writeProgram(path.join(folder, "pulumi"), `echo v${version}`);
}
