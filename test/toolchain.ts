/**
 * Finds, installs or builds the Pulumi CLI and the hosts of other languages before the end-to-end tests, whose limits are for
 * running them.
 */
import { provideLanguageHost, resolveToolchain } from "../sandbox/toolchain";

/** Of the examples that are run. */
const RUNTIMES = ["yaml", "python", "go"];

async function main(): Promise<void> {
  const log = (line: string) => console.log(line);
  const toolchain = await resolveToolchain({ log });
  for (const runtime of RUNTIMES) await provideLanguageHost({ toolchain, runtime, log });
  const { version, source, pulumi } = toolchain;
  console.log(`Pulumi ${version} (${source}): ${pulumi}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
