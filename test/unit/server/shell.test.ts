import assert from "node:assert/strict";
import {
  decodeCommand,
  installedCommand,
  observeCommand,
  pipedCommand,
  removeProgramCommand,
} from "../../../model/protocol/host-bootstrap";
import { encodedScript, ShellError, type DefaultShell } from "../../../sandbox/server/shell";

const encode = (script: string) => Buffer.from(script, "utf16le").toString("base64");
const SHELLS: DefaultShell[] = ["cmd", "powershell"];

describe("default shell of an emulated server", () => {
  for (const shell of SHELLS) {
    it(`the shell must pass this project's bootstraps unchanged (${shell})`, () => {
      const commands = [
        installedCommand("register"),
        observeCommand("0".repeat(64)),
        pipedCommand("observe"),
        removeProgramCommand(),
      ];
      for (const command of commands) assert.equal(encodedScript(command, shell), decodeCommand(command));
    });

    it(`the shell must refuse anything but powershell.exe -EncodedCommand (${shell})`, () => {
      for (const command of ["whoami", "powershell.exe -Command whoami", "powershell.exe -EncodedCommand", ""]) {
        assert.throws(() => encodedScript(command, shell), ShellError);
      }
    });

    it(`the shell must refuse more than 8,191 characters (${shell})`, () => {
      const command = `powershell.exe -EncodedCommand ${encode("#".repeat(4000))}`;
      assert.throws(() => encodedScript(command, shell), /too long/);
    });

    it(`the shell must split at a pipe outside quotes (${shell})`, () => {
      assert.throws(() => encodedScript(`powershell.exe -EncodedCommand ${encode("a")} | more`, shell), /breaks/);
    });
  }

  it("cmd.exe must split at & < > outside quotes only", () => {
    const good = encode("a");
    for (const operator of ["&", "<", ">"]) {
      assert.throws(() => encodedScript(`powershell.exe x${operator}y -EncodedCommand ${good}`, "cmd"), /breaks/);
    }
    assert.equal(encodedScript(`powershell.exe "x&y" -EncodedCommand ${good}`, "cmd"), "a");
  });

  it("only cmd.exe must expand %VARIABLE%", () => {
    const command = `powershell.exe -EncodedCommand %TEMP%`;
    assert.throws(() => encodedScript(command, "cmd"), ShellError);
    const doubled = "powershell.exe -EncodedCommand ^YQA=";
    assert.equal(encodedScript(doubled, "cmd"), "a");
  });

  it("PowerShell must expand $, so that a script in clear text does not survive", () => {
    const good = encode("a");
    assert.equal(encodedScript(`$empty powershell.exe -EncodedCommand ${good}`, "powershell"), "a");
    assert.throws(() => encodedScript(`$empty powershell.exe -EncodedCommand ${good}`, "cmd"), ShellError);
    assert.throws(() => encodedScript(`powershell.exe -Command "& {$x = 1}"`, "powershell"), ShellError);
  });
});
