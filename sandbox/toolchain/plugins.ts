/** Which azuread and command plugins a sandbox folder works with: Pulumi's own, or the stand-ins written here. */
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

export type PluginKind = "real" | "stand-in";

/** Both plugins are of the same kind: a real one beside a stand-in would be a combination that nobody tests. */
export interface Plugins {
  azuread: PluginKind;
  command: PluginKind;
}

export interface PluginOptions {
  toolchain: Toolchain;
  /** The sandbox's own Pulumi home. */
  pulumiHome: string;
  /** The user's Pulumi home, which is read only. @default PULUMI_HOME, or `~/.pulumi` */
  userPulumiHome?: string;
  log: (line: string) => void;
  /** @default SANDBOX_PLUGINS */
  forced?: string;
  platform?: NodeJS.Platform;
  searchPath?: string;
  /** Downloads one plugin into the sandbox's Pulumi home and answers whether it is there. */
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
 * Puts the plugins into the sandbox's Pulumi home and says which they are. Real ones come from PATH, from the user's own
 * plugin cache, or by download; where one of them is not to be had, and always on macOS, both are stand-ins. What a
 * sandbox folder was set up with it keeps, so that one stack never changes between them, unless SANDBOX_PLUGINS says so.
 *
 * @throws where SANDBOX_PLUGINS asks for what cannot be had here.
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
      "SANDBOX_PLUGINS asks for the real plugins, and they are neither installed nor can be downloaded here.",
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

/** Puts both real plugins into place; false where one of them is not to be had. */
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
  // A folder of our own with a link in it: Pulumi writes beside the folder when a plugin was used last.
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

/** Whether a Pulumi home holds this plugin whole: Pulumi marks one that it is still unpacking. */
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
    throw new Error(`SANDBOX_PLUGINS is "${text}"; it can be real or stand-in.`);
  }
  return text;
}
