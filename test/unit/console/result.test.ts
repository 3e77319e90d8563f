/** A command's result: lines or one object, and what says that it is the sandbox's. */
import assert from "node:assert/strict";
import { Result } from "../../../console/result";

function made(options: { json: boolean; sandbox: boolean }, print: (result: Result) => void): string[] {
  let text = "";
  const line = (piece: string) => void (text += `${piece}\n`);
  const printJson = (value: unknown) => line(JSON.stringify(value));
  const result = new Result({ ...options, printer: { print: line, printPainted: line, printJson } });
  print(result);
  result.end();
  return text.split("\n").slice(0, -1);
}

const printed = (result: Result) => {
  result.lines("sync01: removed");
  result.lines("sync02: removed");
  result.object({ removed: 2 });
};

describe("the result of a command", () => {
  it("must say in its first and its last line that it is the sandbox's", () => {
    const lines = made({ json: false, sandbox: true }, printed);
    assert.match(lines[0], /^SANDBOX: .*no real tenant or server is read or changed/);
    assert.deepEqual(lines.slice(1, -1), ["sync01: removed", "sync02: removed"]);
    assert.match(lines.at(-1)!, /^SANDBOX: /);
  });

  it("must not say so of a real stack, and not without a result", () => {
    assert.deepEqual(made({ json: false, sandbox: false }, printed), ["sync01: removed", "sync02: removed"]);
    assert.deepEqual(
      made({ json: false, sandbox: true }, () => undefined),
      [],
    );
  });

  for (const sandbox of [true, false]) {
    it(`must be one object with --json, with "sandbox": ${sandbox}`, () => {
      const lines = made({ json: true, sandbox }, printed);
      assert.deepEqual(JSON.parse(lines.join("\n")), { removed: 2, sandbox });
    });
  }
});
