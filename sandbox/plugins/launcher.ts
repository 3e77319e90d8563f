/** Entry point of a stand-in's process: `node launcher.js <plugin> [flags] [engine address]`. */
import type { Provider } from "./provider";
import { serve } from "./provider-server";

/** Loaded on demand, so that a plugin does not load the other plugin's libraries. */
const PLUGINS: Record<string, () => Promise<Provider>> = {
  azuread: async () => new (await import("./azuread/azuread-provider")).AzureadProvider(process.env),
  command: async () => new (await import("./command/command-provider")).CommandProvider(process.env),
};

async function main(): Promise<void> {
  const [plugin, ...args] = process.argv.slice(2);
  const load = PLUGINS[plugin];
  if (!load)
    throw new Error(`no stand-in for the plugin "${plugin}"; the stand-ins are ${Object.keys(PLUGINS).join(", ")}`);
  await serve(await load(), args);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
