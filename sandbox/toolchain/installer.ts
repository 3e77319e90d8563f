/** Pulumi's own release, installed by the installer in the SDK. */
import * as fs from "node:fs";
import * as path from "node:path";
import { isComplete, releaseFolder } from "./cache";
import { networkEnvironment } from "./environment";
import { makeExclusively } from "./exclusive";
import { showProgress } from "./progress";
import { isReachable } from "./reachable";
import { runLimited } from "../../console/processes/run-limited";
import { PULUMI_VERSION } from "./version";

const RELEASES = "https://get.pulumi.com/install.sh";

/** A release is 150 MB; waiting longer than a build takes makes no sense. */
const INSTALL_LIMIT_SECONDS = 5 * 60;

/** The SDK's installer in its own process: neither it nor the shells that it starts have a time limit. */
const SCRIPT = `
  const { PulumiCommand } = require("@pulumi/pulumi/automation");
  const { SemVer } = require("semver");
  const [version, root] = process.argv.slice(1);
  PulumiCommand.install({ version: new SemVer(version), root }).then(
    () => process.exit(0),
    (error) => { console.error(error.message); process.exit(1); },
  );
`;

export interface InstallOptions {
  log: (line: string) => void;
  folder?: string;
  /** @default checks whether Pulumi's web site answers */
  canReach?: () => Promise<boolean>;
}

/**
 * The folder of Pulumi's release; installs it now if it does not exist, always under our own root.
 *
 * @throws an error with the reason if it cannot be installed.
 */
export async function installRelease(options: InstallOptions): Promise<string> {
  const root = options.folder ?? releaseFolder();
  const canReach = options.canReach ?? (() => isReachable(RELEASES));
  if (!isComplete(path.join(root, "bin"))) {
    if (!(await canReach())) throw new Error("get.pulumi.com cannot be reached");
    await makeExclusively({
      folder: root,
      isComplete: (folder) => isComplete(path.join(folder, "bin")),
      what: `Pulumi's release ${PULUMI_VERSION}`,
      log: options.log,
      fill: (empty) => install(empty, options.log),
    });
  }
  return path.join(root, "bin");
}

async function install(root: string, log: (line: string) => void): Promise<void> {
  // The installer keeps its downloads in TMPDIR: inside the folder that is removed if it fails or is killed.
  const downloads = path.join(root, "downloads");
  fs.mkdirSync(downloads);
  const stop = showProgress((seconds) => `installing Pulumi ${PULUMI_VERSION} from get.pulumi.com: ${seconds} s`, log);
  try {
    const result = await runLimited(process.execPath, ["-e", SCRIPT, PULUMI_VERSION, root], {
      env: networkEnvironment({ TMPDIR: downloads, PULUMI_HOME: path.join(downloads, "home") }),
      cwd: __dirname,
      limitSeconds: INSTALL_LIMIT_SECONDS,
      interrupt: "end",
    });
    if (result.interrupted) throw new Error("the installation was interrupted; the next start repeats it");
    if (result.timedOut) throw new Error(`it took more than ${INSTALL_LIMIT_SECONDS / 60} minutes`);
    if (result.exitCode !== 0) throw new Error(result.stderr.trim().split("\n").pop() ?? "the installer failed");
    if (!isComplete(path.join(root, "bin"))) throw new Error("the installed release is not complete");
  } finally {
    stop();
    fs.rmSync(downloads, { recursive: true, force: true });
  }
}
