import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { passOn, readerOf } from "../../../console/output";

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
    assert.equal(readerOf({ GITHUB_ACTIONS: "true" }, true), "github");
    assert.equal(readerOf({ TF_BUILD: "True" }, false), "azure");
    assert.equal(readerOf({}, true), "terminal");
    assert.equal(readerOf({}, false), "plain");
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
