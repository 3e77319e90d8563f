/** The azuread and command plugins of a sandbox folder: Pulumi's own, or the stand-ins from this repository. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { JsonFile } from "../../console/processes/json-file";
import { installStandIns, removeStandIns, STAND_INS, standInsInstalled } from "../plugins/install";
import { networkEnvironment } from "./environment";
import { findOnPath, isExecutable } from "../../console/processes/find-on-path";
import { isReachable } from "./reachable";
import { checkPlatform } from "./resolve";
import { runLimited } from "../../console/processes/run-limited";
import { toolchainVariables, type Toolchain } from "./toolchain";

type PluginKind = "real" | "stand-in";

/** Both plugins are of the same kind, because a real one with a stand-in would be an untested combination. */
export interface Plugins {
  azuread: PluginKind;
  command: PluginKind;
}

export interface PluginOptions {
  toolchain: Toolchain;
  /** The sandbox's own Pulumi home. */
  pulumiHome: string;
  /** The user's Pulumi home, which is only read. @default PULUMI_HOME, or `~/.pulumi` */
  userPulumiHome?: string;
  log: (line: string) => void;
  /** @default SANDBOX_PLUGINS */
  forced?: string;
  platform?: NodeJS.Platform;
  searchPath?: string;
  /** Downloads one plugin to the sandbox's Pulumi home and returns whether it exists there. */
  download?: (plugin: Plugin) => Promise<boolean>;
}

export interface Plugin {
  name: string;
  /** Without a leading "v". */
  version: string;
}

const PLUGINS: readonly Plugin[] = STAND_INS;

const PLUGIN_RELEASES = "https://get.pulumi.com/";

/** Plugins are up to 50 MB each. */
const DOWNLOAD_LIMIT_SECONDS = 120;

/**
 * Installs the plugins in the sandbox's Pulumi home and logs their kind. Real ones come from PATH, from the user's own
 * plugin cache, or by download; if one of them is unavailable, and always on macOS, both are stand-ins. A sandbox
 * folder keeps its first choice, so that one stack never changes between them, unless SANDBOX_PLUGINS overrides it.
 *
 * @throws if SANDBOX_PLUGINS requires something that is unavailable here.
 */
export async function preparePlugins(options: PluginOptions): Promise<Plugins> {
  const platform = options.platform ?? process.platform;
  checkPlatform(platform);
  const forced = forcedKind(options.forced ?? process.env.SANDBOX_PLUGINS);
  if (forced === "real" && platform === "darwin") {
    throw new Error(
      "Real plugins cannot be used on macOS: Go does not read SSL_CERT_FILE there. Unset SANDBOX_PLUGINS.",
    );
  }
  const record = new JsonFile<{ kind: PluginKind }>(path.join(options.pulumiHome, "plugins.json"));
  const wanted = forced ?? record.read()?.kind ?? (platform === "darwin" ? "stand-in" : undefined);
  const kind = await prepare(options, wanted);
  if (forced === "real" && kind !== "real") {
    throw new Error(
      "SANDBOX_PLUGINS requires the real plugins, but they are not installed and cannot be downloaded here.",
    );
  }
  record.write({ kind });
  options.log(DESCRIPTIONS[kind]);
  return { azuread: kind, command: kind };
}

const DESCRIPTIONS: Record<PluginKind, string> = {
  real: `plugins: Pulumi's own azuread and command`,
  "stand-in": "plugins: stand-ins for azuread and command, which serve loopback endpoints only",
};

async function prepare(options: PluginOptions, wanted: PluginKind | undefined): Promise<PluginKind> {
  if (wanted !== "stand-in" && (await installReal(options))) return "real";
  installStandIns(options.pulumiHome);
  return "stand-in";
}

/** Installs both real plugins; false if one of them is unavailable. */
async function installReal(options: PluginOptions): Promise<boolean> {
  if (standInsInstalled(options.pulumiHome)) removeStandIns(options.pulumiHome);
  const missing = PLUGINS.filter((plugin) => !isInstalled(options.pulumiHome, plugin) && !linkFound(options, plugin));
  if (missing.length === 0) return true;
  const download = options.download ?? (await downloader(options));
  for (const plugin of missing) {
    if (!(await download(plugin))) return false;
  }
  return true;
}

/** Links a plugin that the user has: from PATH, or from the plugin cache of the user's own Pulumi home. */
function linkFound(options: PluginOptions, plugin: Plugin): boolean {
  const userHome = options.userPulumiHome ?? process.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi");
  const onPath = findOnPath(programOf(plugin), options.searchPath);
  const found = onPath ?? (isInstalled(userHome, plugin) ? programIn(userHome, plugin) : undefined);
  if (!found) return false;
  // A separate folder with a link in it: Pulumi records beside the folder when a plugin was last used.
  const target = programIn(options.pulumiHome, plugin);
  fs.rmSync(path.dirname(target), { recursive: true, force: true });
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.symlinkSync(fs.realpathSync(found), target);
  return true;
}

async function downloader(options: PluginOptions): Promise<(plugin: Plugin) => Promise<boolean>> {
  if (!(await isReachable(PLUGIN_RELEASES))) {
    options.log("Pulumi's plugins cannot be downloaded: get.pulumi.com cannot be reached");
    return async () => false;
  }
  return async (plugin) => {
    options.log(`downloading the Pulumi plugin ${plugin.name} ${plugin.version}`);
    const args = ["plugin", "install", "resource", plugin.name, `v${plugin.version}`, "--non-interactive"];
    const env = networkEnvironment({ ...toolchainVariables(options.toolchain), PULUMI_HOME: options.pulumiHome });
    const result = await runLimited(options.toolchain.pulumi, args, {
      env,
      limitSeconds: DOWNLOAD_LIMIT_SECONDS,
      interrupt: "end",
    });
    if (result.interrupted) throw new Error("The download was interrupted; the next start repeats it.");
    if (result.exitCode === 0 && isInstalled(options.pulumiHome, plugin)) return true;
    options.log(`${plugin.name} ${plugin.version} could not be downloaded: ${reason(result.stderr)}`);
    return false;
  };
}

function reason(stderr: string): string {
  return stderr.trim().split("\n").pop() || "it took too long";
}

/** Whether a Pulumi home has this plugin completely: Pulumi marks one that it is still unpacking. */
function isInstalled(pulumiHome: string, plugin: Plugin): boolean {
  const program = programIn(pulumiHome, plugin);
  return isExecutable(program) && !fs.existsSync(`${path.dirname(program)}.partial`);
}

function programIn(pulumiHome: string, plugin: Plugin): string {
  return path.join(pulumiHome, "plugins", `resource-${plugin.name}-v${plugin.version}`, programOf(plugin));
}

function programOf(plugin: Plugin): string {
  return `pulumi-resource-${plugin.name}`;
}

function forcedKind(text: string | undefined): PluginKind | undefined {
  if (!text) return undefined;
  if (text !== "real" && text !== "stand-in") {
    throw new Error(`SANDBOX_PLUGINS is "${text}"; it must be real or stand-in.`);
  }
  return text;
}
