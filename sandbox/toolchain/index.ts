/** The toolchain: which Pulumi and which plugins the sandbox runs, and how they are run. */
export { removeToolchain } from "./cache";
export { childEnvironment, packageEnvironment } from "./environment";
export { goSettings } from "./go-toolchain";
export { preparePlugins } from "./plugins";
export { provideLanguageHost } from "./language-host";
export { checkNeeds, languageOf } from "./languages";
export { resolveToolchain } from "./resolve";
export { runLimited, type RunLimitedResult } from "../../console/processes/run-limited";
export { staleLocks } from "./stale-locks";
export { toolchainVariables, type Toolchain } from "./toolchain";
