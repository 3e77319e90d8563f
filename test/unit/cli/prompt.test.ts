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
  it("must pass only where the name is typed as it is", async () => {
    await confirm(undefined, person("sync01\r").terminal);
    for (const typed of ["sync02\r", "SYNC01\r", "y\r", "\r"]) {
      await assert.rejects(confirm(undefined, person(typed).terminal), (error: Error) => {
        assert.ok(error instanceof CommandError);
        assert.match(error.message, /nothing was done/);
        return true;
      });
    }
  });

  it("must show what is typed, and which name is wanted", async () => {
    const { terminal, shown } = person("sync01\r");
    await confirm(undefined, terminal);
    assert.match(shown(), /\(sync01\): .*sync01/s);
  });

  it("must take an option's name for an answer, and refuse another one as wrong use", async () => {
    const nobody = person().terminal;
    await confirm("sync01", nobody);
    await confirm(true, nobody);
    await assert.rejects(confirm("sync02", nobody), UsageError);
  });

  it("must be refused where nobody can be asked, and not read what is piped in", async () => {
    const terminal = piped("sync01\n");
    await assert.rejects(confirm(undefined, terminal), /stdin is no terminal.*--confirm/);
    assert.equal((terminal.input as PassThrough).readableLength, 7);
  });

  it("must end where the person gives up", async () => {
    await assert.rejects(confirm(undefined, person("\u0003").terminal), /given up; nothing was done/);
    await assert.rejects(confirm(undefined, person("\u0004").terminal), /given up; nothing was done/);
  });
});

describe("the question for a credential", () => {
  it("must show the user name and not one character of the password", async () => {
    const { terminal, shown } = person("admin@contoso.com\r", "Xq7 secret!\r");
    const credential = await promptCredential("An administrator, please.", terminal);
    assert.deepEqual(credential, { userName: "admin@contoso.com", password: "Xq7 secret!" });
    assert.match(shown(), /An administrator, please\.\nUser name: [\s\S]*admin@contoso\.com/);
    const [, afterwards] = shown().split("Password (not shown): ");
    assert.equal(afterwards, "\n");
  });

  it("must take two lines where stdin is no terminal, with whatever line ends", async () => {
    for (const text of [
      "admin@contoso.com\nsecret \n",
      "admin@contoso.com\r\nsecret \r\n",
      "admin@contoso.com\nsecret ",
    ]) {
      assert.deepEqual(await promptCredential("", piped(text)), { userName: "admin@contoso.com", password: "secret " });
    }
  });

  it("must take characters as they are, also where a piece of input ends within one", async () => {
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
    it(`must refuse ${what} on stdin as wrong use`, () =>
      assert.rejects(promptCredential("", piped(text)), UsageError));
  }

  it("must not repeat what was piped in where it is refused", async () => {
    await assert.rejects(promptCredential("", piped("admin\nsecret\nmore\n")), (error: Error) => {
      assert.doesNotMatch(error.message, /secret|admin\b/);
      return true;
    });
  });

  it("must refuse what is longer than a credential before reading on", async () => {
    await assert.rejects(promptCredential("", piped("x".repeat(5000))), /more than a user name and a password/);
  });

  it("must refuse an empty password at a terminal, and end where the person gives up", async () => {
    await assert.rejects(promptCredential("", person("admin\r", "\r").terminal), CommandError);
    await assert.rejects(promptCredential("", person("admin\r", "\u0003").terminal), /given up/);
  });
});
