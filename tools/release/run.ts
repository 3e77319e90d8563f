/**
 * What a release needs: `npm run release -- v0.1.0` holds the tag against the repository, builds the package in dist/, and
 * writes its parts list and the archives of the Pulumi plugin to release/. PLUGIN_DOWNLOAD_URL is where those will be, if
 * anywhere: the packages that Pulumi generates then name that address.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { buildPackage, PACKAGE_FOLDER } from "../packaging/build";
import { buildPlugin, packPlugin, PLUGIN_FOLDER } from "../packaging/plugin";
import { contradictions } from "./agreement";
import { billOfMaterials } from "./sbom";

const ROOT = path.resolve(__dirname, "../..");
const found = contradictions(ROOT, process.argv[2] ?? "");
if (found.length > 0) {
  process.stderr.write(`${found.map((line) => `release: ${line}`).join("\n")}\n`);
  process.exitCode = 1;
} else {
  buildPackage();
  const folder = path.join(ROOT, "release");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "sbom.cdx.json"), billOfMaterials(PACKAGE_FOLDER));
  buildPlugin(PLUGIN_FOLDER, process.env.PLUGIN_DOWNLOAD_URL);
  packPlugin(PLUGIN_FOLDER, folder);
}
