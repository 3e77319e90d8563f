/** `npm run host-program`: builds the data files of host-program/, and host/. Run it after every change there. */
import * as fs from "node:fs";
import * as path from "node:path";
import { builtHostProgram, dataFiles, workflowCommands } from "./build";

const ROOT = path.join(__dirname, "../..");

function write(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(ROOT, folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}

const { files, sha256 } = builtHostProgram();
write("host-program", { ...dataFiles(), "Tests/Windows/commands.json": workflowCommands() });
write("host", files);
process.stdout.write(`host/: ${sha256}\n`);
