/**
 * The file that replaces host/Windows.ps1 when the host program runs under PowerShell 7: its functions, with the parameters
 * that they have there, each a call of the model.
 */
import type { Windows } from "../windows";
import { WINDOWS_FUNCTIONS, type WindowsFunction } from "./functions";

/**
 * @param bridge the text of Bridge.ps1
 * @param real the text of host/Windows.ps1
 * @throws Error if it lacks a function
 */
export function standInText(bridge: string, real: string): string {
  const blocks = parameterBlocks(real);
  const functions = Object.entries(WINDOWS_FUNCTIONS).map(([method, entry]) => {
    const parameters = blocks.get(entry.name);
    if (!parameters) throw new Error(`host/Windows.ps1 has no function ${entry.name} with parameters`);
    return functionText(method as keyof Windows, entry, parameters);
  });
  return [bridge.trimEnd(), ...functions].join("\n\n") + "\n";
}

function functionText(method: keyof Windows, { name, prints, asObject }: WindowsFunction, parameters: string): string {
  const call = `Invoke-CsiBridge -Method '${method}'${argumentText(parameterNames(parameters), asObject)}`;
  const body = {
    nothing: `    [void] (${call})`,
    elements: `    $list = ${call}\n    $list`,
    value: `    ${call}`,
  }[prints];
  return `function ${name} {\n    [CmdletBinding()]\n${parameters}\n${body}\n}`;
}

function argumentText(names: string[], asObject = false): string {
  if (names.length === 0) return "";
  const camelCase = (name: string) => name[0].toLowerCase() + name.slice(1);
  if (asObject)
    return ` -Argument @(, [ordered] @{ ${names.map((name) => `${camelCase(name)} = $${name}`).join("; ")} })`;
  return ` -Argument @(${names.length === 1 ? ", " : ""}${names.map((name) => `$${name}`).join(", ")})`;
}

/** The `param(...)` of each function of a file. */
function parameterBlocks(file: string): Map<string, string> {
  const functions = file.matchAll(/^function ([\w-]+) \{\n([\s\S]*?)^\}$/gm);
  const block = /^ {4}param\((?:.*\)$|\n[\s\S]*?^ {4}\)$)/m;
  return new Map([...functions].map(([, name, body]) => [name, block.exec(body)?.[0] ?? ""]));
}

/** The names of the parameters of a `param(...)`, in their order. */
function parameterNames(block: string): string[] {
  return [...block.matchAll(/\] \$(\w+)(?=[,)\s])/g)].map((match) => match[1]);
}
