/** The parts list (SBOM, CycloneDX) of the published package, by npm itself. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "../..");

/**
 * What the built package brings with it, in the versions of the repository's lock file: npm leaves out of a copy of it what
 * only the repository needs.
 *
 * @param folder the built package; nothing is left in it
 */
export function billOfMaterials(folder: string): string {
  const lock = path.join(folder, "package-lock.json");
  const npm = (...args: string[]) =>
    execFileSync("npm", [...args, "--package-lock-only", "--loglevel=error"], {
      ...{ cwd: folder, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
    });
  fs.copyFileSync(path.join(ROOT, "package-lock.json"), lock);
  try {
    npm("install", "--ignore-scripts", "--no-audit", "--no-fund");
    return npm("sbom", "--sbom-format", "cyclonedx", "--sbom-type", "library");
  } finally {
    fs.rmSync(lock, { force: true });
  }
}
