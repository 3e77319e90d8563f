import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { passOn, print, printJson, printPainted, sinkOf } from "../../../console/output";

/** Collects what is written to it. */
function collected(): { stream: Writable; text: () => string } {
  const pieces: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (piece: string, _encoding, done) => (pieces.push(String(piece)), done()),
  });
  return { stream, text: () => pieces.join("") };
}

describe("output", () => {
  it("must know whose log it writes to by what every job of that CI system has", () => {
    assert.equal(sinkOf({ GITHUB_ACTIONS: "true" }, true), "github");
    assert.equal(sinkOf({ TF_BUILD: "True" }, false), "azure");
    assert.equal(sinkOf({}, true), "terminal");
    assert.equal(sinkOf({}, false), "plain");
  });

  it("must let colours of ours through on a terminal, and nothing else that it obeys", () => {
    const pieces: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = (piece: unknown) => (pieces.push(String(piece)), true);
    try {
      printPainted("\u001b[31mproblem\u001b[0m \u001b[2J ##vso[a.b]\u202e");
      print("\u001b[31m::x");
      printJson({ a: "##vso[a.b]\u202e" });
    } finally {
      process.stdout.write = write;
    }
    assert.equal(pieces[0], "\u001b[31mproblem\u001b[0m \\u001b[2J #\\u0023vso[a.b]\\u202e\n");
    assert.equal(pieces[1], "\\u001b[31m::x\n");
    assert.equal(pieces[2], '{\n  "a": "#\\u0023vso[a.b]\\u202e"\n}\n');
  });

  it("must not let a command come together from two pieces that another program printed", () => {
    const { stream, text } = collected();
    const output = passOn(stream);
    for (const piece of ["one\n##v", "so[task.x]1\n:", ":error::two", "\nthree"]) output.write(piece);
    output.end();
    assert.equal(text(), "one\n#\\u0023vso[task.x]1\n\\u003a:error::two\nthree");
  });

  it("must show a line that does not end in pieces, none of them a command", () => {
    const { stream, text } = collected();
    const output = passOn(stream);
    output.write("a".repeat(64 * 1024));
    output.write("##vso[x]");
    output.end();
    assert.match(text(), /^a+\.\.\.\n#\\u0023vso\[x\]$/);
  });
});
