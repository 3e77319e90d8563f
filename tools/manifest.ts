/** Rewrites host/manifest.json: `npx ts-node tools/manifest.ts`. Run it after every change of the host program. */
import * as fs from "node:fs";
import * as path from "node:path";
import { programManifest } from "../model/protocol/host-bootstrap";
import { MANIFEST_FILE, PROGRAM_FILES } from "../model/protocol/host-protocol";

const folder = path.join(__dirname, "../host");
const files = Object.fromEntries(PROGRAM_FILES.map((name) => [name, fs.readFileSync(path.join(folder, name))]));
const manifest = programManifest(files);
fs.writeFileSync(path.join(folder, MANIFEST_FILE), manifest.text);
process.stdout.write(`host/${MANIFEST_FILE}: ${manifest.sha256}\n`);
