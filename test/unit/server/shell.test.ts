import assert from "node:assert/strict";
import {
  checkedCommand,
  installedCommand,
  observeCommand,
  parseBootstrap,
  pipedCommand,
  PROGRAM_PATH,
  removeProgramCommand,
  SHORT_PROGRAM_PATH as PROGRAM,
} from "../../../model/protocol/host-bootstrap";
import { HOST_OPERATIONS } from "../../../model/protocol/host-protocol";
import { ShellError, startedBy, type DefaultShell } from "../../../sandbox/server/shell";

const scriptIn = (command: string, shell: DefaultShell) => {
  const call = startedBy(command, shell);
  return "script" in call ? call.script : call.file;
};
const encode = (script: string) => Buffer.from(script, "utf16le").toString("base64");
const SHELLS: DefaultShell[] = ["cmd", "powershell"];

describe("default shell of an emulated server", () => {
  for (const shell of SHELLS) {
    it(`the shell must pass this project's bootstraps unchanged (${shell})`, () => {
      assert.deepEqual(startedBy(installedCommand("register"), shell), {
        file: PROGRAM,
        args: ["-Operation", "register"],
      });
      assert.deepEqual(startedBy(observeCommand("0".repeat(64)), shell), {
        file: PROGRAM,
        args: ["-Operation", "observe", "-Manifest", "0".repeat(64), "-Full"],
      });
      for (const [command, kind] of [
        [installedCommand("release"), "installed"],
        [pipedCommand("observe"), "piped"],
        [removeProgramCommand(), "remove-program"],
      ]) {
        assert.equal(parseBootstrap(startedBy(command, shell))?.kind, kind);
      }
    });

    it(`the shell must refuse anything but powershell.exe with something to run (${shell})`, () => {
      for (const command of [
        "whoami",
        "powershell.exe",
        "powershell.exe -EncodedCommand",
        "powershell.exe -File",
        "",
      ]) {
        assert.throws(() => scriptIn(command, shell), ShellError);
      }
    });

    it(`the shell must refuse more than 8,191 characters (${shell})`, () => {
      const command = `powershell.exe -EncodedCommand ${encode("#".repeat(4000))}`;
      assert.throws(() => scriptIn(command, shell), /too long/);
    });

    it(`the shell must split at a pipe outside quotes (${shell})`, () => {
      assert.throws(() => scriptIn(`powershell.exe -EncodedCommand ${encode("a")} | more`, shell), /breaks/);
    });
  }

  it("cmd.exe must split at & < > outside quotes only", () => {
    const good = encode("a");
    for (const operator of ["&", "<", ">"]) {
      assert.throws(() => scriptIn(`powershell.exe x${operator}y -EncodedCommand ${good}`, "cmd"), /breaks/);
    }
    assert.equal(scriptIn(`powershell.exe "x&y" -EncodedCommand ${good}`, "cmd"), "a");
  });

  it("only cmd.exe must expand %VARIABLE%", () => {
    const command = `powershell.exe -EncodedCommand %TEMP%`;
    assert.throws(() => scriptIn(command, "cmd"), ShellError);
    const doubled = "powershell.exe -EncodedCommand ^YQA=";
    assert.equal(scriptIn(doubled, "cmd"), "a");
  });

  it("PowerShell must expand $, so that a script in clear text does not survive", () => {
    const good = encode("a");
    assert.equal(scriptIn(`$empty powershell.exe -EncodedCommand ${good}`, "powershell"), "a");
    assert.throws(() => scriptIn(`$empty powershell.exe -EncodedCommand ${good}`, "cmd"), ShellError);
    assert.equal(scriptIn(`powershell.exe -Command "& {$x = 1}"`, "powershell"), "& { = 1}");
  });

  for (const shell of ["cmd", "powershell", "quotes-dropped"] as const) {
    it(`every command of this project must pass through the default shell ${shell} whole`, () => {
      const calls = [
        ...HOST_OPERATIONS.flatMap((operation) => [
          installedCommand(operation),
          checkedCommand(operation, "a".repeat(64)),
        ]),
        ...[pipedCommand("observe"), removeProgramCommand()],
      ].map((command) => parseBootstrap(startedBy(command, shell)));
      const kinds = HOST_OPERATIONS.flatMap((operation) => [`installed ${operation}`, `checked ${operation}`]);
      assert.deepEqual(
        calls.map((call) => `${call?.kind} ${call?.operation}`),
        [...kinds, "piped observe", "remove-program null"],
      );
    });
  }

  it("PowerShell of an old OpenSSH must lose the quotes of a command, and with them a path that has a blank", () => {
    const quoted = `powershell.exe -File "${PROGRAM_PATH}" -Operation register`;
    assert.deepEqual(startedBy(quoted, "quotes-dropped"), {
      file: "C:\\Program",
      args: ["Files\\ConnectSyncIdentity\\ConnectSyncHost.ps1", "-Operation", "register"],
    });
  });
});
