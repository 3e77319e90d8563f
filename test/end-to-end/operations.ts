/** Commands of this project on a test's sandbox: each in a process of its own, in the sandbox's environment. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { TestSandbox } from "./support";

const REPOSITORY = path.resolve(__dirname, "..", "..");
const PROGRAM = path.join(REPOSITORY, "bin", "connect-sync-identity.js");
const LIMIT_MILLISECONDS = 120_000;

export interface OperationResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs `connect-sync-identity <name> <args>` on the sandbox that the test has started.
 *
 * @param stdin what is piped in, no terminal in any case. @default nothing
 */
export function runOperationOn(
  test: TestSandbox,
  name: string,
  args: readonly string[],
  stdin = "",
): Promise<OperationResult> {
  return run(name, args, test.sandbox.environment(), stdin);
}

/** Runs a command in a sandbox's environment, whatever of it was started. */
export function runOperationIn(
  env: NodeJS.ProcessEnv,
  name: string,
  args: readonly string[],
): Promise<OperationResult> {
  return run(name, args, env, "");
}

/** Runs a command that must end before it starts any sandbox. */
export function runOperationAlone(name: string, args: readonly string[]): Promise<OperationResult> {
  const nowhere = path.join(REPOSITORY, "test", "no-such-folder");
  return run(name, args, { ...process.env, SANDBOX_FOLDER: nowhere, PULUMI_STACK: "" }, "");
}

function run(name: string, args: readonly string[], env: NodeJS.ProcessEnv, stdin: string): Promise<OperationResult> {
  const child = spawn(process.execPath, [PROGRAM, ...name.split(" "), ...args], { cwd: REPOSITORY, env });
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MILLISECONDS);
  const printed = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => (printed[stream] += text));
  }
  // A command that is refused early does not read what is piped in.
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(limit);
      resolve({ code, ...printed });
    });
  });
}

/** The sandbox's administrator, as two lines of stdin. */
export function administrator(test: TestSandbox): { password: string; stdin: string } {
  const password = fs.readFileSync(path.join(test.folder, "keys", "administrator-password"), "utf8").trim();
  const { domain } = test.sandbox.tenant.store.data;
  return { password, stdin: `admin@${domain}\n${password}\n` };
}

/** A configuration of the stack without a server. */
export function without(test: TestSandbox, server: string): string {
  return test.configuration((text) => text.replace(new RegExp(`    ${server}:\\n(?: {6}.*\\n)+`), ""));
}

/** What an administrator does for `mode: byoc`: the pipeline becomes an owner of an application that it did not make. */
export function ownedByPipeline(test: TestSandbox, appId: string): void {
  const { store } = test.sandbox.tenant;
  const application = store.applicationById(appId)!;
  const pipeline = store.data.principals.find(({ properties }) => /pipeline/i.test(String(properties.displayName)))!;
  store.change(() => application.owners.push(pipeline.id));
}
