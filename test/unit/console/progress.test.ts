/** What a command says while it works: one line that is replaced on a terminal, lines elsewhere. */
import assert from "node:assert/strict";
import { Progress } from "../../../console/progress";

function screen(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  const progress = new Progress({ isTTY, columns, write: (text) => written.push(text) });
  return { progress, written };
}

describe("progress", () => {
  it("must be one line that is replaced on a terminal, and gone before what stays", () => {
    const { progress, written } = screen(true);
    progress.show("looking at sync01");
    progress.show("looking at sync02");
    progress.line("done");
    progress.line("more");
    assert.deepEqual(written, [
      "\r\u001b[Klooking at sync01",
      "\r\u001b[Klooking at sync02",
      "\r\u001b[K",
      "done\n",
      "more\n",
    ]);
  });

  it("must not wrap: a line of two could not be replaced", () => {
    const { progress, written } = screen(true, 20);
    progress.show("looking at every server and the tenant");
    assert.equal(written[0].replace("\r\u001b[K", "").length, 19);
  });

  it("must be plain lines elsewhere", () => {
    const { progress, written } = screen(false);
    progress.show("looking at sync01");
    progress.clear();
    progress.line("done");
    assert.deepEqual(written, ["looking at sync01\n", "done\n"]);
  });
});
