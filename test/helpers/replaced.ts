/** Replaces exported functions of the project's modules for the time of a test. */

/** Puts a function in place of an export; importers see it, as compiled modules look their imports up at each call. */
export function replace<M extends object, K extends keyof M>(module: M, name: K, value: M[K]): () => void {
  const original = module[name];
  module[name] = value;
  return () => {
    module[name] = original;
  };
}
