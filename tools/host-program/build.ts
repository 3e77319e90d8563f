/**
 * Builds host/ from host-program/. Each of the two scripts is a template: a line `# build: <folders>` is replaced by the
 * files of these folders, in the order of their names, and a line `# data: <names>` by data, so that the installed program
 * reads no other file. The same data is in the data files of host-program/, which the module reads. Equal sources give
 * equal bytes.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import {
  installedCommand,
  pipedCommand,
  programManifest,
  removeProgramCommand,
} from "../../model/protocol/host-bootstrap";
import { MANIFEST_FILE, PROGRAM_FILES } from "../../model/protocol/host-protocol";
import { MESSAGES, PROGRAM_CONSTANTS, WINDOWS_CONSTANTS } from "./data";
import { requestRows } from "./request-rows";
import { powerShellData, type PowerShellData } from "./data-file";

const SOURCES = path.join(__dirname, "../../host-program");
const BUILD_LINE = /^# build: (.+)$/m;
const DATA_LINE = /^# data: (.+)$/m;
const GENERATED = "# Generated from the model by tools/host-program; not edited by hand.";

/** A variable of the program as it is set there. */
const variable = (name: string, value: PowerShellData) =>
  `$script:${name} = ${powerShellData(value, 0, `$script:${name} = `.length)}`;

const variables = (constants: typeof PROGRAM_CONSTANTS) =>
  Object.entries(constants).map(([name, { why, value }]) => `# ${why}\n${variable(name, value)}`);

/** The data by name, as a script has it. */
const DATA: Record<string, () => string[]> = {
  constants: () => variables(PROGRAM_CONSTANTS),
  messages: () => [`# Id, exit code, sentence and remedy of every refusal.\n${variable("Messages", MESSAGES)}`],
  requests: () => [`# What each request may hold.\n${variable("Requests", requestRows())}`],
  windows: () => variables(WINDOWS_CONSTANTS),
};

/** The variables of a group in a data file, with what each is for. */
function group(constants: typeof PROGRAM_CONSTANTS): string {
  const lines = Object.entries(constants).map(([name, { why, value }]) => {
    return `        # ${why}\n        ${name} = ${powerShellData(value, 8, 11 + name.length)}\n`;
  });
  return `@{\n${lines.join("")}    }`;
}

/** What the Windows workflow runs over SSH and under policies, as `Tests/Windows/commands.json` of host-program/. */
export function workflowCommands(): string {
  const commands = {
    observe: installedCommand("observe"),
    piped: pipedCommand("observe"),
    removeProgram: removeProgramCommand(),
  };
  return `${JSON.stringify(commands, null, 2)}\n`;
}

/** The data files that the module reads, by their path in host-program/. */
export function dataFiles(): Record<string, string> {
  const groups = `    Program = ${group(PROGRAM_CONSTANTS)}\n    Windows = ${group(WINDOWS_CONSTANTS)}\n`;
  return {
    "constants.psd1": `${GENERATED}\n@{\n${groups}}\n`,
    "requests.psd1": `${GENERATED}\n${powerShellData(requestRows())}\n`,
    "en-US/messages.psd1": `${GENERATED}\n${powerShellData(MESSAGES)}\n`,
  };
}

/** A folder's PowerShell files in the order of their names, each in a region of its own. */
function regionsOf(folder: string): string[] {
  const names = fs.readdirSync(path.join(SOURCES, folder)).filter((name) => name.endsWith(".ps1"));
  return names.sort().map((name) => {
    const text = fs.readFileSync(path.join(SOURCES, folder, name), "utf8").trimEnd();
    return `#region ${folder}/${name}\n${text}\n#endregion`;
  });
}

/** What a line of a template names, by one of the two patterns. */
function named(template: string, line: RegExp, name: string): string[] {
  const names = line.exec(template)?.[1].split(", ");
  if (!names) throw new Error(`host-program/${name} has no line like ${line.source}`);
  return names;
}

/** A script as it is installed. */
function script(name: string): string {
  const template = fs.readFileSync(path.join(SOURCES, name), "utf8");
  const data = named(template, DATA_LINE, name).flatMap((entry) => DATA[entry]());
  const code = named(template, BUILD_LINE, name).flatMap(regionsOf);
  return template.replace(DATA_LINE, () => data.join("\n")).replace(BUILD_LINE, () => code.join("\n\n"));
}

/** The files of host/ by name, and the program's hash. */
export function builtHostProgram(): { files: Record<string, string>; sha256: string } {
  const scripts = Object.fromEntries(PROGRAM_FILES.map((name) => [name, script(name)]));
  const manifest = programManifest(scripts);
  return { files: { ...scripts, [MANIFEST_FILE]: manifest.text }, sha256: manifest.sha256 };
}
