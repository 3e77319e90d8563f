/**
 * The functions that replace those of Windows.ps1 on the model, read by a grammar for PowerShell, which finds parameters in
 * another way than the code that makes them. That they run, the contract suite shows under PowerShell 7.
 */
import assert from "node:assert/strict";
import { WINDOWS_FUNCTIONS } from "../../../sandbox/server/pwsh/functions";
import { standInText } from "../../../sandbox/server/pwsh/stand-in";
import { loadParser, syntaxErrors, type Node, type Parse } from "./powershell-parser";
import { BRIDGE, readScript, WINDOWS } from "./powershell-source";

const real = readScript(WINDOWS);
const made = standInText(readScript(BRIDGE), real);

/** All nodes of some types, in their order; what is within one is not looked at. */
function nodesOf(node: Node, ...types: string[]): Node[] {
  return node.children.flatMap((child) =>
    child === null ? [] : types.includes(child.type) ? [child] : nodesOf(child, ...types),
  );
}

interface Declared {
  /** Each parameter with its attributes, type and default. */
  parameters: string[];
  body: Node;
}

function functionsOf(file: Node): Map<string, Declared> {
  return new Map(
    nodesOf(file, "function_statement").map((node) => {
      const [name] = nodesOf(node, "function_name");
      const parameters = nodesOf(node, "param_block").flatMap((block) => nodesOf(block, "script_parameter"));
      const [body] = nodesOf(node, "script_block_body");
      return [name.text, { parameters: parameters.map(({ text }) => text.replace(/\s+/g, " ")), body }];
    }),
  );
}

describe("Functions of Windows.ps1 on the model", () => {
  let parse: Parse;
  before(async function () {
    this.timeout(20_000);
    const parser = await loadParser();
    if (!parser) this.skip();
    parse = parser;
  });

  it("the functions must be PowerShell, in ASCII", () => {
    assert.deepEqual(syntaxErrors(parse(made)), []);
    assert.doesNotMatch(made, /[^\n -~]/);
  });

  it("each function must take what the real one takes: names, types, values, what is mandatory, defaults", () => {
    const [ours, theirs] = [functionsOf(parse(made)), functionsOf(parse(real))];
    for (const { name } of Object.values(WINDOWS_FUNCTIONS)) {
      assert.ok(theirs.has(name), `${WINDOWS} has no ${name}`);
      assert.deepEqual(ours.get(name)?.parameters, theirs.get(name)?.parameters, name);
    }
  });

  it("each parameter must have a type, and be mandatory or have a default: the model gets all of them", () => {
    const functions = functionsOf(parse(real));
    for (const { name } of Object.values(WINDOWS_FUNCTIONS)) {
      for (const parameter of functions.get(name)!.parameters) {
        assert.match(parameter, /^(?=.*Mandatory = \$true|.* = ).*\[[\w.[\]]+\] \$\w+/, `${name}: ${parameter}`);
      }
    }
  });

  it("each function must call its method and nothing else, with each of its parameters once, in their order", () => {
    const functions = functionsOf(parse(made));
    for (const [method, { name }] of Object.entries(WINDOWS_FUNCTIONS)) {
      const { body, parameters } = functions.get(name)!;
      const commands = nodesOf(body, "command");
      assert.deepEqual(
        commands.map(({ text }) => text.split(" -Argument ")[0]),
        [`Invoke-CsiBridge -Method '${method}'`],
        name,
      );
      const given = nodesOf(commands[0], "variable").map(({ text }) => text);
      assert.deepEqual(
        given,
        parameters.map((parameter) => /\] (\$\w+)/.exec(parameter)?.[1]),
        name,
      );
    }
  });

  it("a file that lacks a function must be refused, and a function without parameters as well", () => {
    const without = (pattern: RegExp, text: string) => () => standInText("", real.replace(pattern, text));
    assert.throws(without(/^function Get-CsiTpm /m, "function Get-Tpm2 "), /no function Get-CsiTpm/);
    assert.throws(without(/^( {4}param\(\)\n)/m, ""), /no function Get-Csi/);
  });
});
