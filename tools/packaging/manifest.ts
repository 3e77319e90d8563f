/** The package.json of the published package, derived from the repository's. */

/** The fields that are read from the repository's package.json. */
export interface RepositoryManifest {
  name: string;
  version: string;
  description: string;
  license: string;
  engines: Record<string, string>;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
}

/** The user's program has it anyway; with one copy, program and package use one connection to the engine. */
const PEER = "@pulumi/pulumi";

/**
 * What can be imported. `rules` is what state requests, and remains as long as a state may request it; see
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
 * @param imported names of the packages that the code imports: these become the dependencies, in the same versions
 * @throws Error if the code imports a development dependency of the repository
 */
export function publishedManifest(
  repository: RepositoryManifest,
  imported: readonly string[],
  commit: string | null,
): object {
  const { name, version, description, license, engines, bin, dependencies } = repository;
  const versionOf = (dependency: string): string => {
    if (dependency in dependencies) return dependencies[dependency];
    throw new Error(`the package imports ${dependency}, which is not a dependency in package.json`);
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
