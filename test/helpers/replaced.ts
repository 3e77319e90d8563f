/** Replaces exported functions of the project's modules during a test. */

/**
 * Replaces an export with a function; importers see it, because compiled modules look up imports at each call.
 * @throws Error if the transpiler made exports read-only: .mocharc.json loads one that does not
 */
export function replace<M extends object, K extends keyof M>(module: M, name: K, value: M[K]): () => void {
  if (!Object.getOwnPropertyDescriptor(module, name)?.writable) {
    throw new Error(`the export ${String(name)} is read-only; run mocha without your own "-r" option`);
  }
  const original = module[name];
  module[name] = value;
  return () => {
    module[name] = original;
  };
}
