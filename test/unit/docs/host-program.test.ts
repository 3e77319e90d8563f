/** The page for the administrator who approves the host program, held against the program's functions. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

const ROOT = path.join(__dirname, "../../..");
const FOLDER = path.join(ROOT, "host-program/Windows");

/** Names of functions that only read. */
const READS = /^(Get|Test|Find|ConvertTo|ConvertFrom|Resolve|Read)-/;
/** Others that change nothing on a server, with the reason. */
const NO_EFFECT: Record<string, string> = {
  "New-CsiException": "an object",
  "New-CsiKeyException": "an object",
  "New-CsiSid": "an object",
  "New-CsiFolderSecurity": "an object",
  "Open-CsiStore": "opens what is there",
  "Open-CsiMachineKey": "opens what is there",
  "Import-CsiModule": "loads a module into the process",
  "Wait-CsiTime": "waits",
};

describe("the page of the host program", () => {
  const page = fs.readFileSync(path.join(ROOT, "docs/host-program.md"), "utf8");
  const table = page.slice(page.indexOf("## What it changes"), page.indexOf("## Files, tasks"));
  const listed = new Map(
    [...table.matchAll(/^\|[^|]+\|([^|]+)\|/gm)].flatMap(([, cell]) =>
      [...cell.matchAll(/((?:`[\w-]+`,? ?)+) \((\w+)\)/g)].flatMap(([, names, file]) =>
        [...names.matchAll(/`([\w-]+)`/g)].map(([, name]): [string, string] => [name, file]),
      ),
    ),
  );
  const functions = new Map(
    fs.readdirSync(FOLDER).flatMap((file) => {
      const text = fs.readFileSync(path.join(FOLDER, file), "utf8");
      return [...text.matchAll(/^function ([\w-]+)/gm)].map(([, name]): [string, string] => [
        name,
        path.basename(file, ".ps1"),
      ]);
    }),
  );

  it("each function with an effect must be in the table of effects, with its file", () => {
    const effects = [...functions].filter(([name]) => !READS.test(name) && !Object.hasOwn(NO_EFFECT, name));
    assert.ok(effects.length > 30);
    assert.deepEqual(
      effects.filter(([name, file]) => listed.get(name) !== file),
      [],
    );
  });

  it("the table of effects, and the list of functions without one, must name functions that exist", () => {
    const gone = [...listed.keys(), ...Object.keys(NO_EFFECT)].filter((name) => !functions.has(name));
    assert.deepEqual(gone, []);
  });
});
