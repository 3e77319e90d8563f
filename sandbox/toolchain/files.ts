/** Lists files. */
import * as fs from "node:fs";
import * as path from "node:path";

/** The paths of all files in a folder and its subfolders, sorted; empty if the folder does not exist. */
export function filesBelow(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((file) => fs.lstatSync(file, { throwIfNoEntry: false })?.isFile())
    .sort();
}
