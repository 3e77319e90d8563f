/** The package.json of what is published, made from the repository's. */

/** What of the repository's package.json is read. */
export interface RepositoryManifest {
  name: string;
  version: string;
  description: string;
  license: string;
  engines: Record<string, string>;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
}

/** The program has it anyway; one copy, so that program and package speak to the engine over one connection. */
const PEER = "@pulumi/pulumi";

/**
 * What can be imported. `rules` is what state asks for and stays for as long as a state may hold it; see
 * components/dynamic-provider.ts.
 */
const EXPORTS = {
  ".": {
    import: { types: "./components/index.d.mts", default: "./components/index.mjs" },
    require: { types: "./components/index.d.ts", default: "./components/index.js" },
  },
  "./program": { types: "./program.d.ts", default: "./program.js" },
  "./rules": { types: "./components/rules.d.ts", default: "./components/rules.js" },
  "./package.json": "./package.json",
};

/**
 * The published package.json.
 *
 * @param imported names of the packages that the code imports: those are the dependencies, in the repository's versions
 * @param commit what it is built from, so that `--version` can say it
 * @throws Error where the code imports what the repository has for its tests only
 */
export function publishedManifest(
  repository: RepositoryManifest,
  imported: readonly string[],
  commit: string | null,
): object {
  const { name, version, description, license, engines, bin, dependencies } = repository;
  const versionOf = (dependency: string): string => {
    if (dependency in dependencies) return dependencies[dependency];
    throw new Error(`the package imports ${dependency}, which is no dependency in package.json`);
  };
  const own = imported.filter((dependency) => dependency !== PEER).sort();
  return {
    ...{ name, version, description, license, engines },
    keywords: ["pulumi", "kind/component", "category/cloud", "entra", "entra-connect", "azuread"],
    type: "commonjs",
    main: "./components/index.js",
    types: "./components/index.d.ts",
    exports: EXPORTS,
    bin,
    ...(commit === null ? {} : { gitHead: commit }),
    peerDependencies: { [PEER]: `^${versionOf(PEER)}` },
    dependencies: Object.fromEntries(own.map((dependency) => [dependency, versionOf(dependency)])),
  };
}
