/** A Pulumi that the user has installed. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { TOOLCHAIN_FILES } from "./cache";
import { childEnvironment } from "./environment";
import { findOnPath, isExecutable } from "../../console/processes/find-on-path";
import { runLimited } from "../../console/processes/run-limited";
import type { Toolchain } from "./toolchain";
import { isSupportedPulumi, SUPPORTED_PULUMI_RANGE } from "./version";

const VERSION_LIMIT_SECONDS = 30;

/** Asks a Pulumi CLI for its version; undefined if it does not answer with one. */
async function versionOf(pulumi: string): Promise<string | undefined> {
  // Even this command may write to its Pulumi home, and the user's own is none of the sandbox's business.
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-version-"));
  try {
    const env = childEnvironment({ PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" });
    const result = await runLimited(pulumi, ["version"], { env, limitSeconds: VERSION_LIMIT_SECONDS });
    return result.exitCode === 0 ? result.stdout.trim().replace(/^v/, "") : undefined;
  } catch {
    return undefined;
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

/**
 * The Pulumi on PATH, or the reason if there is none or it cannot be used. Usable is a supported version whose Node.js
 * language host and launcher of dynamic providers are beside it or on PATH too.
 */
export async function findPulumiOnPath(searchPath = process.env.PATH ?? ""): Promise<Toolchain | string> {
  const pulumi = findOnPath("pulumi", searchPath);
  if (!pulumi) return "Pulumi is not on PATH";
  const version = await versionOf(pulumi);
  if (version === undefined) return `${pulumi} does not answer "pulumi version" with a version`;
  if (!isSupportedPulumi(version)) {
    return `${pulumi} is version ${version}, but the sandbox supports ${SUPPORTED_PULUMI_RANGE}`;
  }
  const needed = TOOLCHAIN_FILES.filter((name) => name !== "pulumi");
  const beside = path.dirname(fs.realpathSync(pulumi));
  const isBeside = needed.every((name) => isExecutable(path.join(beside, name)));
  const missing = needed.find((name) => !isBeside && !findOnPath(name, searchPath));
  if (missing) return `${pulumi} has no ${missing} beside it or on PATH`;
  const languageHost = isBeside ? "beside" : "path";
  return { pulumi, version, source: "path", folder: path.dirname(pulumi), languageHost };
}
