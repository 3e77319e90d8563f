/** Questions of a command: a name typed again, and a credential that leaves no trace. */
import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { promptCredential, confirmServer, type Terminal } from "../../../console/prompt";
import { CommandError, UsageError } from "../../../console/errors";

/** A terminal whose person types one line after each question. */
function person(...answers: string[]): { terminal: Terminal; shown: () => string } {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const output = new PassThrough();
  let shown = "";
  output.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    if (/: $/.test(text)) setImmediate(() => input.write(answers.shift() ?? "\u0003"));
  });
  return { terminal: { input, output }, shown: () => shown };
}

/** Something piped in. */
function piped(text: string): Terminal {
  const input = new PassThrough();
  input.end(text);
  return { input, output: new PassThrough() };
}

const confirm = (given: string | true | undefined, terminal: Terminal) =>
  confirmServer("sync01", { given, option: "--confirm <name>", terminal });

describe("the confirmation of a server", () => {
  it("a confirmation must accept only the exact name of the server", async () => {
    await confirm(undefined, person("sync01\r").terminal);
    for (const typed of ["sync02\r", "SYNC01\r", "y\r", "\r"]) {
      await assert.rejects(confirm(undefined, person(typed).terminal), (error: Error) => {
        assert.ok(error instanceof CommandError);
        assert.match(error.message, /nothing was changed/);
        return true;
      });
    }
  });

  it("a confirmation must show the typed text, and the expected name", async () => {
    const { terminal, shown } = person("sync01\r");
    await confirm(undefined, terminal);
    assert.match(shown(), /\(sync01\): .*sync01/s);
  });

  it("a confirmation must accept the name as an option, and refuse another name as wrong use", async () => {
    const nobody = person().terminal;
    await confirm("sync01", nobody);
    await confirm(true, nobody);
    await assert.rejects(confirm("sync02", nobody), UsageError);
  });

  it("a confirmation must be refused without a terminal, and not read piped input", async () => {
    const terminal = piped("sync01\n");
    await assert.rejects(confirm(undefined, terminal), /stdin is not a terminal.*--confirm/);
    assert.equal((terminal.input as PassThrough).readableLength, 7);
  });

  it("a confirmation must end if the person gives up", async () => {
    await assert.rejects(confirm(undefined, person("\u0003").terminal), /cancelled; nothing was changed/);
    await assert.rejects(confirm(undefined, person("\u0004").terminal), /cancelled; nothing was changed/);
  });
});

describe("the question for a credential", () => {
  it("the question for a credential must show the user name and no character of the password", async () => {
    const { terminal, shown } = person("admin@contoso.com\r", "Xq7 secret!\r");
    const credential = await promptCredential("An administrator, please.", terminal);
    assert.deepEqual(credential, { userName: "admin@contoso.com", password: "Xq7 secret!" });
    assert.match(shown(), /An administrator, please\.\nUser name: [\s\S]*admin@contoso\.com/);
    const [, afterwards] = shown().split("Password (not shown): ");
    assert.equal(afterwards, "\n");
  });

  it("the question for a credential must accept two lines without a terminal, with any line ends", async () => {
    for (const text of [
      "admin@contoso.com\nsecret \n",
      "admin@contoso.com\r\nsecret \r\n",
      "admin@contoso.com\nsecret ",
    ]) {
      assert.deepEqual(await promptCredential("", piped(text)), { userName: "admin@contoso.com", password: "secret " });
    }
  });

  it("the question for a credential must keep characters intact, even across pieces of input", async () => {
    const input = new PassThrough();
    const bytes = Buffer.from("admin\npässwörd\n");
    input.write(bytes.subarray(0, 8));
    input.end(bytes.subarray(8));
    assert.equal((await promptCredential("", { input, output: new PassThrough() })).password, "pässwörd");
  });

  for (const [what, text] of [
    ["nothing", ""],
    ["one line", "admin\n"],
    ["an empty user", "\nsecret\n"],
    ["three lines", "admin\nsecret\nmore\n"],
  ]) {
    it(`the question for a credential must refuse ${what} on stdin as wrong use`, () =>
      assert.rejects(promptCredential("", piped(text)), UsageError));
  }

  it("the question for a credential must not repeat refused input", async () => {
    await assert.rejects(promptCredential("", piped("admin\nsecret\nmore\n")), (error: Error) => {
      assert.doesNotMatch(error.message, /secret|admin\b/);
      return true;
    });
  });

  it("the question for a credential must refuse input that is too long before it reads on", async () => {
    await assert.rejects(promptCredential("", piped("x".repeat(5000))), /more than a user name and a password/);
  });

  it("the question for a credential must refuse an empty password at a terminal, and end if the person gives up", async () => {
    await assert.rejects(promptCredential("", person("admin\r", "\r").terminal), CommandError);
    await assert.rejects(promptCredential("", person("admin\r", "\u0003").terminal), /cancelled/);
  });
});
