/**
 * Parses every PowerShell text of this project with a grammar for PowerShell (tree-sitter, WebAssembly). Skipped where
 * the two packages are not installed. A grammar is not PowerShell: what it takes may still fail when it runs.
 */
import assert from "node:assert/strict";
import { installedCommand, pipedCommand, removeProgramCommand } from "../../../model/protocol/host-bootstrap";
import { scriptOf } from "../../helpers/commands";
import { HOST_OPERATIONS } from "../../../model/protocol/host-protocol";
import { loadParser, syntaxErrors as errorsOf, type Parse } from "./powershell-parser";
import { ALL_SCRIPTS, readScript } from "./powershell-source";

const bootstraps: [string, string][] = [
  ["release", installedCommand("release")],
  ...HOST_OPERATIONS.map((name): [string, string] => [`piped ${name}`, pipedCommand(name)]),
  ["remove-program", removeProgramCommand()],
];

describe("PowerShell grammar", () => {
  let parse: Parse | null = null;

  before(async function () {
    this.timeout(20_000);
    parse = await loadParser();
    if (!parse) this.skip();
  });

  it("the PowerShell grammar must refuse wrong text", () => {
    assert.notDeepEqual(errorsOf(parse!("function Get-A {\n    if ($true {\n    }\n}\n")), []);
    assert.deepEqual(errorsOf(parse!("function Get-A {\n    if ($true) {\n        1\n    }\n}\n")), []);
  });

  for (const file of ALL_SCRIPTS) {
    it(`the PowerShell grammar must accept ${file}`, function () {
      this.timeout(20_000);
      assert.deepEqual(errorsOf(parse!(readScript(file))), []);
    });
  }

  for (const [name, command] of bootstraps) {
    it(`the PowerShell grammar must accept the bootstrap ${name}`, () => {
      assert.deepEqual(errorsOf(parse!(scriptOf(command))), []);
    });
  }
});
