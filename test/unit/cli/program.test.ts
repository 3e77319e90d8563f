/** The command as a whole: help, version, wrong use, completion, pipes and signals. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { EXIT_MEANINGS } from "../../../console/exit-codes";
import { version } from "../../../package.json";
import { OwnProject, ROOT, runProgram } from "./command-line";

const PROGRAM = path.join(ROOT, "bin", "connect-sync-identity.js");

describe("the one command", function () {
  this.timeout(120_000);

  it("must explain itself: commands, examples and exit codes, on stdout", async () => {
    const { code, stdout, stderr } = await runProgram(["--help"]);
    assert.equal(code, 0);
    assert.equal(stderr, "");
    for (const name of ["doctor", "report", "adopt", "leave", "revoke", "policy", "sandbox", "completion"]) {
      assert.match(stdout, new RegExp(`^ {2}${name} `, "m"));
    }
    assert.doesNotMatch(stdout, /^ {2}complete /m, "what is for a shell only");
    assert.match(stdout, /^ {2}npx connect-sync-identity revoke sync02 --stack prod/m);
    for (const { code: number, meaning } of EXIT_MEANINGS)
      assert.ok(stdout.includes(`${number} `) && stdout.includes(meaning));
    const { stdout: group } = await runProgram(["sandbox", "fault", "--help"]);
    assert.match(group, /^ {2}unreachable +\S/m);
    assert.match(group, /^Exit codes:$/m);
  });

  it("must say its version, with the commit of a clone", async () => {
    const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).slice(0, 12);
    for (const option of ["--version", "-V"]) {
      const { code, stdout } = await runProgram([option]);
      assert.deepEqual([code, stdout], [0, `${version} (commit ${commit})\n`]);
    }
  });

  it("must answer wrong use alike everywhere: the error with the nearest name, then the command whose help to read", async () => {
    const wrong: [string[], string, string][] = [
      [[], 'missing command after "connect-sync-identity"; there is doctor', ""],
      [["doctr"], "unknown command 'doctr'; did you mean doctor?", ""],
      [["sandbox"], 'missing command after "connect-sync-identity sandbox"; there is start', " sandbox"],
      [["sandbox", "stauts"], "unknown command 'stauts'; did you mean status?", " sandbox"],
      [["doctor", "--jason"], "unknown option '--jason'; did you mean --json?", " doctor"],
      [["revoke", "--stack", "prod"], "missing required argument 'server'", " revoke"],
      [["leave", "sync01", "sync02", "--abandon"], "too many arguments for 'leave'.", " leave"],
      [["leave", "sync01", "--stack", "prod"], "give either --rollback or --abandon", " leave"],
      [["doctor", "--stack"], "option '--stack <name>' argument missing", " doctor"],
      [["policy", "check", "no-such-file"], "no-such-file does not exist", " policy check"],
      [["completion", "bsh"], 'no shell "bsh"; there is bash', " completion"],
      [["pull-request-comment"], "required option '--stack <name>' not specified", " pull-request-comment"],
      [["drift-issue", "--tracker", "gitlab"], "Allowed choices are github, azure-devops", " drift-issue"],
      [["report", "--cwd", "/no/such/folder"], "--cwd /no/such/folder: ENOENT", " report"],
    ];
    const results = await Promise.all(wrong.map(([args]) => runProgram(args)));
    results.forEach(({ code, stdout, stderr }, index) => {
      const [args, text, name] = wrong[index];
      assert.equal(code, 2, args.join(" "));
      assert.equal(stdout, "", args.join(" "));
      const [error, hint, ...more] = stderr.split("\n");
      assert.ok(error.startsWith("error: ") && error.includes(text), stderr);
      assert.equal(hint, `"connect-sync-identity${name} --help" shows the usage.`);
      assert.deepEqual(more, [""], stderr);
    });
  });

  it("must work in any folder below a Pulumi.yaml, and with --cwd from anywhere", async () => {
    const project = new OwnProject(["prod"]);
    const below = path.join(project.folder, "below");
    fs.mkdirSync(below);
    try {
      const inside = await runProgram(["doctor", "--stack", "prod"], { cwd: below, env: project.environment });
      assert.match(inside.stdout, /^settings$[\s\S]*^prod: \d+ problems?; /m, inside.stderr);
      const args = ["doctor", "--stack", "prod", "--cwd", "project"];
      const outside = await runProgram(args, { cwd: project.root, env: project.environment });
      assert.equal(outside.stdout, inside.stdout);
      const json = await runProgram([...args, "--json"], { cwd: project.root, env: project.environment });
      assert.equal((JSON.parse(json.stdout) as { sandbox: boolean }).sandbox, false);
    } finally {
      project.remove();
    }
  });

  it("must be found by npx in the clone", () => {
    const options = { cwd: path.join(ROOT, "docs"), encoding: "utf8", timeout: 60_000 } as const;
    assert.match(execFileSync("npx", ["--no", "connect-sync-identity", "--version"], options), /^\d+\.\d+\.\d+/);
  });

  it("must print a script for each of four shells, which asks it for the words that fit", async () => {
    const results = await Promise.all(
      ["bash", "zsh", "fish", "powershell"].map((shell) => runProgram(["completion", shell])),
    );
    for (const { code, stdout, stderr } of results) {
      assert.equal(code, 0, stderr);
      assert.equal(stderr, "");
      assert.ok(/connect-sync-identity/.test(stdout) && / complete /.test(stdout), stdout.slice(0, 200));
    }
    execFileSync("bash", ["-n"], { input: results[0].stdout });
    const complete = async (...words: string[]) =>
      (await runProgram(["complete", "--", ...words])).stdout.split("\n").map((line) => line.split("\t")[0]);
    assert.ok((await complete("rev")).includes("revoke"));
    assert.ok((await complete("sandbox", "")).includes("pipeline"));
    assert.ok((await complete("revoke", "--")).includes("--confirm"));
    assert.ok(!(await complete("")).includes("complete"));
  });

  it("must end quietly where its reader has seen enough", async () => {
    const child = spawn("bash", ["-c", `set -o pipefail; node "${PROGRAM}" --help | head -n 1`], { cwd: ROOT });
    let stderr = "";
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    const code = await new Promise((resolve) => child.once("close", resolve));
    assert.deepEqual([code, stderr], [0, ""]);
  });
});
