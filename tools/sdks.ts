/**
 * Generates the SDKs of the package from its schema: `npm run sdks -- <folder> [language...]`, each in a folder of its own. For C#
 * Pulumi's release has to be there. CI packs them on each change; a release publishes them.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import {
  childEnvironment,
  languageOf,
  provideLanguageHost,
  resolveToolchain,
  runLimited,
  toolchainVariables,
} from "../sandbox/toolchain";

const SCHEMA = path.resolve(__dirname, "../schema/package.schema.json");
const LANGUAGES = ["python", "go", "dotnet"];
const LIMIT_SECONDS = 180;

async function main([target, ...languages]: readonly string[]): Promise<void> {
  if (target === undefined) throw new Error("usage: npm run sdks -- <folder> [python] [go] [dotnet]");
  const folder = path.resolve(target);
  const log = (line: string) => console.error(line);
  const wanted = (languages.length > 0 ? languages : LANGUAGES).map(languageOf);
  const toolchain = await resolveToolchain({ log });
  for (const { runtime, title } of wanted) {
    await provideLanguageHost({ toolchain, runtime, log });
    const env = childEnvironment({ ...toolchainVariables(toolchain), PULUMI_HOME: path.join(folder, ".pulumi") });
    const args = ["package", "gen-sdk", SCHEMA, "--language", runtime, "--out", folder];
    const result = await runLimited(toolchain.pulumi, args, { env, limitSeconds: LIMIT_SECONDS });
    if (result.exitCode !== 0) throw new Error(`the SDK for ${title}: ${(result.stderr || result.stdout).trim()}`);
    console.log(path.join(folder, runtime));
  }
  fs.rmSync(path.join(folder, ".pulumi"), { recursive: true, force: true });
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
