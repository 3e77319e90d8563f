/**
 * What the documentation says to run: Pulumi's commands and flags against the CLI itself, and the blocks that a page marks
 * (`<!-- run: sandbox -->`), line by line in a sandbox of their own. The rest is in test/unit/docs/blocks.test.ts.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { blocksOf, pages, ROOT, type Block } from "../docs/blocks";
import { ownCommands } from "../docs/commands";
import { pulumiArguments } from "../docs/npm-commands";
import { commandLines } from "../docs/shell";
import { TestSandbox } from "./support";

const LIMIT_MILLISECONDS = 240_000;

/** Numbers of the lines that must fail, as a directive names them. */
function failing(directive: string): number[] {
  return [...directive.matchAll(/line (\d+) fails/g)].map(([, number]) => Number(number));
}

function run(line: string, folder: string): Promise<{ code: number | null; output: string }> {
  const env = { ...process.env, SANDBOX_FOLDER: folder, PULUMI_STACK: "" };
  const child = spawn("bash", ["-c", line], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const limit = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), LIMIT_MILLISECONDS);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(limit);
      resolve({ code, output });
    });
  });
}

describe("Pulumi's commands in the documentation", () => {
  let test: TestSandbox;
  const helps = new Map<string, string>();
  before(async () => {
    test = await TestSandbox.open();
  });
  after(() => test?.close());

  async function help(words: readonly string[]): Promise<string> {
    const key = words.join(" ");
    if (!helps.has(key)) helps.set(key, (await test.sandbox.pulumi([...words, "--help"], { stdio: "pipe" })).stdout);
    return helps.get(key)!;
  }

  /** How a command is used: another line for each command, whatever alias it was asked by. */
  const usage = (text: string) => /^Usage:\s+(.*)$/m.exec(text)?.[1];

  /** What the CLI would say to a command line's words and flags. */
  async function problems(args: readonly string[]): Promise<string[]> {
    const words: string[] = [];
    let text = await help([]);
    for (const arg of args.filter((word) => !word.startsWith("-"))) {
      const next = await help([...words, arg]);
      if (next === "" || usage(next) === usage(text)) break;
      words.push(arg);
      text = next;
    }
    if (words.length === 0 && args[0] !== undefined && !args[0].startsWith("-")) return [`no command ${args[0]}`];
    const flags = args.filter((arg) => /^-{1,2}[a-z]/i.test(arg)).map((arg) => arg.split("=")[0]);
    return flags
      .filter((flag) => !new RegExp(`(^|[\\s,])${flag}(?![\\w-])`, "m").test(text))
      .map((flag) => `pulumi ${words.join(" ")} has no ${flag}`);
  }

  it("documented Pulumi commands must exist, with their flags", async () => {
    const commands = ownCommands().flatMap((command) => {
      const args = pulumiArguments(command);
      return args === null ? [] : [{ args, at: `${command.place}: ${command.line}` }];
    });
    assert.ok(commands.length > 40, `${commands.length}`);
    const found: string[] = [];
    for (const { args, at } of commands) {
      if (["placeholder", undefined].includes(args[0])) continue;
      found.push(...(await problems(args)).map((problem) => `${at}: ${problem}`));
    }
    assert.deepEqual(found, []);
  });

  it("a Pulumi command or flag that does not exist must be detected", async () => {
    assert.notDeepEqual(await problems(["previev"]), []);
    assert.notDeepEqual(await problems(["preview", "--expect-no-change"]), []);
    assert.notDeepEqual(await problems(["stack", "output", "--jason"]), []);
    assert.deepEqual(await problems(["stack", "output", "servers", "--json"]), []);
  });
});

describe("blocks that the documentation runs", function () {
  this.timeout(2 * LIMIT_MILLISECONDS);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-docs-"));
  const marked = pages()
    .flatMap((page) => blocksOf(page))
    .filter(({ directive }) => directive.startsWith("run: sandbox"));
  before(async () => {
    const { code, output } = await run("npm start", folder);
    assert.equal(code, 0, output);
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("the documentation must have blocks that are run", () => assert.ok(marked.length >= 3, `${marked.length} blocks`));

  const title = ({ page, line }: Block) => `a block marked to run must work in the sandbox: ${page}:${line}`;
  for (const block of marked) {
    it(title(block), async () => {
      const wanted = failing(block.directive);
      for (const [index, line] of commandLines(block.text).entries()) {
        const { code, output } = await run(line, folder);
        assert.equal(code !== 0, wanted.includes(index + 1), `${line}: exit code ${code}\n${output}`);
      }
    });
  }
});

describe("pages that run an example in another language", function () {
  this.timeout(3 * LIMIT_MILLISECONDS);
  const marked = pages()
    .flatMap((page) => blocksOf(page))
    .filter(({ directive }) => directive.startsWith("run: project "));

  const tried = ["docs/go.md", "docs/python.md", "docs/yaml.md"];

  for (const page of tried) {
    it(`${page} must work from its first command to its last, in a sandbox that is not there before`, async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-docs-"));
      try {
        const blocks = marked.filter((block) => block.page === page);
        assert.ok(blocks.length > 0, `${blocks.length} blocks`);
        for (const line of blocks.flatMap(({ text }) => commandLines(text))) {
          const { code, output } = await run(line, folder);
          assert.equal(code, 0, `${line}: exit code ${code}\n${output}`);
        }
      } finally {
        fs.rmSync(folder, { recursive: true, force: true });
      }
    });
  }

  it("must each be run by the test above", () => {
    assert.deepEqual([...new Set(marked.map(({ page }) => page))].sort(), tried);
  });
});
