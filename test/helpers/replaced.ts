/** Replaces exported functions of the project's modules for the time of a test. */

/**
 * Puts a function in place of an export; importers see it, as compiled modules look their imports up at each call.
 * @throws Error where the transpiler made exports read-only: .mocharc.json loads one that does not
 */
export function replace<M extends object, K extends keyof M>(module: M, name: K, value: M[K]): () => void {
  if (!Object.getOwnPropertyDescriptor(module, name)?.writable) {
    throw new Error(`the export ${String(name)} is read-only; run mocha without a "-r" of your own`);
  }
  const original = module[name];
  module[name] = value;
  return () => {
    module[name] = original;
  };
}
