/** The toolchain: the Pulumi CLI and the plugins of the sandbox, and how they run. */
export { removeToolchain, toolchainSize } from "./cache";
export { childEnvironment } from "./environment";
export { preparePlugins, type PluginKind, type Plugins } from "./plugins";
export { resolveToolchain } from "./resolve";
export { runLimited, type RunLimitedOptions, type RunLimitedResult } from "../../console/processes/run-limited";
export { staleLocks } from "./stale-locks";
export { toolchainVariables, type Toolchain } from "./toolchain";
