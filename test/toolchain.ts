/** Finds, installs or builds the Pulumi CLI before the end-to-end tests, whose limits are for running it. */
import { resolveToolchain } from "../sandbox/toolchain";

async function main(): Promise<void> {
  const { version, source, pulumi } = await resolveToolchain({ log: (line) => console.log(line) });
  console.log(`Pulumi ${version} (${source}): ${pulumi}`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
