/** `npm run host-program`: builds host/ from host-program/. Run it after every change there. */
import * as fs from "node:fs";
import * as path from "node:path";
import { builtHostProgram } from "./build";

const { files, sha256 } = builtHostProgram();
for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(__dirname, "../../host", name), text);
process.stdout.write(`host/: ${sha256}\n`);
