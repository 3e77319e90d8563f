/** A Pulumi that answers from a file, first on PATH, and what it was asked. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

export interface FakeAnswer {
  stdout?: string;
  stderr?: string;
  code?: number;
}

/** A program named `pulumi` that records its arguments; answers are found by the first argument, or the first two. */
export class FakePulumi {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-pulumi-"));
  private readonly searchPath = process.env.PATH;

  constructor(answers: Record<string, FakeAnswer>) {
    const log = JSON.stringify(path.join(this.folder, "calls"));
    const program = path.join(this.folder, "pulumi");
    const script = `#!${process.execPath}
const args = process.argv.slice(2);
require("node:fs").appendFileSync(${log}, JSON.stringify(args) + "\\n");
const answers = ${JSON.stringify(answers)};
const answer = answers[args.slice(0, 2).join(" ")] ?? answers[args[0]];
if (!answer) throw new Error("nobody expected: " + args.join(" "));
process.stdout.write(answer.stdout ?? "");
process.stderr.write(answer.stderr ?? "");
process.exitCode = answer.code ?? 0;
`;
    fs.writeFileSync(program, script, { mode: 0o755 });
    process.env.PATH = [this.folder, this.searchPath].join(path.delimiter);
  }

  get calls(): string[][] {
    const file = path.join(this.folder, "calls");
    if (!fs.existsSync(file)) return [];
    const lines = fs.readFileSync(file, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as string[]);
  }

  remove(): void {
    process.env.PATH = this.searchPath;
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What `pulumi config --json` answers for values by key, maps and lists as JSON text. */
export function configAnswer(values: Record<string, unknown>): FakeAnswer {
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const entries = Object.entries(values).map(([key, value]) => [key, { value: text(value), secret: false }]);
  return { stdout: JSON.stringify(Object.fromEntries(entries)) };
}
